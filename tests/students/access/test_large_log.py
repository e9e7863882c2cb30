"""No worker, gauge or route reads the whole disclosure log or the whole outbox: the time that each
takes does not grow with what was written years ago."""

import asyncio

from sqlalchemy import text

from services.students.app import SERVICE
from shared.core.tasks import end
from shared.persistence.gauges import look_at
from tests.houses import House, settings_for
from tests.promised import promise
from tests.students.access.test_recording import CALLS, World

ROWS = 30_000
TURNS_SECONDS = 2
FILL = """
    insert into disclosure
      (at, student_id, account_id, role, purpose, channel, outcome, basis, categories, further_parties)
    select now() - interval '1 year', gen_random_uuid(), gen_random_uuid(), 'educator', 'education',
      'view', 'released', 'school-official', array['identity'], '{}'
    from generate_series(1, :rows) n
"""
SEALS = """
    insert into disclosure_seal (seq, position, hash)
    select n, n, decode('00', 'hex') from generate_series(1, :rows) n
"""
SENT = """
    insert into outbox
      (event_id, type, aggregate_id, aggregate_version, time, data, published_at, stream_seq)
    select gen_random_uuid(), 'students.student.rostered.v1', gen_random_uuid(), 1, now(), '{}',
      now(), n
    from generate_series(1, :rows) n
"""
READ = """
    select relname as log, seq_tup_read + (
      select sum(idx_tup_read)::bigint from pg_stat_user_indexes i where i.relid = t.relid) as rows
    from pg_stat_user_tables t where relname in ('disclosure', 'disclosure_seal', 'outbox')
"""


async def read_in_passing(students: House) -> dict[str, int]:
    """How many rows of each log were read, whether by an index or one after the other. A process of PostgreSQL reports its
    counts when it ends, so all end first."""
    await students.database.close()
    async with students.database.reading() as connection:
        await connection.execute(text("select pg_stat_force_next_flush()"))
        await connection.execute(text("select pg_stat_clear_snapshot()"))
        found = await connection.execute(text(READ))
        return {row.log: row.rows for row in found}


async def work_for_a_while(students: House) -> None:
    """The workers of the service turn without anything to do, and its gauges are read."""
    url = students.database.writers.url.render_as_string(hide_password=False)
    settings = settings_for(url, "nats://127.0.0.1:1")
    tasks = [
        asyncio.create_task(worker(students.database, settings)) for worker in SERVICE.workers
    ]
    await asyncio.sleep(TURNS_SECONDS)
    await look_at(students.database, SERVICE.gauges)
    for task in tasks:
        await end(task)


@promise("Operation", "No work grows with the disclosure log or the outbox.")
async def test_nothing_reads_a_whole_log_that_it_need_not(students: House) -> None:
    async with students.database.transaction() as session:
        await session.execute(text(FILL), {"rows": ROWS})
        await session.execute(text(SEALS), {"rows": ROWS})
        await session.execute(
            text("insert into sealed_until (id, position) values (1, :rows)"), {"rows": ROWS}
        )
        await session.execute(text(SENT), {"rows": ROWS})
        await session.execute(
            text("insert into read_until (id, seq) values (1, :rows)"), {"rows": ROWS}
        )
        await session.execute(text("analyze disclosure, disclosure_seal, outbox"))
    before = await read_in_passing(students)
    await work_for_a_while(students)
    world = World(students)
    await world.begin()
    for name, caller, body, version_of, learned in CALLS:
        await world.before(name)
        answer = await world.call(name, caller, body, version_of)
        assert answer.is_success, (name, answer.text)
        world.learn(learned, answer.json())
    after = await read_in_passing(students)
    grown = {log: after[log] - before[log] for log in after}
    assert all(rows < ROWS for rows in grown.values()), grown
