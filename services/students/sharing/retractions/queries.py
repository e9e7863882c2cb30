"""Reading retractions: a partner its own, a district those of its children, and who looks after
all partners the open ones of all, without the children."""

from typing import Any
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy import ColumnElement, Select, and_, false, func, literal, null, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import String, Uuid

from services.students.participation.programs.records import OfferingPartnerRow
from services.students.sharing.retractions.records import RetractionRow
from shared.contracts.students.sharing import Retraction
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.gauges import Watched
from shared.persistence.queries import columns, one, row_for_change
from shared.security.principal import Principal, Role

R: Any = RetractionRow  # columns, where mypy would see values
O: Any = OfferingPartnerRow  # noqa: E741
LOOKING_AFTER_ALL = frozenset({Role.BACKBONE, Role.OPERATOR})


OVERDUE = "received_at is null and receipt_due < now()"
WATCHED = [
    Watched(
        Gauge("partner_receipts_open", "Retractions whose receipt no partner has given yet."),
        "select count(*) from retraction where received_at is null",
    ),
    Watched(
        Gauge("partner_receipts_overdue", "Of those, the ones that are late."),
        f"select count(*) from retraction where {OVERDUE}",
    ),
]


def visible(caller: Principal) -> ColumnElement[bool]:
    if caller.role in LOOKING_AFTER_ALL:
        return R.received_at.is_(None)  # type: ignore[no-any-return]
    holder = R.source if caller.role is Role.DISTRICT_ADMIN else R.partner_id
    return holder == literal(caller.partner_id, Uuid())  # type: ignore[no-any-return]


def _listed(caller: Principal) -> Select[Any]:
    whose = select(O.name).where(O.partner_id == R.partner_id).scalar_subquery()
    named = whose.label("partner_name")
    if caller.role not in LOOKING_AFTER_ALL:
        return select(*columns(Retraction, R), named).where(visible(caller))
    hidden: dict[str, Any] = {
        "student_id": null().cast(Uuid()),
        "own_id": null().cast(String()),
        "categories": null().cast(ARRAY(String())),
    }
    shown = [hidden[c.key].label(c.key) if c.key in hidden else c for c in columns(Retraction, R)]
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
        found = found.where(R.partner_id == partner_id)
    if student_id is not None:  # of whom nobody is told, nobody asks
        hidden = caller.role in LOOKING_AFTER_ALL
        found = found.where(false() if hidden else R.student_id == student_id)
    if open_only:
        found = found.where(R.received_at.is_(None))
    if overdue is not None:
        late = and_(R.received_at.is_(None), R.receipt_due < func.now())
        found = found.where(late if overdue else ~late)
    return await page(reader, found, Retraction, paging, by=[R.id])


async def retraction(reader: Reading, caller: Principal, retraction_id: UUID) -> Retraction:
    found = _listed(caller).where(R.id == retraction_id)
    return await one(reader, found, Retraction, "retraction")


async def retraction_row(
    session: AsyncSession, caller: Principal, retraction_id: UUID
) -> RetractionRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(
        session, RetractionRow, retraction_id, "retraction", visible(caller)
    )


async def missing_receipts(reader: Reading, partner_id: UUID) -> tuple[int, int]:
    """How many are open, and how many of these are overdue."""
    overdue = func.count().filter(R.receipt_due < func.now())
    found = select(func.count(), overdue).where(
        R.partner_id == partner_id, R.received_at.is_(None)
    )
    row = (await reader.execute(found)).one()
    return int(row[0]), int(row[1])
