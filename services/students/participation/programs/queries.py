"""What is known here of partners' programs, and their places."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.students.participation.engagements.records import EngagementRow
from services.students.participation.programs.records import OfferedProgramRow
from services.students.roster.students.records import StudentRow
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
SMALLEST_SHOWN = 10  # fewer children than this are not told to people outside the partner
E: Any = EngagementRow
E2: Any = aliased(EngagementRow, name="counted")
S: Any = StudentRow
P: Any = OfferedProgramRow  # columns, where mypy would see values


async def program_row(session: AsyncSession, program_id: UUID) -> OfferedProgramRow:
    """Locked until the transaction ends: whoever gives or frees a place holds it, so that two
    never give the same one."""
    statement = select(P).where(P.program_id == program_id).with_for_update()
    row: OfferedProgramRow | None = (await session.execute(statement)).scalar_one_or_none()
    if row is None:
        raise unknown("program")
    return row


async def program_rows(session: AsyncSession, *where: Any) -> Sequence[OfferedProgramRow]:
    """Locked in the order of their ids, so that two writers never deadlock."""
    statement = select(P).where(*where).order_by(P.program_id).with_for_update()
    rows: Sequence[OfferedProgramRow] = (await session.execute(statement)).scalars().all()
    return rows


async def taken(session: AsyncSession, program_id: UUID) -> int:
    """Places taken: enrolled and active."""
    statement = select(func.count()).where(E.program_id == program_id, E.stage.in_(PLACED_STAGES))
    return int((await session.execute(statement)).scalar_one())


def _own(caller: Principal) -> Any:
    """Whose few children the caller may count: a partner's people their own, a district where all
    are its own."""
    if caller.role is Role.DISTRICT_ADMIN:
        return ~_others(caller, E2.program_id == P.program_id).correlate(P).exists()
    return P.partner_id == caller.partner_id if caller.role in PARTNERS_PEOPLE else false()


def _others(caller: Principal, *where: Any) -> Select[Any]:
    """Engagements of another district's children."""
    found = select(E2.id).join(S, S.id == E2.student_id).where(*where)
    return found.where(S.source != caller.partner_id)


def has_place(placed: Any, told: Any) -> Any:
    """Whether a child could get a place now. Null where it would tell how few children are in: a
    full small program has as many as its capacity, which is public."""
    enough = or_(told, placed >= SMALLEST_SHOWN, P.capacity >= SMALLEST_SHOWN)
    return case(
        (P.status != ProgramStatus.ACTIVE, False), (P.capacity.is_(None), True),
        (enough, P.capacity > placed), else_=None,
    )  # fmt: skip


def _places(caller: Principal) -> Select[Any]:
    """Counts of few children are null to people outside the partner, and so is what is free, which
    would tell them: the capacity is public."""
    placed = func.count().filter(E.stage.in_(PLACED_STAGES))
    waiting = func.count().filter(E.stage == EngagementStage.WAITLISTED)
    own, unlimited = _own(caller), P.capacity.is_(None)
    told = or_(own, placed >= SMALLEST_SHOWN)
    free = case((unlimited, None), (told, func.greatest(P.capacity - placed, 0)), else_=None)
    return (
        select(
            *columns(Places, P),
            case((told, placed), else_=None).label("taken"),
            case((or_(own, waiting >= SMALLEST_SHOWN), waiting), else_=None).label("waiting"),
            free.label("free"),
            has_place(placed, own).label("open"),
        )
        .outerjoin(E, E.program_id == P.program_id)
        .group_by(P.program_id)
    )


async def places(
    reader: Reading, caller: Principal, paging: PageRequest, partner_id: UUID | None
) -> Page[Places]:
    """How full programs are, as far as the caller may know."""
    listed = _places(caller)
    if partner_id is not None:
        listed = listed.where(P.partner_id == partner_id)
    return await page(reader, listed, Places, paging, by=[P.program_id])


async def places_of(
    reader: Reading, caller: Principal, program_ids: Sequence[UUID]
) -> list[Places]:
    """Of the programs named, those that are known here."""
    return await many(reader, _places(caller).where(P.program_id.in_(program_ids)), Places)


async def reach(reader: Reading, caller: Principal, partner_id: UUID) -> PartnerReach:
    """A partner's programs with their places, and the children they have reached."""
    listed = _places(caller).where(P.partner_id == partner_id).order_by(P.name, P.program_id)
    programs = await many(reader, listed.limit(MOST_PROGRAMS), Places)
    count = select(func.count(E.student_id.distinct())).where(
        E.partner_id == partner_id, E.started_on.is_not(None)
    )
    children = int((await reader.execute(count)).scalar_one())
    own = caller.role in PARTNERS_PEOPLE and caller.partner_id == partner_id
    if caller.role is Role.DISTRICT_ADMIN:
        others = _others(caller, E2.partner_id == partner_id).limit(1)
        own = (await reader.execute(others)).first() is None
    return PartnerReach(
        partner_id=partner_id,
        children_reached=children if own or children >= SMALLEST_SHOWN else None,
        programs=programs,
    )
