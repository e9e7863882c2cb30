"""Counting a partner's published and withheld messages."""

from uuid import UUID

from sqlalchemy import func, select

from services.students.participation.programs.records import offering_partner
from services.students.sharing.decisions.records import SharingCountRow, held, sharing_count
from services.students.sharing.retractions.queries import LOOKING_AFTER_ALL, missing_receipts
from services.students.sharing.subscribers.records import listener
from shared.contracts.students.sharing import Sharing, ToldCount, WithheldCount
from shared.persistence.database import Reading
from shared.persistence.queries import unknown
from shared.security.principal import Principal


async def sharing(reader: Reading, caller: Principal, partner_id: UUID) -> Sharing:
    """A partner's sharing in numbers. Raises `NotFound("partner-unknown")` for another partner's
    people."""
    if caller.partner_id != partner_id and caller.role not in LOOKING_AFTER_ALL:
        raise unknown("partner")
    children = select(func.count()).where(
        held.partner_id == partner_id,
        func.cardinality(held.categories + held.own + held.read + held.read_own) > 0,
    )
    listening = select(listener.listening).where(listener.partner_id == partner_id)
    counted = (
        select(SharingCountRow)
        .where(sharing_count.partner_id == partner_id)
        .order_by(sharing_count.category, sharing_count.clause)
    )
    counts = (
        await reader.execute(
            counted.with_only_columns(
                sharing_count.category, sharing_count.clause, sharing_count.count
            )
        )
    ).all()
    missing, overdue = await missing_receipts(reader, partner_id)
    named = select(offering_partner.name).where(offering_partner.partner_id == partner_id)
    return Sharing(
        partner_id=partner_id,
        partner_name=(await reader.execute(named)).scalar_one_or_none(),
        listening=bool((await reader.execute(listening)).scalar()),
        children=(await reader.execute(children)).scalar_one(),
        told=[ToldCount(category=c, count=n) for c, clause, n in counts if not clause],
        withheld=[WithheldCount(category=c, clause=w, count=n) for c, w, n in counts if w],
        open_receipts=missing,
        overdue_receipts=overdue,
    )
