"""Reading retractions: a partner its own, a district those about its children. An account that looks
after all partners reads the open ones of all, without the children."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy import ColumnElement, Select, and_, false, func, literal, null, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import String, Uuid

from services.students.participation.programs.records import offering_partner
from services.students.sharing.retractions.records import RetractionRow, retraction
from shared.contracts.students.sharing import Retraction
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.gauges import Watched
from shared.persistence.queries import columns, one, row_for_change
from shared.security.principal import Principal, Role

LOOKING_AFTER_ALL = frozenset({Role.BACKBONE, Role.OPERATOR})


OPEN = "received_at is null and withdrawn_at is null"
OVERDUE = f"{OPEN} and receipt_due < now()"
WATCHED = [
    Watched(
        Gauge("partner_receipts_open", "Retractions whose receipt no partner has given yet."),
        f"select count(*) from retraction where {OPEN}",
    ),
    Watched(
        Gauge("partner_receipts_overdue", "Of those, the ones that are late."),
        f"select count(*) from retraction where {OVERDUE}",
    ),
]


# A no of the family in between holds: the child itself is back, and the data stay to be deleted.
WITHDRAWABLE = text(f"""
    select r.id from retraction r
    where r.partner_id = :partner and r.student_id = any(:students) and r.by_roster and {OPEN}
      and not exists (select from consent c where c.student_id = r.student_id
                      and c.status <> 'granted' and c.decided_at >= r.retracted_at)
      and not exists (select from directory_choice d where d.student_id = r.student_id
                      and d.opted_out and d.said_at >= r.retracted_at)
    order by r.student_id, r.id for update
""")


def is_open() -> ColumnElement[bool]:
    return and_(retraction.received_at.is_(None), retraction.withdrawn_at.is_(None))


async def withdrawable(
    session: AsyncSession, partner_id: UUID, student_ids: Collection[UUID]
) -> list[RetractionRow]:
    """The open retractions that a roster caused, for change."""
    named = {"partner": partner_id, "students": list(student_ids)}
    ids = list((await session.execute(WITHDRAWABLE, named)).scalars())
    if not ids:
        return []
    found = select(RetractionRow).where(retraction.id.in_(ids)).order_by(retraction.id)
    return list((await session.execute(found)).scalars())


def visible(caller: Principal) -> ColumnElement[bool]:
    if caller.role in LOOKING_AFTER_ALL:
        return is_open()
    holder = retraction.source if caller.role is Role.DISTRICT_ADMIN else retraction.partner_id
    return holder == literal(caller.partner_id, Uuid())  # type: ignore[no-any-return]


def _listed(caller: Principal) -> Select[Any]:
    whose = (
        select(offering_partner.name)
        .where(offering_partner.partner_id == retraction.partner_id)
        .scalar_subquery()
    )
    named = whose.label("partner_name")
    if caller.role not in LOOKING_AFTER_ALL:
        return select(*columns(Retraction, RetractionRow), named).where(visible(caller))
    hidden: dict[str, Any] = {
        "student_id": null().cast(Uuid()),
        "own_id": null().cast(String()),
        "categories": null().cast(ARRAY(String())),
    }
    shown = [
        hidden[c.key].label(c.key) if c.key in hidden else c
        for c in columns(Retraction, RetractionRow)
    ]
    return select(*shown, named).where(visible(caller))


async def retractions(
    reader: Reading,
    caller: Principal,
    paging: PageRequest,
    *,
    partner_id: UUID | None,
    student_id: UUID | None,
    open_only: bool,
    overdue: bool | None,
) -> Page[Retraction]:
    found = _listed(caller)
    if partner_id is not None:
        found = found.where(retraction.partner_id == partner_id)
    if student_id is not None:  # the filter must not reveal a child that the answer hides
        hidden = caller.role in LOOKING_AFTER_ALL
        found = found.where(false() if hidden else retraction.student_id == student_id)
    if open_only:
        found = found.where(is_open())
    if overdue is not None:
        late = and_(is_open(), retraction.receipt_due < func.now())
        found = found.where(late if overdue else ~late)
    return await page(reader, found, Retraction, paging, by=[retraction.id])


async def one_retraction(reader: Reading, caller: Principal, retraction_id: UUID) -> Retraction:
    found = _listed(caller).where(retraction.id == retraction_id)
    return await one(reader, found, Retraction, "retraction")


async def retraction_row(
    session: AsyncSession, caller: Principal, retraction_id: UUID
) -> RetractionRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(
        session, RetractionRow, retraction_id, "retraction", visible(caller)
    )


async def missing_receipts(reader: Reading, partner_id: UUID) -> tuple[int, int]:
    """The number of open receipts, and the number of these that are overdue."""
    overdue = func.count().filter(retraction.receipt_due < func.now())
    found = select(func.count(), overdue).where(retraction.partner_id == partner_id, is_open())
    row = (await reader.execute(found)).one()
    return int(row[0]), int(row[1])
