"""Sealing, publishing and verifying the disclosure log on the real database; each way of tampering
is found, as the owner of the database could do it."""

import asyncio
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from deploy.verify_disclosures import Verdict, published, verify
from services.students.audit.disclosure_heads.actions import publish_daily
from services.students.audit.hash_chain.actions import (
    BATCH,
    WORK,
    seal_above_base,
    seal_waiting,
)
from services.students.audit.hash_chain.queries import chain
from services.students.audit.hash_chain.rules import BEGINNING, Fault, FaultKind, Seal, seals
from shared.contracts.students.disclosure import DisclosureHeadPublished
from shared.core import clock
from shared.security.principal import NOBODY, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.seeds import seeds
from tests.students.people import DISTRICT, a_student

ROWS = 9
OPERATOR = principal(Role.OPERATOR)
WRITTEN = """
    insert into disclosure
      (student_id, account_id, role, purpose, channel, outcome, basis, categories, further_parties)
    select gen_random_uuid(), gen_random_uuid(), 'educator', 'education', 'read', 'released',
           'school_staff', '{identity}', '{}' from generate_series(1, :rows)
"""
ROW = "position = (select position from disclosure_seal where seq = {})".format
LAST_ROW = "position = (select max(position) from disclosure)"
NUMBERED = """
    update disclosure_seal s set seq = n.number from
      (select position, row_number() over (order by seq, position desc) number from disclosure_seal) n
    where n.position = s.position
"""
COPIED = f"""
    insert into disclosure
      (at, student_id, account_id, role, purpose, channel, outcome, basis, categories, further_parties)
    select at, gen_random_uuid(), account_id, role, purpose, channel, outcome, basis, categories,
           further_parties from disclosure where {ROW(3)}
"""
SEALED = """
    select position, outcome from disclosure_seal s join disclosure d using (position) order by s.seq
"""
WRITERS, TRANSACTIONS, MOST = 4, 10, 0.8
BASE = "select position from sealed_until"
# One that owns the database: it may drop the guards and the constraints, and say anything.
TAMPERING = {
    "a category of a row": (
        f"update disclosure set categories = '{{contacts}}' where {ROW(4)}", 4, FaultKind.ALTERED),
    "the day of a row": (
        f"update disclosure set at = at - interval '1 day' where {ROW(1)}", 1, FaultKind.ALTERED),
    "the viewer of the last row": (
        f"update disclosure set account_id = gen_random_uuid() where {ROW(ROWS)}",
        ROWS, FaultKind.ALTERED),
    "a seal": ("update disclosure_seal set hash = '\\x00' where seq = 3", 3, FaultKind.ALTERED),
    "a seal removed": ("delete from disclosure_seal where seq = 5", 5, FaultKind.REMOVED),
    "a row removed": (f"delete from disclosure where {ROW(6)}", 6, FaultKind.REMOVED),
    "the first row removed": (f"delete from disclosure where {ROW(1)}", 1, FaultKind.REMOVED),
    "a row removed with its seal": (
        f"delete from disclosure where {ROW(6)}; delete from disclosure_seal where seq = 6",
        6, FaultKind.REMOVED),
    "a row removed with its seal and the rest numbered anew": (
        (f"delete from disclosure where {ROW(6)}; delete from disclosure_seal where seq = 6; "
        f"{NUMBERED}"), 6, FaultKind.ALTERED),
    "the tail removed": (
        ("delete from disclosure using disclosure_seal s where s.position = disclosure.position "
        "and s.seq > 7; delete from disclosure_seal where seq > 7"), 8, FaultKind.REMOVED),
    "the tail's seals removed": ("delete from disclosure_seal where seq > 7", 8, FaultKind.REMOVED),
    "the log emptied": ("truncate disclosure", 1, FaultKind.REMOVED),
    "the seals emptied": ("truncate disclosure_seal", 1, FaultKind.REMOVED),
    "both emptied": ("truncate disclosure, disclosure_seal", 1, FaultKind.REMOVED),
    "a row inserted with a seal": (
        (f"{COPIED}; insert into disclosure_seal select 3, max(d.position), s.hash "
        "from disclosure d, disclosure_seal s where s.seq = 3 group by s.hash; "
        f"{NUMBERED}"), 3, FaultKind.INSERTED),
    "a second seal inserted for a row": (
        ("update disclosure_seal set seq = seq + 1 where seq > 3; insert into disclosure_seal "
        "select 4, position, hash from disclosure_seal where seq = 3"), 4, FaultKind.INSERTED),
    "two numbers swapped": (
        "update disclosure_seal set seq = case seq when 2 then 5 else 2 end where seq in (2, 5)",
        2, FaultKind.ALTERED),
    "two hashes swapped": (
        ("update disclosure_seal s set hash = o.hash from disclosure_seal o "
        "where s.seq in (2, 5) and o.seq = 7 - s.seq"), 2, FaultKind.ALTERED),
    "the rows of two seals swapped": (
        ("update disclosure_seal s set position = o.position from disclosure_seal o "
        "where s.seq in (2, 5) and o.seq = 7 - s.seq"), 2, FaultKind.ALTERED),
    "a row given a number where the release before kept it": (
        f"update disclosure set seq = 100, hash = '' where {ROW(5)}", ROWS + 1, FaultKind.REMOVED),
}  # fmt: skip
HIDDEN = {
    "below the base": f"update disclosure set position = 0 where {LAST_ROW}",
    "below a base that was moved": "update sealed_until set position = 1000",
    "dated tomorrow": (
        "update sealed_until set position = 1000; "
        f"update disclosure set at = now() + interval '1 day' where {LAST_ROW}"
    ),
    "with a number where the release before kept it": (
        "update disclosure set position = 0, seq = 3, hash = '', at = now() + interval '1 day' "
        f"where {LAST_ROW}"
    ),
}
"""What hides an inserted row from the sealer."""


