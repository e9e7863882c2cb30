"""Sealing, publishing and verifying the disclosure log on the real database; each way of tampering
is found, as the owner of the database could do it."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from deploy.verify_disclosures import Verdict, published, verify
from services.students.audit.disclosure_heads.actions import publish_daily
from services.students.audit.hash_chain.actions import BATCH, WORK, seal_some
from services.students.audit.hash_chain.rules import BEGINNING, Fault, FaultKind, Seal, seals
from shared.contracts.students.disclosure import DisclosureHeadPublished
from shared.core import clock
from shared.security.principal import NOBODY, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.people import DISTRICT, a_student

ROWS = 9
OPERATOR = principal(Role.OPERATOR)
WRITTEN = """
    insert into disclosure
      (student_id, account_id, role, purpose, channel, outcome, basis, categories, further_parties)
    select gen_random_uuid(), gen_random_uuid(), 'educator', 'education', 'read', 'released',
           'school_staff', '{identity}', '{}' from generate_series(1, :rows)
"""
NUMBERED = """
    update disclosure d set seq = n.number from
      (select position, row_number() over (order by seq, position desc) number from disclosure) n
    where n.position = d.position
"""
# One that owns the database: it may drop the guard and the constraints, and say anything.
TAMPERING = {
    "a category of a row": (
        "update disclosure set categories = '{contacts}' where seq = 4", 4, FaultKind.ALTERED),
    "the day of a row": (
        "update disclosure set at = at - interval '1 day' where seq = 1", 1, FaultKind.ALTERED),
    "the viewer of the last row": (
        f"update disclosure set account_id = gen_random_uuid() where seq = {ROWS}",
        ROWS, FaultKind.ALTERED),
    "a hash": ("update disclosure set hash = '\\x00' where seq = 3", 3, FaultKind.ALTERED),
    "a row's hash and number taken off": (
        "update disclosure set seq = null, hash = null where seq = 5", 5, FaultKind.REMOVED),
    "a row removed": ("delete from disclosure where seq = 6", 6, FaultKind.REMOVED),
    "the first row removed": ("delete from disclosure where seq = 1", 1, FaultKind.REMOVED),
    "a row removed and the rest numbered anew": (
        f"delete from disclosure where seq = 6; {NUMBERED}", 6, FaultKind.ALTERED),
    "the tail removed": ("delete from disclosure where seq > 7", 8, FaultKind.REMOVED),
    "the table emptied": ("truncate disclosure", 1, FaultKind.REMOVED),
    "a row inserted": (
        f"insert into disclosure {{copied}} where seq = 3; {NUMBERED}", 3, FaultKind.INSERTED),
    "two rows swapped": (
        "update disclosure set seq = case seq when 2 then 5 else 2 end where seq in (2, 5)",
        2, FaultKind.ALTERED),
}  # fmt: skip
COPIED = """
    (at, student_id, account_id, role, purpose, channel, outcome, basis, categories,
     further_parties, seq, hash)
    select at, gen_random_uuid(), account_id, role, purpose, channel, outcome, basis, categories,
           further_parties, seq, hash from disclosure
"""


async def write_rows(students: House, rows: int = ROWS) -> None:
    async with students.database.transaction() as session:
        await session.execute(text(WRITTEN), {"rows": rows})


async def seal_all(students: House) -> None:
    async with students.database.alone(WORK) as connection:
        while await seal_some(connection):
            pass


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
    """Without the trigger and the constraint, for this test."""
    await tamper(
        students,
        "alter table disclosure disable trigger disclosure_append_only",
        "alter table disclosure drop constraint disclosure_seq_key",
    )
    yield students
    await tamper(
        students,
        "truncate disclosure",
        "alter table disclosure enable trigger disclosure_append_only",
        "alter table disclosure add constraint disclosure_seq_key unique (seq)",
    )


async def test_rows_are_sealed_in_order_each_over_the_one_before(students: House) -> None:
    await write_rows(students, BATCH + 5)
    await seal_all(students)
    rows = await students.rows("select * from disclosure order by seq")
    assert [Seal(row["seq"], row["hash"]) for row in rows] == list(seals(BEGINNING, rows))


async def test_a_row_that_is_seen_late_is_sealed_late_whatever_its_position(
    students: House,
) -> None:
    async with students.database.transaction() as slow:
        await slow.execute(text(WRITTEN), {"rows": 1})
        await write_rows(students, 2)
        await seal_all(students)
    await seal_all(students)
    rows = await students.rows("select position, seq from disclosure order by seq")
    assert [row["position"] for row in rows] == [2, 3, 1]


async def test_only_one_worker_seals_at_a_time(students: House) -> None:
    await write_rows(students)
    async with students.database.alone(WORK):
        rows = await students.rows(
            "select pg_try_advisory_lock(7227001, hashtext('seal')) as taken"
        )
    assert not rows[0]["taken"]


async def test_the_database_itself_refuses_to_change_a_sealed_row(students: House) -> None:
    await write_rows(students)
    await seal_all(students)
    for statement in (
        "update disclosure set role = 'nobody'",
        "update disclosure set seq = seq + 100",
        "delete from disclosure",
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
    await tamper(unguarded, *done.replace("{copied}", COPIED).split("; "))
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
        "delete from disclosure where seq = 2",
        "update disclosure set seq = null, hash = null",
    )
    await write_rows(unguarded, 1)
    await seal_all(unguarded)
    verdict = await verified(unguarded, partners)
    assert verdict.fault == Fault(ROWS, FaultKind.REWRITTEN)


async def test_rows_that_stay_unsealed_are_found(unguarded: House, partners: House) -> None:
    await write_rows(unguarded)
    assert (await verified(unguarded, partners)).fault is None
    await tamper(unguarded, "update disclosure set at = at - interval '61 seconds'")
    assert (await verified(unguarded, partners)).fault == Fault(1, FaultKind.UNSEALED)


async def test_a_fault_between_two_batches_is_found(unguarded: House, partners: House) -> None:
    await write_rows(unguarded, 4_100)
    await seal_all(unguarded)
    await tamper(unguarded, "update disclosure set role = 'nobody' where seq = 2000")
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
    assert [row["outcome"] for row in await students.rows(
        "select outcome from disclosure order by seq"
    )] == ["released", "refused"]  # fmt: skip
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
