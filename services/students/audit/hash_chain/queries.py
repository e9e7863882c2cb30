"""Reading the chain: for sealing, on the sealer's own connection, and for verification."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from prometheus_client import Gauge
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.audit.hash_chain.rules import BEGINNING, Mark, Seal
from shared.persistence.database import Reading
from shared.persistence.gauges import Watched

LAST = "select seq, hash from disclosure_seal order by seq desc limit 1"
# `seq` and `hash` of the log itself are seals of the release before, which the sealer copies.
UNCOPIED = "seq > coalesce((select max(seq) from disclosure_seal), 0)"
# All rows up to here are sealed. Until the base is first set, these are the rows that the release
# before sealed, and stand before the first that it did not.
BASE = """coalesce(
    (select position from sealed_until), (select min(position) - 1 from disclosure where seq is null),
    (select max(position) from disclosure), 0)"""
# A subquery for each row: a join might be planned so that it reads all seals.
WAITING = f"""
    from disclosure d
    where d.position > {BASE}
      and (select s.seq from disclosure_seal s where s.position = d.position) is null
"""
UNSEALED = f"select d.* {WAITING} and d.position > $1 order by d.position limit $2"
OLDEST = f"(select d.at {WAITING} order by d.position limit 1)"
BEHIND = text(f"""
    select coalesce({OLDEST} < now() - make_interval(secs => :seconds), false)
        or coalesce((select max(seq) from disclosure), 0)
           > coalesce((select max(seq) from disclosure_seal), 0)
""")
CHAIN = text(f"""
    select s.seq as sealed_seq, s.hash as sealed_hash, d.*
    from (select seq, position, hash from disclosure_seal
          union all select seq, position, hash from disclosure where {UNCOPIED}) s
    left join lateral (select * from disclosure where position = s.position limit 1) d on true
    order by s.seq
""")
# A row waits for its seal above the base alone, and never with a number of the release before.
UNPROVED = text(f"""
    select count(*) from disclosure d
    where not exists (select from disclosure_seal s where s.position = d.position)
      and ({UNCOPIED}) is not true
      and (d.seq is not null or d.at < now() - make_interval(secs => :seconds)
           or d.position <= {BASE})
""")
WATCHED = [
    Watched(
        Gauge("disclosure_unsealed_seconds", "Age of the oldest disclosure that is not sealed."),
        f"select extract(epoch from now() - {OLDEST})::float",
    )
]
WRITERS = """
    select coalesce(array_agg(virtualtransaction), '{}') from pg_locks
    where locktype = 'relation' and relation = 'disclosure'::regclass and mode = 'RowExclusiveLock'
      and database = (select oid from pg_database where datname = current_database())
"""
BATCH = 2_000


async def last_seal(connection: Any) -> Seal:
    row = await connection.fetchrow(LAST)
    return BEGINNING if row is None else Seal(row["seq"], row["hash"])


async def unsealed(connection: Any, after: int, most: int) -> Sequence[Mapping[str, Any]]:
    """The rows without a seal behind this position, in the order of their writing."""
    rows: Sequence[Mapping[str, Any]] = await connection.fetch(UNSEALED, after, most)
    return rows


async def mark(connection: Any) -> Mark:
    """The highest position that can be seen, and then the transactions that are still open."""
    last = await connection.fetchval("select coalesce(max(position), 0) from disclosure")
    return Mark(last, await writers(connection))


async def writers(connection: Any) -> frozenset[str]:
    """The open transactions that may have written rows. An insert takes this lock before its row gets
    a position, and keeps it until the transaction ends."""
    return frozenset(await connection.fetchval(WRITERS))


async def head(reader: Reading) -> Seal | None:
    row = (await reader.execute(text(LAST))).one_or_none()
    return None if row is None else Seal(row.seq, row.hash)


async def is_behind(reader: Reading, seconds: int) -> bool:
    """Whether a row has waited longer than this to be sealed, or a seal to be copied."""
    return bool((await reader.execute(BEHIND, {"seconds": seconds})).scalar_one())


async def unproved(reader: Reading, seconds: int) -> int:
    """The number of rows of the whole log without a seal, but for those that were written since so
    many seconds and wait for one."""
    return int((await reader.execute(UNPROVED, {"seconds": seconds})).scalar_one())


async def chain(session: AsyncSession) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """All seals, as of one moment, in batches, each with its row. Where that is gone, its columns are
    null."""
    rows = await session.stream(CHAIN, execution_options={"yield_per": BATCH})
    async for batch in rows.mappings().partitions(BATCH):
        yield [_sealed(dict(row)) for row in batch]


def _sealed(row: dict[str, Any]) -> dict[str, Any]:
    row["seq"], row["hash"] = row.pop("sealed_seq"), row.pop("sealed_hash")
    return row
