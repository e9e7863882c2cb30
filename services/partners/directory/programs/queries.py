"""Reading programs. The directory is public."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import String, and_, any_, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.partners.records import partner
from services.partners.directory.programs.records import ProgramRow, program, program_site
from services.partners.directory.sites.records import site
from shared.contracts.partners.program import Program, ProgramInBrief, ProgramStatus
from shared.contracts.partners.site import SiteStatus
from shared.http.list_for_all import ListForAll
from shared.http.paging import PageRequest
from shared.persistence.database import Reading
from shared.persistence.queries import all_rows, columns, many, row_for_change
from shared.persistence.statements import Statement, among


def _of_sites(column: Any) -> Any:
    """This column of a program's sites, in the program's own order."""
    found = (
        select(column)
        .join(program_site, program_site.site_id == site.id)
        .where(program_site.program_id == program.id)
        .order_by(program_site.position, site.id)
    )
    return func.array(found.correlate(program).scalar_subquery())


def answers() -> Any:
    chosen: list[Any] = [
        *columns(Program, ProgramRow), partner.name.label("partner_name"),
        _of_sites(site.id).label("site_ids"), _of_sites(site.name).label("site_names"),
    ]  # fmt: skip
    return select(*chosen).join(partner, partner.id == program.partner_id)


AGE: Any = bindparam("age")
GRADE: Any = bindparam("grade", type_=String)
PROGRAM = Statement(answers().where(program.id == bindparam("program_id")), Program)
PROGRAMS = ListForAll(
    answers(), Program, by=[program.name, program.id],
    filters={
        "ids": among(program.id),
        "partner_id": program.partner_id == bindparam("partner_id"),
        "status": program.status == bindparam("status"),
        "age": and_(
            or_(program.minimum_age.is_(None), program.minimum_age <= AGE),
            or_(program.maximum_age.is_(None), program.maximum_age >= AGE),
        ),
        "grade": or_(func.cardinality(program.grades) == 0, any_(program.grades) == GRADE),
    },
)  # fmt: skip


async def programs(
    reader: Reading,
    ids: Sequence[UUID],
    partner_id: UUID | None,
    status: ProgramStatus | None,
    age: int | None,
    grade: str | None,
    paging: PageRequest,
) -> Response:
    """The programs by name. One without ages and grades is for every age and grade."""
    return await PROGRAMS.page(
        reader, paging, ids=ids, partner_id=partner_id, status=status, age=age, grade=grade
    )


async def one_program(reader: Reading, program_id: UUID) -> Program:
    return await PROGRAM.one(reader, "program", program_id=program_id)


async def programs_of(reader: Reading, partner_id: UUID, limit: int) -> list[Program]:
    found = answers().where(program.partner_id == partner_id)
    return await many(reader, found.order_by(program.name).limit(limit), Program)


async def in_brief(reader: Reading, ids: Sequence[UUID]) -> list[ProgramInBrief]:
    """Those of these programs that exist, in no order."""
    chosen: list[Any] = [
        program.id.label("program_id"), program.name, program.status, program.partner_id,
        partner.name.label("partner_name"), _places(),
    ]  # fmt: skip
    found = (
        select(*chosen)
        .join(partner, partner.id == program.partner_id)
        .where(program.id.in_(ids))
    )  # fmt: skip
    return await many(reader, found, ProgramInBrief)


def _places() -> Any:
    """The open sites of a program as JSON, in its own order."""
    first = site.addresses[0]
    place = func.json_build_object(
        "site_id", site.id, "name", site.name, "location_type", site.location_type,
        "address_1", first["address_1"].astext, "city", first["city"].astext,
        "postal_code", first["postal_code"].astext,
        "latitude", site.latitude, "longitude", site.longitude,
    )  # fmt: skip
    told: Any = func.json_agg(aggregate_order_by(place, program_site.position, site.id))
    found = (
        select(told)
        .select_from(program_site)
        .join(site, program_site.site_id == site.id)
        .where(program_site.program_id == program.id, site.status == SiteStatus.OPEN)
        .correlate(program)
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
        program.partner_id == partner_id,
        program.status != ProgramStatus.DEFUNCT,
    )
