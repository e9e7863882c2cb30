"""A district's roster is imported from a standard file, a delta follows, and everything that
depends on it changes: pictures, scorecard, live stream. Five processes, real PostgreSQL, NATS."""

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from shared.core.tasks import end
from tests.platform import Platform

COUNTS = {
    "orgs": 4, "academic_sessions": 9, "courses": 84, "classes": 532, "users": 2900,
    "students": 960, "contacts": 1872, "staff": 68, "roles": 2904, "enrollments": 6693,
    "demographics": 1028,
}  # fmt: skip
FIRST_DAY = date(2021, 8, 23)
SCHOOL_DAYS = [
    FIRST_DAY + timedelta(n) for n in range(28) if (FIRST_DAY + timedelta(n)).weekday() < 5
]


def package(folder: Path) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file in sorted(folder.glob("*.csv")):
            zipped.write(file, file.name)
    return made.getvalue()


def delta(folder: Path, name: str, rows: list[dict[str, str]]) -> bytes:
    """A package with a delta of one file."""
    with (folder / f"{name}.csv").open() as opened:
        header = next(csv.reader(opened))
    body = io.StringIO()
    writer = csv.DictWriter(body, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    manifest = (folder / "manifest.csv").read_text().replace(",bulk", ",absent")
    manifest = manifest.replace(f"file.{name},absent", f"file.{name},delta")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        zipped.writestr("manifest.csv", manifest)
        zipped.writestr(f"{name}.csv", body.getvalue())
    return made.getvalue()


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open() as opened:
        return list(csv.DictReader(opened))


@asynccontextmanager
async def listening(client: httpx.AsyncClient) -> AsyncIterator[list[dict[str, Any]]]:
    """What the live stream tells meanwhile."""
    heard: list[dict[str, Any]] = []

    async def listen() -> None:
        async with client.stream("GET", "/v1/stream", timeout=None) as stream:
            ready.set()
            async for line in stream.aiter_lines():
                if line.startswith("data: {"):
                    heard.append(json.loads(line[6:]))

    ready = asyncio.Event()
    task = asyncio.create_task(listen())
    await asyncio.wait_for(ready.wait(), 10)
    yield heard
    await end(task)


async def until(found: Any, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not found():
            await asyncio.sleep(0.05)


async def a_district(whole: Platform) -> tuple[str, httpx.AsyncClient]:
    async with whole.client() as operator:
        made = await operator.post(
            "/v1/partners", json={"name": "Grand Bend ISD", "kind": "district"}
        )
    district: str = made.json()["id"]
    return district, await whole.admit("district_admin", district)


async def a_scorecard(whole: Platform) -> tuple[httpx.AsyncClient, str]:
    """Of chronic absence, in all schools."""
    backbone = await whole.admit_backbone()
    partnership = await backbone.post(
        "/v1/partnerships", json={"name": "Grand Bend Together", "purpose": "Every child there."}
    )
    assert partnership.status_code == 201, partnership.text
    indicator = await backbone.post("/v1/indicators", json={
        "key": "chronic_absence", "name": "Chronic absence", "outcome": "High School Graduation",
        "derivation": "chronic_absence",
        "definition": {
            "level": "contributing", "direction": "lower_is_better",
            "universe": "Students with days enrolled", "numerator": "Missed 10 % of days or more",
            "denominator": "Students with days enrolled", "source": "Daily attendance",
            "formula": "chronically absent / enrolled"},
    })  # fmt: skip
    assert indicator.status_code == 201, indicator.text
    wanted = {
        "partnership_id": partnership.json()["id"], "title": "How we stand",
        "places": [{"kind": "roster", "key": "all", "name": "All schools"}],
        "indicators": [indicator.json()["id"]],
    }  # fmt: skip
    for _ in range(100):  # outcomes hears of the partnership
        made = await backbone.post("/v1/scorecards", json=wanted)
        if made.status_code == 201:
            return backbone, made.json()["id"]
        await asyncio.sleep(0.1)
    raise AssertionError(made.text)


def attendance(folder: Path) -> bytes:
    """Four weeks of all students; every fifth misses a quarter of the days."""
    students = [
        row["userSourcedId"] for row in rows_of(folder, "roles") if row["role"] == "student"
    ]
    lines = ["studentSourcedId,date,category"]
    for number, student in enumerate(students):
        for count, day in enumerate(SCHOOL_DAYS):
            away = number % 5 == 0 and count % 4 == 0
            lines.append(f"{student},{day},{'Unexcused Absence' if away else 'In Attendance'}")
    return ("\n".join(lines) + "\n").encode()


async def child_of(client: httpx.AsyncClient, sourced_id: str) -> dict[str, Any]:
    [found] = (await client.get("/v1/students", params={"identifier": sourced_id})).json()["items"]
    view: dict[str, Any] = (await client.get(f"/v1/views/students/{found['id']}")).json()
    return view


async def test_a_roster_a_register_and_a_delta_move_everything(
    whole: Platform, real_data: Path
) -> None:
    folder = real_data / "grand-bend"
    _, admin = await a_district(whole)
    backbone, scorecard = await a_scorecard(whole)
    enrolled = [r for r in rows_of(folder, "enrollments") if r["role"] == "student"]
    student = enrolled[0]["userSourcedId"]

    # The roster comes in whole, with exactly the counts of its README, and once only.
    async with listening(admin) as heard:
        job = await whole.import_file(admin, "oneroster", package(folder), "grand-bend.zip")
        assert (job["state"], job["problems"]) == ("done", [])
        assert job["counts"].items() >= COUNTS.items()
        await until(lambda: any(h["type"] == "students.roster.imported.v1" for h in heard))
        await until(lambda: sum(h["type"] == "students.student.rostered.v1" for h in heard) >= 960)
    before = await whole.rows("students", "select count(*) as n from outbox")
    again = await whole.import_file(admin, "oneroster", package(folder), "grand-bend.zip")
    assert again["state"] == "done"
    assert await whole.rows("students", "select count(*) as n from outbox") == before

    # The child's picture shows it, each part there.
    view = await child_of(admin, student)
    assert view["unavailable"] == view["withheld"] == {}
    assert view["student"]["enrollments"]["classes"]
    assert view["contacts"]

    # A register of attendance moves the child's measures and the scorecard.
    job = await whole.import_file(admin, "attendance", attendance(folder), "register.csv")
    assert job["state"] == "done", job["problems"][:3]
    await whole.settled()
    view = await child_of(admin, student)
    [year] = view["measures"]["attendance"]
    assert year["days_enrolled"] == len(SCHOOL_DAYS)
    report = (await backbone.get(f"/v1/scorecards/{scorecard}/report")).json()
    [told] = report["indicators"]  # of all rosters, also of other journeys' years
    cell = told["groups"][0]["cells"][told["periods"].index("2021-2022")]
    assert cell["value"] == {"value": "20.0", "unit": "percent"}

    # A delta ends an enrollment and revives it, and who may know hears of it at once.
    gone = next(r for r in enrolled if r["userSourcedId"] == student)
    ended = delta(folder, "enrollments", [gone | {"status": "tobedeleted",
                                                  "dateLastModified": "2026-01-01T00:00:00Z"}])  # fmt: skip
    revived = delta(folder, "enrollments", [gone | {"status": "active",
                                                    "dateLastModified": "2026-01-02T00:00:00Z"}])  # fmt: skip
    classes = len(view["student"]["enrollments"]["classes"])
    for content, wanted in ((ended, classes - 1), (revived, classes)):
        async with listening(admin) as heard:
            job = await whole.import_file(admin, "oneroster", content, "delta.zip")
            assert job["state"] == "done", job["problems"]
            await until(lambda: any(h.get("student_id") == view["student"]["id"] for h in heard))
        now = await child_of(admin, student)
        assert len(now["student"]["enrollments"]["classes"]) == wanted


async def test_another_district_sees_nothing_of_the_roster(
    whole: Platform, real_data: Path
) -> None:
    _, admin = await a_district(whole)
    _, other = await a_district(whole)
    await whole.import_file(admin, "oneroster", package(real_data / "grand-bend"))
    [child] = (await admin.get("/v1/students", params={"limit": 1})).json()["items"]
    hidden = await other.get(f"/v1/views/students/{child['id']}")
    absent = await other.get(f"/v1/views/students/{child['id'][:-1]}0")
    assert hidden.json() == absent.json()
    assert hidden.status_code == 404
    assert (await other.get("/v1/students")).json()["items"] == []
