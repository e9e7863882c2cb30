"""Reading the calendars of districts and schools."""

from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.relations import queries as relations
from services.students.participation.programs.records import offering_partner
from services.students.roster.school_calendar import rules
from services.students.roster.school_calendar.records import SchoolCalendarRow, school_calendar
from services.students.roster.school_calendar.rules import Calendar
from services.students.roster.schools.records import org
from shared.contracts.partners.partner import PartnerKind
from shared.contracts.students.calendar import SchoolCalendar
from shared.contracts.students.school import ABOVE_SCHOOLS, NO_SCHOOL, RosterStatus
from shared.core.refusals import BadRequest
from shared.persistence.database import Reading
from shared.persistence.queries import unknown
from shared.security.principal import Principal

CALENDAR = text(f"""
    select first_day, last_day, closed from ({rules.CALENDARS}) c
    where c.source = :source and c.school_id = :school_id and c.school_year = :year
""")
BOUNDS = text(
    f"select school_year, first_day, last_day from ({rules.SESSIONS}) s where source = :source"
)


async def calendar(reader: Reading, source: UUID, school_id: UUID, year: int) -> Calendar | None:
    """The calendar in force; with `NO_SCHOOL` the district's. None where none is known."""
    wanted = {"source": source, "school_id": school_id, "year": year}
    row = (await reader.execute(CALENDAR, wanted)).one_or_none()
    return None if row is None else Calendar(*row)


async def of_school(reader: Reading, school_id: UUID, day: date) -> Calendar | None:
    """The calendar of the school for the year of this day."""
    source = (await reader.execute(select(org.source).where(org.id == school_id))).scalar_one()
    return await calendar(reader, source, school_id, rules.school_year(day))


async def sessions(reader: Reading, source: UUID) -> dict[int, tuple[date, date]]:
    """The first and last day of each school year, as the roster's academic sessions have them."""
    rows = await reader.execute(BOUNDS, {"source": source})
    return {year: (first, last) for year, first, last in rows}


async def district_of(reader: Reading, caller: Principal, school_id: UUID | None) -> UUID:
    """The district of the school, or without one the caller's own: of a school's people the one
    above it. Raises `NotFound("school-unknown")`, `BadRequest("school-missing")`."""
    if school_id is None:
        if caller.partner_id is None:
            raise BadRequest("school-missing", "Name a school, since you belong to no district.")
        above = select(offering_partner.parent_id).where(
            offering_partner.partner_id == caller.partner_id,
            offering_partner.kind == PartnerKind.SCHOOL,
        )
        return (await reader.execute(above)).scalar_one_or_none() or caller.partner_id
    found = select(org.source).where(
        org.id == school_id, org.status == RosterStatus.ACTIVE, org.type.not_in(ABOVE_SCHOOLS)
    )
    source: UUID | None = (await reader.execute(found)).scalar_one_or_none()
    if source is None:
        raise unknown("school")
    return source


async def leads(reader: Reading, caller: Principal, school_id: UUID) -> bool:
    """Whether the caller is a leader of the school today."""
    found = select(relations.leads(school_id, caller.person_id, caller.partner_id))
    return bool((await reader.execute(found)).scalar_one())


async def calendar_row(
    reader: Reading, source: UUID, school_id: UUID, year: int, *, for_change: bool = False
) -> SchoolCalendarRow | None:
    found = select(SchoolCalendarRow).where(
        school_calendar.source == source,
        school_calendar.school_id == school_id,
        school_calendar.school_year == year,
    )
    if for_change:
        found = found.with_for_update()
    row: SchoolCalendarRow | None = (await reader.execute(found)).scalar_one_or_none()
    return row


async def one_calendar(
    session: AsyncSession, caller: Principal, year: int, school_id: UUID | None
) -> SchoolCalendar:
    source = await district_of(session, caller, school_id)
    named = await session.execute(select(org.name).where(org.id == school_id))
    school_name: str | None = named.scalar_one_or_none()
    own = await calendar_row(session, source, school_id or NO_SCHOOL, year)
    whole = await calendar_row(session, source, NO_SCHOOL, year) if school_id else None
    in_force = await calendar(session, source, school_id or NO_SCHOOL, year)
    return SchoolCalendar(
        school_year=year, school_id=school_id, school_name=school_name, version=own.version if own else 0,
        first_day=own.first_day if own else None, last_day=own.last_day if own else None,
        closed=own.closed if own else [], closed_by_district=whole.closed if whole else [],
        begins_on=in_force.first_day if in_force else None,
        ends_on=in_force.last_day if in_force else None,
        school_days=in_force.school_days() if in_force else None,
    )  # fmt: skip
