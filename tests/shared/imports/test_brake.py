"""The brake: an import that would end too much waits for somebody's word, and its file with it."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from shared.contracts.imports import ImportEffect, PartEffect
from shared.imports.brake import Brake, exceeds, to_confirm
from shared.imports.routes import carry_out_next
from shared.imports.waiting import drop_expired, drop_waiting
from shared.security.principal import Principal, Role
from tests.houses import principal
from tests.promised import promise
from tests.shared.things import IMPORTS, ThingMade, Things, entered, gate

PARTNER = uuid4()
KEEPER = principal(Role.PARTNER_ADMIN, partner_id=PARTNER)
COLLEAGUE = principal(Role.PARTNER_ADMIN, partner_id=PARTNER)
KINDS = {kind.name: kind for kind in IMPORTS}
TEN = [f"thing {number}" for number in range(10)]
FOUR = ("whole", *TEN[:4])


def whole(*lines: str) -> bytes:
    return "\n".join(lines).encode()


async def ten_things(things: Things) -> None:
    job = await things.import_file("things", whole(*TEN), KEEPER)
    assert job["state"] == "done"


async def stopped(things: Things, *lines: str) -> dict[str, Any]:
    job = await things.import_file("things", whole(*(lines or FOUR)), KEEPER)
    assert job["state"] == "needs_confirmation", job
    return job


async def said(
    things: Things, job: dict[str, Any], word: str, caller: Principal = KEEPER
) -> httpx.Response:
    async with things.calling(caller) as http:
        return await http.post(f"/v1/imports/{job['id']}/{word}")


async def read(things: Things, job: dict[str, Any]) -> dict[str, Any]:
    async with things.calling(KEEPER) as http:
        return dict((await http.get(f"/v1/imports/{job['id']}")).json())


async def names(things: Things) -> list[str]:
    return [row["name"] for row in await things.rows("select name from thing order by name")]


async def files(things: Things) -> int:
    return len(await things.rows("select id from import_job where file is not null"))


async def change(things: Things, sql: str) -> None:
    async with things.database.transaction() as session:
        await session.execute(text(sql))


@pytest.mark.parametrize(
    ("known", "ended", "waits"),
    [(100, 10, False), (100, 11, True), (50, 5, False), (49, 5, True), (20, 4, False),
     (4, 4, True), (1, 1, False), (0, 0, False)],
)  # fmt: skip
def test_more_than_a_tenth_waits_from_five_on_and_so_do_all_of_several(
    known: int, ended: int, waits: bool
) -> None:
    effect = ImportEffect(noun="children", ended=ended, known=known)
    assert to_confirm(Brake().judged([effect])) is waits


def test_a_few_records_that_others_take_the_place_of_do_not_wait() -> None:
    effect = ImportEffect(noun="items", added=2, ended=2, known=2)
    assert not to_confirm(Brake().judged([effect]))


def test_one_school_that_would_lose_too_many_is_enough_and_is_named() -> None:
    small, large = (
        PartEffect(id=uuid4(), name=name, known=known, ended=5)
        for name, known in (("Small", 40), ("Large", 960))
    )
    effect = ImportEffect(noun="children", known=1_000, ended=10, parts=[small, large])
    [judged] = Brake().judged([effect])
    assert judged.to_confirm
    assert [part.name for part in judged.parts if part.to_confirm] == ["Small"]


def test_an_operator_can_let_everything_end_unasked() -> None:
    effect = ImportEffect(noun="children", ended=100, known=100)
    assert not to_confirm(Brake(share=1).judged([effect]))


def test_one_record_more_than_confirmed_in_one_school_is_more_than_confirmed() -> None:
    def effect(first: int, second: int) -> ImportEffect:
        parts = [
            PartEffect(id=UUID(int=n), name="A", known=50, ended=ended)
            for n, ended in enumerate((first, second))
            if ended
        ]
        return ImportEffect(noun="children", ended=first + second, known=100, parts=parts)

    assert not exceeds([effect(10, 9)], [effect(10, 10)])
    assert exceeds([effect(9, 11)], [effect(10, 10)])
    assert exceeds([effect(1, 1)], [effect(2, 0)])
    assert exceeds([effect(1, 0)], [])


def test_days_that_are_filled_in_wait_where_the_load_says_so_and_up_to_their_number() -> None:
    def effect(filled: int, *, first: bool) -> ImportEffect:
        part = PartEffect(
            id=UUID(int=1), name="A", known=0, ended=0, filled=filled, to_confirm=first
        )
        return ImportEffect(noun="days", added=filled, filled=filled, parts=[part])

    [first] = Brake(share=1).judged([effect(10, first=True)])
    assert first.to_confirm and first.parts[0].to_confirm
    assert not to_confirm(Brake().judged([effect(10_000, first=False)]))
    assert not exceeds([effect(9, first=True)], [first])
    assert exceeds([effect(11, first=True)], [first])
    assert not exceeds([effect(11, first=False)], [first])


@promise(
    "Imports",
    "An import that would end more than a tenth waits for a confirmation, and says what would end.",
)
async def test_an_import_that_would_end_too_much_changes_nothing_and_says_so(
    things: Things,
) -> None:
    await ten_things(things)
    job = await stopped(things)
    [effect] = job["effects"]
    assert (effect["ended"], effect["known"], effect["to_confirm"]) == (6, 10, True)
    assert job["expires_at"] is not None and job["finished_at"] is None
    assert await names(things) == TEN
    assert len(await things.events(ThingMade)) == 10
    assert await files(things) == 1
    assert not await carry_out_next(things.database, KINDS), "it waits for a person, not for us"


async def test_a_colleague_may_confirm_and_the_import_is_carried_out(things: Things) -> None:
    await ten_things(things)
    job = await stopped(things)
    answer = await said(things, job, "confirmation", COLLEAGUE)
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert await carry_out_next(things.database, KINDS)
    done = await read(things, job)
    assert (done["state"], done["effects"][0]["ended"]) == ("done", 6)
    assert await names(things) == TEN[:4]
    assert await files(things) == 0
    [row] = await things.rows("select confirmed_by from import_job where confirmed_by is not null")
    assert row["confirmed_by"] == COLLEAGUE.account_id


async def test_a_rejected_import_changes_nothing_and_its_file_is_gone(things: Things) -> None:
    await ten_things(things)
    job = await stopped(things)
    answer = await said(things, job, "rejection")
    assert (answer.status_code, answer.json()["state"]) == (201, "refused")
    assert [problem["code"] for problem in answer.json()["problems"]] == ["import-rejected"]
    assert await files(things) == 0
    again = await said(things, job, "confirmation")
    assert (again.status_code, again.json()["code"]) == (409, "import-not-waiting")
    assert await names(things) == TEN


@promise("Access and privacy", "Another caller's import is answered like none.")
async def test_only_those_who_may_import_and_see_the_job_decide_on_it(things: Things) -> None:
    await ten_things(things)
    job = await stopped(things)
    stranger = principal(Role.PARTNER_ADMIN, partner_id=uuid4())
    absent = await said(things, {"id": uuid4()}, "confirmation", stranger)
    for word in ("confirmation", "rejection"):
        hidden = await said(things, job, word, stranger)
        assert hidden.status_code == absent.status_code == 404
        assert hidden.json() == absent.json()
    reader = principal(Role.ANALYST, account_id=KEEPER.account_id)  # reads jobs, opens no programs
    assert (await said(things, job, "confirmation", reader)).status_code == 403
    assert (await said(things, job, "rejection", reader)).status_code == 403
    assert (await read(things, job))["state"] == "needs_confirmation"


@promise("Imports", "A confirmed import never ends more than was confirmed: it asks again.")
async def test_where_more_would_end_by_now_the_import_asks_again(things: Things) -> None:
    await ten_things(things)
    job = await stopped(things)
    await things.import_file("things", b"late", KEEPER)
    await said(things, job, "confirmation")
    assert await carry_out_next(things.database, KINDS)
    again = await read(things, job)
    assert (again["state"], again["effects"][0]["ended"]) == ("needs_confirmation", 7)
    assert await names(things) == ["late", *TEN]
    await said(things, job, "confirmation")
    assert await carry_out_next(things.database, KINDS)
    assert (await read(things, job))["state"] == "done"
    assert await names(things) == TEN[:4]


async def test_where_less_would_end_by_now_the_confirmation_holds(things: Things) -> None:
    await ten_things(things)
    job = await stopped(things)
    await change(things, "delete from thing where name = 'thing 9'")
    await said(things, job, "confirmation")
    assert await carry_out_next(things.database, KINDS)
    assert (await read(things, job))["effects"][0]["ended"] == 5


@promise(
    "Imports",
    "An import killed in the middle leaves nothing, and the next process carries it out.",
)
async def test_a_kill_in_the_middle_of_a_confirmed_import_loses_neither_file_nor_word(
    things: Things,
) -> None:
    await ten_things(things)
    gate.set()
    job = await stopped(things, *FOUR, "pause")
    await said(things, job, "confirmation")
    gate.clear()
    entered.clear()
    working = asyncio.create_task(carry_out_next(things.database, KINDS))
    await entered.wait()
    await things.rows(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and state like 'idle in transaction%'"
    )
    gate.set()
    await asyncio.gather(working, return_exceptions=True)
    assert await names(things) == TEN
    assert await carry_out_next(things.database, KINDS)
    assert (await read(things, job))["state"] == "done"
    assert await names(things) == ["pause", *TEN[:4]]


async def test_a_file_that_nobody_confirms_in_time_is_dropped(things: Things) -> None:
    await ten_things(things)
    job = await stopped(things)
    async with things.database.transaction() as session:
        await drop_expired(session)
    assert await files(things) == 1
    await change(things, "update import_job set expires_at = now() where expires_at is not null")
    assert (await said(things, job, "confirmation")).status_code == 409
    async with things.database.transaction() as session:
        await drop_expired(session)
    dropped = await read(things, job)
    assert dropped["state"] == "refused" and dropped["finished_at"] is not None
    assert [problem["code"] for problem in dropped["problems"]] == ["confirmation-expired"]
    assert await files(things) == 0


async def test_an_erasure_drops_the_waiting_files_of_its_district_alone(things: Things) -> None:
    await ten_things(things)
    job = await stopped(things)
    for partner_id, left in ((uuid4(), 1), (PARTNER, 0)):
        async with things.database.transaction() as session:
            await drop_waiting(session, partner_id)
        assert await files(things) == left
    assert [p["code"] for p in (await read(things, job))["problems"]] == ["file-erased"]


async def test_the_progress_of_a_stopped_import_ends_with_its_question(things: Things) -> None:
    await ten_things(things)
    job = await stopped(things)
    async with things.calling(KEEPER) as http:
        watched = await http.get(f"/v1/imports/{job['id']}/progress")
    assert '"state":"needs_confirmation"' in watched.text


@promise("Imports", "A preview says what an import would do, and changes nothing.")
@pytest.mark.parametrize("lines", [("a", "b"), FOUR, ("whole", *TEN, "new"), ("whole", "new")])
async def test_a_preview_leaves_the_content_of_every_table_equal(
    things: Things, lines: tuple[str, ...]
) -> None:
    await ten_things(things)
    before = await things.contents()
    shown = await things.import_file("things", whole(*lines), KEEPER, preview=True)
    assert await things.contents() == before
    assert await files(things) == 0
    carried_out = await things.import_file("things", whole(*lines), KEEPER)
    assert (shown["state"], shown["preview"]) == ("done", True)
    assert (shown["effects"], shown["counts"]) == (carried_out["effects"], carried_out["counts"])


async def test_a_preview_of_a_faulty_file_names_its_faults(things: Things) -> None:
    shown = await things.import_file("things", b"refuse", KEEPER, preview=True)
    assert (shown["state"], shown["problem_count"]) == ("refused", 1)


async def test_an_earlier_release_beside_this_one_never_takes_a_preview_for_an_import(
    things: Things,
) -> None:
    async with things.calling(KEEPER) as http:
        await http.post("/v1/imports/things?preview=true", files={"file": ("t", b"a")})
    assert await things.rows("select id from import_job where state = 'queued'") == []
