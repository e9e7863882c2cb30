"""An import is a job: accepted at once, all or nothing, safe to kill."""

import asyncio
import json
from typing import Any

import httpx

from shared.contracts.imports import FileProblem, ImportState
from shared.core.tasks import end
from shared.imports.jobs import _end
from shared.imports.records import ImportJobRow
from shared.imports.routes import carry_out_next, import_for_ever
from shared.security.principal import Principal, Role
from tests.houses import principal
from tests.promised import promise
from tests.shared.conftest import until
from tests.shared.things import IMPORTS, ThingMade, Things, entered, gate

KEEPER = principal(Role.BACKBONE)
KINDS = {kind.name: kind for kind in IMPORTS}


async def upload(http: httpx.AsyncClient, *lines: str) -> httpx.Response:
    return await http.post("/v1/imports/things", files={"file": ("t", "\n".join(lines).encode())})


async def test_a_good_file_is_queued_and_then_done(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        queued = await upload(http, "a", "b")
        assert (queued.status_code, queued.json()["state"]) == (202, "queued")
        assert await things.rows("select id from thing") == []
        assert await carry_out_next(things.database, KINDS)
        job = (await http.get(queued.headers["location"])).json()
    assert (job["state"], job["progress"]) == ("done", 1.0)
    assert job["counts"] == {"things": 2, "announced": 2}
    assert len(await things.events(ThingMade)) == 2
    assert await things.rows("select id from import_job where file is not null") == []


@promise(
    "Imports",
    "An import takes in all of a file or nothing, and names file, line, field and reason of "
    "every fault.",
)
async def test_a_refused_file_is_reported_with_its_faults_and_changes_nothing(
    things: Things,
) -> None:
    job = await things.import_file("things", b"a\nrefuse\nb\nrefuse", KEEPER)
    assert (job["state"], job["problem_count"]) == ("refused", 2)
    assert job["problems"][0] == {
        "file": "things", "line": 2, "field": "name", "code": "name.refused",
        "reason": "Not this.",
    }  # fmt: skip
    assert await things.rows("select id from thing") == []
    assert await things.events() == []


async def test_a_failure_of_the_importer_ends_the_import_and_does_not_show_its_message(
    things: Things,
) -> None:
    job = await things.import_file("things", b"a\nfault", KEEPER)
    assert (job["state"], job["problems"][0]["code"]) == ("refused", "import-failed")
    assert "fault of our own" not in json.dumps(job)
    assert await things.rows("select id from thing") == []


@promise(
    "Imports",
    "An import killed in the middle leaves nothing, and the next process carries it out.",
)
async def test_an_import_killed_in_the_middle_leaves_nothing_and_is_carried_out_next(
    things: Things,
) -> None:
    async with things.calling(KEEPER) as http:
        queued = await upload(http, "a", "b", "pause", "c")
        working = asyncio.create_task(
            import_for_ever(things.database, IMPORTS, things.app.state.imports_waiting)
        )
        await entered.wait()
        running = (await http.get(queued.headers["location"])).json()
        assert (running["state"], running["progress"]) == ("running", 0.5)
        assert not await carry_out_next(things.database, KINDS), "another may not take it"

        await things.rows(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and state like 'idle in transaction%'"
        )
        gate.set()
        entered.clear()

        async def done() -> Any:
            job = (await http.get(queued.headers["location"])).json()
            return job if job["finished_at"] else None

        job = await until(done)
        await end(working)
    assert (job["state"], job["counts"]["things"]) == ("done", 4)
    assert len(await things.rows("select id from thing")) == 4
    assert len(await things.events(ThingMade)) == 4


async def test_an_import_whose_process_stops_is_left_for_the_next_process(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        queued = await upload(http, "a", "pause")
        working = asyncio.create_task(carry_out_next(things.database, KINDS))
        await entered.wait()
        await end(working)
        assert await things.rows("select id from thing") == []
        gate.set()
        assert await carry_out_next(things.database, KINDS)
        assert (await http.get(queued.headers["location"])).json()["state"] == "done"


async def test_other_requests_are_answered_while_an_import_runs(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        await upload(http, "a", "pause")
        working = asyncio.create_task(carry_out_next(things.database, KINDS))
        await entered.wait()
        made = await http.post("/v1/things", json={"name": "meanwhile"})
        assert made.status_code == 201
        gate.set()
        assert await working


@promise("Imports", "No import job is carried out twice.")
async def test_two_processes_never_carry_out_one_job_twice(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        for n in range(4):
            await upload(http, f"a{n}", f"b{n}")

    async def work() -> int:
        done = 0
        while await carry_out_next(things.database, KINDS):
            done += 1
        return done

    assert sum(await asyncio.gather(work(), work(), work())) == 4
    assert len(await things.rows("select id from thing")) == 8


async def test_a_late_refusal_does_not_undo_the_work_of_another_process(
    things: Things,
) -> None:
    """Between the failure and saying so, the job is free to be taken."""
    async with things.calling(KEEPER) as http:
        queued = await upload(http, "a")
        row = (await things.rows("select * from import_job"))[0]
        assert await carry_out_next(things.database, KINDS)
        problem = FileProblem(file="", code="late", reason="Late.")
        job = ImportJobRow.model_validate(row)
        await _end(things.database, job, ImportState.REFUSED, [problem], 1)
        assert (await http.get(queued.headers["location"])).json()["state"] == "done"


async def test_the_progress_of_an_import_can_be_watched_to_its_end(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        queued = await upload(http, "a", "b")
        await carry_out_next(things.database, KINDS)
        watched = await http.get(queued.headers["location"] + "/progress")
    assert watched.headers["content-type"].startswith("text/event-stream")
    events = [line for line in watched.text.splitlines() if line.startswith("data: ")]
    assert json.loads(events[-1].removeprefix("data: "))["state"] == "done"


@promise("Access and privacy", "Another caller's import is answered like none.")
async def test_an_import_of_others_looks_like_an_unknown_one(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        queued = await upload(http, "a")
        absent = await http.get(f"/v1/imports/{KEEPER.account_id}")
    other = principal(Role.BACKBONE)
    async with things.calling(other) as http:
        hidden = await http.get(queued.headers["location"])
        watched = await http.get(queued.headers["location"] + "/progress")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json() == absent.json() == watched.json()


async def test_a_colleague_at_the_same_partner_sees_the_import(things: Things) -> None:
    from uuid import uuid4

    partner = uuid4()
    mine = principal(Role.PARTNER_ADMIN, partner_id=partner)
    async with things.calling(mine) as http:
        queued = await upload(http, "a")

    async def status(caller: Principal) -> int:
        async with things.calling(caller) as http:
            return (await http.get(queued.headers["location"])).status_code

    assert await status(principal(Role.PARTNER_ADMIN, partner_id=partner)) == 200
    assert await status(principal(Role.PARTNER_ADMIN, partner_id=uuid4())) == 404
    assert await status(principal(Role.OPERATOR)) == 200


async def test_an_upload_needs_its_permission_its_field_and_a_bearable_size(
    things: Things,
) -> None:
    async with things.calling(principal(Role.STUDENT)) as http:
        assert (await upload(http, "a")).status_code == 403
    async with things.calling(KEEPER) as http:
        without = await http.post("/v1/imports/things", files={"document": ("t", b"a")})
        plain = await http.post("/v1/imports/things", content=b"a")
        unknown = await http.post("/v1/imports/others", files={"file": ("t", b"a")})
        large = await http.post(
            "/v1/imports/things", files={"file": ("t", b"x" * (64 * 1024 * 1024 + 200_000))}
        )
    assert [a.status_code for a in (without, plain, large)] == [422, 422, 413]
    assert unknown.status_code in {404, 405}
    assert await things.rows("select id from import_job") == []


async def test_an_upload_repeated_with_its_key_is_one_job(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        made = [
            http.build_request(
                "POST", "/v1/imports/things", files={"file": ("t", b"a")},
                headers={"Idempotency-Key": "k"},
            )
            for _ in range(2)
        ]  # fmt: skip
        answers = [await http.send(request) for request in made]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(await things.rows("select id from import_job")) == 1
