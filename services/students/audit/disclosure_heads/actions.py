"""Publishing the head of the disclosure log: another service keeps what it hears, so that a log
that is rewritten later no longer agrees with what everybody was told."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.audit.disclosure_heads import queries
from services.students.audit.disclosure_heads.records import DisclosureHeadRow
from services.students.audit.hash_chain import queries as seals
from services.students.audit.hash_chain.rules import Seal
from shared.contracts.students.disclosure import DisclosureHeadPublished
from shared.core.days import day_of
from shared.core.refusals import Conflict, Unavailable
from shared.events.outbox import announce
from shared.persistence.database import Database
from shared.security.principal import Principal

WAITING_SECONDS = 10


async def publish_daily(database: Database, today: date) -> date | None:
    """Once a day, by who seals alone. The day for which there is a head now; null while
    there is nothing to publish."""
    async with database.transaction() as session:
        if await queries.is_published(session, today):
            return today
        head = await seals.head(session)
        if head is None:
            return None
        _publish(session, head, today, None)
    return today


async def publish(session: AsyncSession, caller: Principal, now: datetime) -> DisclosureHeadRow:
    """Now. Raises `Conflict("disclosures-none")` and `Unavailable("sealing-behind")`."""
    head = await seals.head(session)
    if head is None:
        raise Conflict("disclosures-none", "Nothing has been disclosed and sealed yet.")

    if await seals.overdue(session, WAITING_SECONDS):
        raise Unavailable("sealing-behind", "Rows of the log wait to be sealed; ask again.")

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
