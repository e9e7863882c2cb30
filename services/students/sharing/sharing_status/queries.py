"""Counting what a partner was told, and what not."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.students.sharing.decisions.records import HeldRow, SharingCountRow
from services.students.sharing.retractions.queries import LOOKING_AFTER_ALL, missing_receipts
from services.students.sharing.subscribers.records import ListenerRow
from shared.contracts.students.sharing import Sharing, ToldCount, WithheldCount
from shared.persistence.database import Reading
from shared.persistence.queries import unknown
from shared.security.principal import Principal

H: Any = HeldRow  # columns, where mypy would see values
N: Any = SharingCountRow
L: Any = ListenerRow


async def sharing(reader: Reading, caller: Principal, partner_id: UUID) -> Sharing:
    """Of another's partner there is nothing to know."""
    if caller.partner_id != partner_id and caller.role not in LOOKING_AFTER_ALL:
        raise unknown("partner")
    held = select(func.count()).where(
        H.partner_id == partner_id,
        func.cardinality(H.categories + H.own + H.read + H.read_own) > 0,
    )
    listening = select(L.listening).where(L.partner_id == partner_id)
    counted = select(N).where(N.partner_id == partner_id).order_by(N.category, N.clause)
    counts = (await reader.execute(counted.with_only_columns(N.category, N.clause, N.count))).all()
    missing, overdue = await missing_receipts(reader, partner_id)
    return Sharing(
        partner_id=partner_id,
        listening=bool((await reader.execute(listening)).scalar()),
        children=(await reader.execute(held)).scalar_one(),
        told=[ToldCount(category=c, count=n) for c, clause, n in counts if not clause],
        withheld=[WithheldCount(category=c, clause=w, count=n) for c, w, n in counts if w],
        open_receipts=missing,
        overdue_receipts=overdue,
    )