async def write_rows(students: House, rows: int = ROWS) -> None:
    async with students.database.transaction() as session:
        await session.execute(text(WRITTEN), {"rows": rows})


async def seal_all(students: House) -> None:
    async with students.database.alone(WORK) as connection:
        await seal_waiting(connection)


async def tamper(students: House, *statements: str) -> None:
    async with students.database.transaction() as session:
        for statement in statements:
            await session.execute(text(statement))


async def publish(students: House, partners: House) -> dict[str, Any]:
    """The head as the operator gets it, and partners hears of it."""
    async with students.calling(OPERATOR) as http:
        answer = await http.post("/v1/disclosures/heads")
    [*_, event] = await students.events(DisclosureHeadPublished)
    await partners.hear(DisclosureHeadPublished(**event["data"]))
    return dict(answer.json())


async def verified(students: House, partners: House) -> Verdict:
    async with partners.calling(NOBODY) as http:
        return await verify(students.database, await published(_asking(http)))


def _asking(http: AsyncClient) -> Any:
    async def ask(path: str) -> Any:
        return (await http.get(path)).json()

    return ask


@pytest.fixture
async def unguarded(students: House) -> Any:
    """Without the triggers and the constraints, for this test."""
    await tamper(
        students,
        "alter table disclosure disable trigger disclosure_append_only",
        "alter table disclosure_seal disable trigger disclosure_seal_append_only",
        "alter table disclosure_seal drop constraint disclosure_seal_pkey",
        "alter table disclosure_seal drop constraint disclosure_seal_position_key",
    )
    yield students
    await tamper(
        students,
        "truncate disclosure, disclosure_seal, sealed_until",
        "alter table disclosure enable trigger disclosure_append_only",
        "alter table disclosure_seal enable trigger disclosure_seal_append_only",
        "alter table disclosure_seal add constraint disclosure_seal_pkey primary key (seq)",
        "alter table disclosure_seal add constraint disclosure_seal_position_key unique (position)",
    )


async def test_rows_are_sealed_in_order_each_over_the_one_before(students: House) -> None:
    await write_rows(students, BATCH + 5)
    await seal_all(students)
    async with students.database.transaction() as session:
        rows = [row async for batch in chain(session) for row in batch]
    assert len(rows) == BATCH + 5
    assert [Seal(row["seq"], row["hash"]) for row in rows] == list(seals(BEGINNING, rows))


async def test_a_row_that_is_seen_late_is_sealed_late_whatever_its_position(
    students: House,
) -> None:
    async with students.database.transaction() as slow:
        await slow.execute(text(WRITTEN), {"rows": 1})
        await write_rows(students, 2)
        await seal_all(students)
    await seal_all(students)
    assert [row["position"] for row in await students.rows(SEALED)] == [2, 3, 1]


