"""Reading the chain: for sealing, on the sealer's own connection, and for verification."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from prometheus_client import Gauge
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.audit.hash_chain.rules import BEGINNING, Seal
from shared.persistence.database import Reading
from shared.persistence.gauges import Watched

LAST = "select seq, hash from disclosure where seq is not null order by seq desc limit 1"
UNSEALED = "select * from disclosure where seq is null order by position limit $1"
CHAIN = text("select * from disclosure where seq is not null order by seq, position")
OVERDUE = text("""
    select count(*) from disclosure
    where seq is null and at < now() - make_interval(secs => :seconds)
""")
WATCHED = [
    Watched(
        Gauge("disclosure_unsealed_seconds", "Age of the oldest disclosure that is not sealed."),
        "select extract(epoch from now() - min(at))::float from disclosure where seq is null",
    )
]
BATCH = 2_000


async def last_seal(connection: Any) -> Seal:
    row = await connection.fetchrow(LAST)
    return BEGINNING if row is None else Seal(row["seq"], row["hash"])


async def unsealed(connection: Any, most: int) -> Sequence[Mapping[str, Any]]:
    """The rows without a seal, in the order of their writing."""
    rows: Sequence[Mapping[str, Any]] = await connection.fetch(UNSEALED, most)
    return rows


async def head(reader: Reading) -> Seal | None:
    row = (await reader.execute(text(LAST))).one_or_none()
    return None if row is None else Seal(row.seq, row.hash)


async def overdue(reader: Reading, seconds: int) -> int:
    """The number of rows that have waited longer than this to be sealed."""
    return int((await reader.execute(OVERDUE, {"seconds": seconds})).scalar_one())


async def chain(session: AsyncSession) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """All sealed rows, as of one moment, in batches."""
    rows = await session.stream(CHAIN, execution_options={"yield_per": BATCH})
    async for batch in rows.mappings().partitions(BATCH):
        yield [dict(row) for row in batch]
