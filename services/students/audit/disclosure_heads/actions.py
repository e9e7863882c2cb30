"""Publishing the head of the disclosure log. The service partners keeps each head, so that a log
that is rewritten later no longer agrees with the published heads."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.audit.disclosure_heads import queries
from services.students.audit.disclosure_heads.records import DisclosureHeadRow
from services.students.audit.hash_chain import queries as hash_chain
from services.students.audit.hash_chain.rules import Seal
from shared.contracts.students.disclosure import DisclosureHeadPublished
from shared.core.days import day_of
from shared.core.refusals import Conflict, Unavailable
from shared.events.outbox import announce
from shared.persistence.database import Database
from shared.security.principal import Principal

WAITING_SECONDS = 10


async def publish_daily(database: Database, today: date) -> date | None:
    """Publish the head of the day, once. Only the process that holds the seal lock calls it. Gives
    the day of the published head; None while the log is empty."""
    async with database.transaction() as session:
        if await queries.is_published(session, today):
            return today
        head = await hash_chain.head(session)
        if head is None:
            return None
        _publish(session, head, today, None)
    return today


async def publish(session: AsyncSession, caller: Principal, now: datetime) -> DisclosureHeadRow:
    """Publish the head now. Raises `Conflict("disclosures-none")` for an empty log, and
    `Unavailable("sealing-behind")` while rows wait to be sealed."""
    if await hash_chain.is_behind(session, WAITING_SECONDS):
        raise Unavailable(
            "sealing-behind", "The newest rows of the log are not sealed yet; try again."
        )

    head = await hash_chain.head(session)
    if head is None:
        raise Conflict("disclosures-none", "The log has no sealed disclosure yet.")

    return _publish(session, head, day_of(now), caller)


def _publish(
    session: AsyncSession, head: Seal, day: date, caller: Principal | None
) -> DisclosureHeadRow:
    by = None if caller is None else caller.account_id
    row = DisclosureHeadRow(day=day, seq=head.seq, hash=head.hash, published_by=by)
    announce(
        session,
        row,
        DisclosureHeadPublished(
            head_id=row.id, day=day, seq=head.seq, hash=head.hash.hex(), at=row.created_at
        ),
    )
    return row