async def test_the_base_stays_below_a_row_that_an_open_transaction_may_still_add(
    students: House,
) -> None:
    async with students.database.alone(WORK) as connection:
        async with students.database.transaction() as slow:
            await slow.execute(text(WRITTEN), {"rows": 1})
            await write_rows(students, 2)
            mark = await seal_above_base(connection, None)
            assert await seal_above_base(connection, mark) == mark
            assert await students.rows(BASE) == []
            await write_rows(students, 1)
        mark = await seal_above_base(connection, mark)
        assert await students.rows(BASE) == [{"position": 3}]
        await seal_above_base(connection, mark)
    assert await students.rows(BASE) == [{"position": 4}]
    assert [row["position"] for row in await students.rows(SEALED)] == [2, 3, 1, 4]


async def test_a_row_that_was_taken_back_does_not_hold_the_base(students: House) -> None:
    async with students.database.alone(WORK) as connection:
        slow = students.database.open()
        await slow.execute(text(WRITTEN), {"rows": 1})
        await write_rows(students, 1)
        mark = await seal_above_base(connection, None)
        await students.database.end(slow, well=False)
        await seal_above_base(connection, mark)
    assert await students.rows(BASE) == [{"position": 2}]
    assert [row["position"] for row in await students.rows(SEALED)] == [2]


@promise(
    "Access and privacy",
    "Each row of the disclosure log is sealed once, in whatever order transactions end.",
)
@pytest.mark.parametrize("seed", seeds(3, nightly=50))
async def test_no_row_is_left_out_in_whatever_order_transactions_end(
    students: House, partners: House, seed: int
) -> None:
    chance = Random(seed)

    async def write() -> int:
        kept = 0
        for _ in range(TRANSACTIONS):
            counts = [chance.randint(1, 4) for _ in range(chance.randint(1, 3))]
            well = chance.random() < MOST
            session = students.database.open()
            for count in counts:
                await session.execute(text(WRITTEN), {"rows": count})
                await asyncio.sleep(chance.choice((0, 0, 0.01, 0.05)))
            await students.database.end(session, well=well)
            kept += sum(counts) if well else 0
        return kept

    async with students.database.alone(WORK) as connection:
        writers = [asyncio.create_task(write()) for _ in range(WRITERS)]
        mark = None
        while not all(writer.done() for writer in writers):
            mark = await seal_above_base(connection, mark)
        mark = await seal_above_base(connection, mark)
        await seal_above_base(connection, mark)
    verdict = await verified(students, partners)
    assert (verdict.rows, verdict.fault) == (sum(writer.result() for writer in writers), None)
    last = await students.rows("select max(position) as position from disclosure")
    assert await students.rows(BASE) == last


async def test_only_one_worker_seals_at_a_time(students: House) -> None:
    await write_rows(students)
    async with students.database.alone(WORK):
        rows = await students.rows(
            "select pg_try_advisory_lock(7227001, hashtext('seal')) as taken"
        )
    assert not rows[0]["taken"]


async def test_the_database_itself_refuses_to_change_a_row_or_a_seal(students: House) -> None:
    await write_rows(students)
    await seal_all(students)
    await write_rows(students, 1)
    for statement in (
        "update disclosure set role = 'nobody'",
        f"update disclosure set seq = 10, hash = '' where {LAST_ROW}",
        "delete from disclosure",
        "update disclosure_seal set seq = seq + 100",
        "delete from disclosure_seal",
        "truncate disclosure_seal",
    ):
        with pytest.raises(Exception, match="only appended to"):
            await tamper(students, statement)


async def test_a_log_that_nobody_touched_is_whole(students: House, partners: House) -> None:
    await write_rows(students)
    await seal_all(students)
    await publish(students, partners)
    await write_rows(students)
    await seal_all(students)
    verdict = await verified(students, partners)
    assert (verdict.rows, verdict.heads, verdict.fault) == (2 * ROWS, 1, None)
    assert "whole" in str(verdict)


async def test_an_empty_log_is_whole(students: House, partners: House) -> None:
    assert (await verified(students, partners)).fault is None


@promise(
    "Access and privacy",
    "An altered, removed, inserted, swapped or rewritten row of the disclosure log is found, "
    "with its place.",
)
@pytest.mark.parametrize("way", TAMPERING)
async def test_each_way_of_tampering_is_found_at_its_row(
    unguarded: House, partners: House, way: str
) -> None:
    done, seq, kind = TAMPERING[way]
    await write_rows(unguarded)
    await seal_all(unguarded)
    await publish(unguarded, partners)
    await tamper(unguarded, *done.split("; "))
    verdict = await verified(unguarded, partners)
    assert verdict.fault == Fault(seq, kind)
    assert str(verdict).startswith(f"Row {seq} ")


