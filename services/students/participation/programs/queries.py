"""Reading the copy of partners' programs, and their places."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.students.participation.engagements.records import engagement
from services.students.participation.programs.records import (
    OfferedProgramRow,
    offered_program,
    offering_partner,
)
from services.students.roster.students.records import student
from shared.contracts.partners.program import ProgramStatus
from shared.contracts.students.engagement import (
    PLACED_STAGES,
    EngagementStage,
    PartnerReach,
    Places,
)
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, unknown
from shared.security.principal import PARTNER_STAFF, Principal, Role

MOST_PROGRAMS = 500
# A guardian or student names the district that keeps their records; they work for nobody.
PARTNERS_PEOPLE = PARTNER_STAFF | {Role.EDUCATOR}
SMALLEST_SHOWN = 10  # people outside the partner read no number of children below this
counted: Any = aliased(engagement, name="counted")
further: Any = aliased(offering_partner, name="further")


def names_of(partner_ids: Any) -> Any:
    """The names of the partners of this column of ids, in the same order; null for an unknown one."""
    each: Any = func.unnest(partner_ids).table_valued("id", with_ordinality="at").render_derived()
    named = (
        select(further.name)
        .select_from(each)
        .outerjoin(further, further.partner_id == each.c.id)
        .order_by(each.c.at)
    )
    return func.array(named.correlate_except(further, each).scalar_subquery())


async def program_row(session: AsyncSession, program_id: UUID) -> OfferedProgramRow:
    """The program, locked until the transaction ends. Giving and freeing a place need this lock, so
    that no place is given twice."""
    statement = (
        select(OfferedProgramRow).where(offered_program.program_id == program_id).with_for_update()
    )
    row: OfferedProgramRow | None = (await session.execute(statement)).scalar_one_or_none()
    if row is None:
        raise unknown("program")
    return row


async def program_rows(session: AsyncSession, *where: Any) -> Sequence[OfferedProgramRow]:
    """The programs, locked in the order of their ids, so that two writers never deadlock."""
    statement = (
        select(OfferedProgramRow)
        .where(*where)
        .order_by(offered_program.program_id)
        .with_for_update()
    )
    rows: Sequence[OfferedProgramRow] = (await session.execute(statement)).scalars().all()
    return rows


async def taken(session: AsyncSession, program_id: UUID) -> int:
    """The number of taken places: enrolled and active engagements."""
    statement = select(func.count()).where(
        engagement.program_id == program_id, engagement.stage.in_(PLACED_STAGES)
    )
    return int((await session.execute(statement)).scalar_one())


def _own(caller: Principal) -> Any:
    """The condition of the programs of which the caller may read small numbers: a partner's people
    their own, a district those whose children are all its own."""
    if caller.role is Role.DISTRICT_ADMIN:
        return (
            ~_others(caller, counted.program_id == offered_program.program_id)
            .correlate(offered_program)
            .exists()
        )
    return (
        offered_program.partner_id == caller.partner_id
        if caller.role in PARTNERS_PEOPLE
        else false()
    )


def _others(caller: Principal, *where: Any) -> Select[Any]:
    """The engagements of other districts' children."""
    found = select(counted.id).join(student, student.id == counted.student_id).where(*where)
    return found.where(student.source != caller.partner_id)


def has_place(placed: Any, told: Any) -> Any:
    """Whether a child could get a place now. Null where the answer would reveal a small number of
    children: a full small program has as many as its capacity, which is public."""
    enough = or_(told, placed >= SMALLEST_SHOWN, offered_program.capacity >= SMALLEST_SHOWN)
    return case(
        (offered_program.status != ProgramStatus.ACTIVE, False),
        (offered_program.capacity.is_(None), True),
        (enough, offered_program.capacity > placed), else_=None,
    )  # fmt: skip


def _places(caller: Principal) -> Select[Any]:
    """The places of programs. For people outside the partner, small numbers of children are null, and
    the free places with them: the capacity is public, and the difference would reveal the number."""
    placed = func.count().filter(engagement.stage.in_(PLACED_STAGES))
    waiting = func.count().filter(engagement.stage == EngagementStage.WAITLISTED)
    own, unlimited = _own(caller), offered_program.capacity.is_(None)
    told = or_(own, placed >= SMALLEST_SHOWN)
    free = case(
        (unlimited, None), (told, func.greatest(offered_program.capacity - placed, 0)), else_=None
    )
    return (
        select(
            *columns(Places, OfferedProgramRow),
            offering_partner.name.label("partner_name"),
            case((told, placed), else_=None).label("taken"),
            case((or_(own, waiting >= SMALLEST_SHOWN), waiting), else_=None).label("waiting"),
            free.label("free"),
            has_place(placed, own).label("open"),
        )
        .outerjoin(engagement, engagement.program_id == offered_program.program_id)
        .outerjoin(offering_partner, offering_partner.partner_id == offered_program.partner_id)
        .group_by(offered_program.program_id, offering_partner.partner_id)
    )


async def places(
    reader: Reading, caller: Principal, paging: PageRequest, partner_id: UUID | None
) -> Page[Places]:
    """The places of programs, as far as the caller may know them."""
    listed = _places(caller)
    if partner_id is not None:
        listed = listed.where(offered_program.partner_id == partner_id)
    return await page(reader, listed, Places, paging, by=[offered_program.program_id])


async def places_of(
    reader: Reading, caller: Principal, program_ids: Sequence[UUID]
) -> list[Places]:
    """The places of those of the named programs that the copy has."""
    return await many(
        reader, _places(caller).where(offered_program.program_id.in_(program_ids)), Places
    )


async def reach(reader: Reading, caller: Principal, partner_id: UUID) -> PartnerReach:
    """A partner's programs with their places, and the children they have reached."""
    listed = (
        _places(caller)
        .where(offered_program.partner_id == partner_id)
        .order_by(offered_program.name, offered_program.program_id)
    )
    programs = await many(reader, listed.limit(MOST_PROGRAMS), Places)
    count = select(func.count(engagement.student_id.distinct())).where(
        engagement.partner_id == partner_id, engagement.started_on.is_not(None)
    )
    children = int((await reader.execute(count)).scalar_one())
    own = caller.role in PARTNERS_PEOPLE and caller.partner_id == partner_id
    if caller.role is Role.DISTRICT_ADMIN:
        others = _others(caller, counted.partner_id == partner_id).limit(1)
        own = (await reader.execute(others)).first() is None
    return PartnerReach(
        partner_id=partner_id,
        children_reached=children if own or children >= SMALLEST_SHOWN else None,
        programs=programs,
    )
