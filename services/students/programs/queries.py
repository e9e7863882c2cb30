"""What is known here of partners' programs, and their places."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.engagements.records import EngagementRow
from services.students.programs.records import OfferedProgramRow
from shared.contracts.partners.program import ProgramStatus
from shared.contracts.students.engagement import (
    PLACED_STAGES,
    EngagementStage,
    PartnerReach,
    Places,
)
from shared.database import Reading
from shared.paging import Page, PageRequest, page
from shared.principal import PARTNER_STAFF, Principal, Role
from shared.queries import columns, many, unknown

MOST_PROGRAMS = 500
# A guardian or student names the district that keeps their records; they work for nobody.
PARTNERS_PEOPLE = PARTNER_STAFF | {Role.EDUCATOR}
SMALLEST_SHOWN = 10  # fewer children than this are not told to people outside the partner
E: Any = EngagementRow
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
    """Whose children the caller may count: a district's people all, a partner's their own."""
    if caller.role is Role.DISTRICT_ADMIN:
        return true()
    return P.partner_id == caller.partner_id if caller.role in PARTNERS_PEOPLE else false()


def _places(caller: Principal) -> Select[Any]:
    """Counts of few children are null to people outside the partner, and so is what is free, which
    would tell them: the capacity is public. Whether there is a place at all is told to everybody."""
    placed = func.count().filter(E.stage.in_(PLACED_STAGES))
    waiting = func.count().filter(E.stage == EngagementStage.WAITLISTED)
    own, unlimited = _own(caller), P.capacity.is_(None)
    told = or_(own, placed >= SMALLEST_SHOWN)
    free = case((unlimited, None), (told, func.greatest(P.capacity - placed, 0)), else_=None)
    active = P.status == ProgramStatus.ACTIVE
    return (
        select(
            *columns(Places, P),
            case((told, placed), else_=None).label("taken"),
            case((or_(own, waiting >= SMALLEST_SHOWN), waiting), else_=None).label("waiting"),
            free.label("free"),
            and_(active, or_(unlimited, P.capacity > placed)).label("open"),
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
    own = caller.role is Role.DISTRICT_ADMIN or (
        caller.role in PARTNERS_PEOPLE and caller.partner_id == partner_id
    )
    return PartnerReach(
        partner_id=partner_id,
        children_reached=children if own or children >= SMALLEST_SHOWN else None,
        programs=programs,
    )