@promise(
    "Access and privacy",
    "An altered, removed, inserted, swapped or rewritten row of the disclosure log is found, "
    "with its place.",
)
async def test_a_recomputed_log_is_found_by_the_published_head(
    unguarded: House, partners: House
) -> None:
    await write_rows(unguarded)
    await seal_all(unguarded)
    await publish(unguarded, partners)
    await tamper(
        unguarded,
        f"delete from disclosure where {ROW(2)}",
        "truncate disclosure_seal, sealed_until",
    )
    await write_rows(unguarded, 1)
    await seal_all(unguarded)
    verdict = await verified(unguarded, partners)
    assert verdict.fault == Fault(ROWS, FaultKind.REWRITTEN)


@promise(
    "Access and privacy",
    "An altered, removed, inserted, swapped or rewritten row of the disclosure log is found, "
    "with its place.",
)
@pytest.mark.parametrize("way", HIDDEN)
async def test_a_row_inserted_where_the_sealer_does_not_look_is_found(
    unguarded: House, partners: House, way: str
) -> None:
    await write_rows(unguarded)
    async with unguarded.database.alone(WORK) as connection:
        await seal_above_base(connection, await seal_above_base(connection, None))
    await tamper(unguarded, COPIED, *HIDDEN[way].split("; "))
    await seal_all(unguarded)
    assert (await verified(unguarded, partners)).fault == Fault(ROWS + 1, FaultKind.UNSEALED)


async def test_rows_that_stay_unsealed_are_found(unguarded: House, partners: House) -> None:
    await write_rows(unguarded)
    assert (await verified(unguarded, partners)).fault is None
    await tamper(unguarded, "update disclosure set at = at - interval '61 seconds'")
    assert (await verified(unguarded, partners)).fault == Fault(1, FaultKind.UNSEALED)


async def test_a_fault_between_two_batches_is_found(unguarded: House, partners: House) -> None:
    await write_rows(unguarded, 4_100)
    await seal_all(unguarded)
    await tamper(unguarded, f"update disclosure set role = 'nobody' where {ROW(2_000)}")
    assert (await verified(unguarded, partners)).fault == Fault(2_000, FaultKind.ALTERED)


async def test_a_head_is_published_once_a_day_and_as_often_as_the_operator_asks(
    students: House, partners: House
) -> None:
    today = await clock.today()
    assert await publish_daily(students.database, today) is None
    await write_rows(students)
    await seal_all(students)
    assert await publish_daily(students.database, today) == today
    assert await publish_daily(students.database, today) == today
    asked = await publish(students, partners)
    [daily, on_demand] = await students.events(DisclosureHeadPublished)
    assert daily["data"]["seq"] == on_demand["data"]["seq"] == asked["seq"] == ROWS
    assert daily["data"]["hash"] == asked["hash"]


async def test_an_empty_log_has_no_head_to_publish_and_only_the_operator_publishes(
    students: House,
) -> None:
    async with students.calling(OPERATOR) as http:
        answer = await http.post("/v1/disclosures/heads")
    assert (answer.status_code, answer.json()["code"]) == (409, "disclosures-none")
    async with students.calling(DISTRICT) as http:
        assert (await http.post("/v1/disclosures/heads")).status_code == 403


async def test_a_release_is_in_the_chain(students: House, partners: House) -> None:
    child = await a_student(students)
    async with students.calling(DISTRICT) as http:
        await http.get(f"/v1/students/{child}")
        await http.get(f"/v1/students/{uuid4()}")
    await seal_all(students)
    assert [row["outcome"] for row in await students.rows(SEALED)] == ["released", "refused"]
    assert (await verified(students, partners)).rows == 2


async def test_the_witness_keeps_the_first_head_it_heard_and_shows_it_to_everybody(
    students: House, partners: House
) -> None:
    await write_rows(students)
    await seal_all(students)
    head = await publish(students, partners)
    [event] = await students.events(DisclosureHeadPublished)
    await partners.hear(DisclosureHeadPublished(**(event["data"] | {"hash": "00" * 32})))
    async with partners.calling(NOBODY) as http:
        [kept] = (await http.get("/v1/disclosure-heads")).json()["items"]
    assert {name: kept[name] for name in head} == head
    with pytest.raises(Exception, match="only appended to"):
        await tamper(partners, "update heard_disclosure_head set hash = ''")
