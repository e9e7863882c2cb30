"""Reading programs. The directory is public."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import any_, func, literal, or_, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.partners.directory.partners.records import PartnerRow
from services.partners.directory.programs.records import ProgramRow, ProgramSiteRow
from services.partners.directory.sites.records import SiteRow
from shared.contracts.partners.program import Program, ProgramInBrief, ProgramStatus
from shared.contracts.partners.site import SiteStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import all_rows, columns, many, one, row_for_change

S: Any = SiteRow  # columns, where mypy would see values
PS: Any = ProgramSiteRow
SITE_IDS = (
    select(func.array_agg(text("site_id order by position, site_id")))
    .select_from(ProgramSiteRow)
    .where(ProgramSiteRow.program_id == ProgramRow.id)
    .correlate(ProgramRow)
    .scalar_subquery()
)


def answers() -> Any:
    site_ids = func.coalesce(SITE_IDS, text("'{}'")).label("site_ids")
    return select(*[*columns(Program, ProgramRow), site_ids])


async def programs(
    reader: Reading,
    partner_id: UUID | None,
    status: ProgramStatus | None,
    age: int | None,
    grade: str | None,
    paging: PageRequest,
) -> Page[Program]:
    """By age or grade: what says nothing of either is for everybody."""
    program, found = ProgramRow, answers()
    if partner_id is not None:
        found = found.where(program.partner_id == partner_id)
    if status is not None:
        found = found.where(program.status == status)
    if age is not None:
        found = found.where(or_(col(program.minimum_age).is_(None), program.minimum_age <= age))  # type: ignore[operator,arg-type]
        found = found.where(or_(col(program.maximum_age).is_(None), program.maximum_age >= age))  # type: ignore[operator,arg-type]
    if grade is not None:
        for_all = func.cardinality(program.grades) == 0
        found = found.where(or_(for_all, literal(grade) == any_(col(program.grades))))
    return await page(reader, found, Program, paging, by=[col(program.name), col(program.id)])


async def program(reader: Reading, program_id: UUID) -> Program:
    return await one(reader, answers().where(ProgramRow.id == program_id), Program, "program")


async def programs_of(reader: Reading, partner_id: UUID, limit: int) -> list[Program]:
    found = answers().where(ProgramRow.partner_id == partner_id)
    return await many(reader, found.order_by(ProgramRow.name).limit(limit), Program)


async def in_brief(reader: Reading, ids: Sequence[UUID]) -> list[ProgramInBrief]:
    """Of those that exist, in no order."""
    program = ProgramRow
    chosen: list[Any] = [
        col(program.id).label("program_id"), program.name, program.status, program.partner_id,
        col(PartnerRow.name).label("partner_name"), _places(),
    ]  # fmt: skip
    found = (
        select(*chosen)
        .join(PartnerRow, col(PartnerRow.id) == program.partner_id)
        .where(col(program.id).in_(ids))
    )  # fmt: skip
    return await many(reader, found, ProgramInBrief)


def _places() -> Any:
    """Open sites, as JSON, in the program's own order."""
    first = S.addresses[0]
    place = func.json_build_object(
        "site_id", S.id, "name", S.name, "location_type", S.location_type,
        "address_1", first["address_1"].astext, "city", first["city"].astext,
        "postal_code", first["postal_code"].astext,
        "latitude", S.latitude, "longitude", S.longitude,
    )  # fmt: skip
    told: Any = func.json_agg(aggregate_order_by(place, PS.position, S.id))
    found = (
        select(told)
        .select_from(PS)
        .join(S, PS.site_id == S.id)
        .where(PS.program_id == ProgramRow.id, S.status == SiteStatus.OPEN)
        .correlate(ProgramRow)
    )
    return func.coalesce(found.scalar_subquery(), text("'[]'")).label("places")


async def program_row(session: AsyncSession, program_id: UUID) -> ProgramRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(session, ProgramRow, program_id, "program")


async def open_rows(session: AsyncSession, partner_id: UUID) -> Sequence[ProgramRow]:
    """A partner's programs that are not defunct, for change."""
    return await all_rows(
        session,
        ProgramRow,
        ProgramRow.partner_id == partner_id,
        ProgramRow.status != ProgramStatus.DEFUNCT,
    )
