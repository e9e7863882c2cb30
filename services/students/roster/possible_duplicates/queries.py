"""Records that may be of one child, for the district that keeps them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy import Boolean, Select, case, exists, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.same_child.rules import protecting
from services.students.roster.contacts.records import contact_restriction
from services.students.roster.possible_duplicates.records import (
    PossibleDuplicateRow,
    possible_duplicate,
)
from shared.contracts.students.possible_duplicate import DuplicateStatus, PossibleDuplicate
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.gauges import Watched
from shared.persistence.queries import columns, in_force, one, row_for_change
from shared.security.principal import Principal

NOUN, NAME = "possible-duplicate", "possible_duplicate"
MOST_ALIKE = 20
WATCHED = [
    Watched(
        Gauge(
            "possible_duplicates_open",
            "Pairs of children's records that may be of one child and wait for the district.",
        ),
        f"select count(*) from possible_duplicate where status = '{DuplicateStatus.OPEN}'",
    ),
]


def _told(caller: Principal) -> Select[Any]:
    ordered = exists().where(
        contact_restriction.student_id.in_(
            (possible_duplicate.student_id, possible_duplicate.earlier_id)
        ),
        in_force(contact_restriction.begins_on, contact_restriction.ends_on),
    )
    return select(
        *columns(PossibleDuplicate, PossibleDuplicateRow),
        literal_column(protecting(NAME), Boolean).label("protecting"),
        ordered.label("orders_in_force"),
    ).where(possible_duplicate.source == caller.partner_id)


async def possible_duplicates(
    reader: Reading, caller: Principal, paging: PageRequest, *, status: DuplicateStatus | None,
    student_id: UUID | None,
) -> Page[PossibleDuplicate]:  # fmt: skip
    """Those of the caller's district, the latest first."""
    found = _told(caller)
    if status is not None:
        found = found.where(possible_duplicate.status == status)
    if student_id is not None:
        found = found.where(_about(student_id))
    by = [possible_duplicate.id]
    return await page(reader, found, PossibleDuplicate, paging, by=by, descending=True)


async def one_possible_duplicate(
    reader: Reading, caller: Principal, id: UUID
) -> PossibleDuplicate:
    return await one(
        reader, _told(caller).where(possible_duplicate.id == id), PossibleDuplicate, NOUN
    )


async def possible_duplicate_row(
    session: AsyncSession, caller: Principal, id: UUID
) -> PossibleDuplicateRow:
    """For change, by the district that keeps both records."""
    own = possible_duplicate.source == caller.partner_id
    return await row_for_change(session, PossibleDuplicateRow, id, NOUN, own)


async def alike(session: AsyncSession, student_id: UUID) -> Sequence[Any]:
    """The other records that may be of the same child as this one, by their ids, with the reason."""
    other = case(
        (possible_duplicate.student_id == student_id, possible_duplicate.earlier_id),
        else_=possible_duplicate.student_id,
    )
    found = (
        select(other.label("student_id"), possible_duplicate.reason)
        .where(_about(student_id))
        .order_by(possible_duplicate.id)
        .limit(MOST_ALIKE)
    )
    return (await session.execute(found)).all()


def _about(student_id: UUID) -> Any:
    return or_(
        possible_duplicate.student_id == student_id, possible_duplicate.earlier_id == student_id
    )
