"""Two children whom an upgrade may neither lose nor show to the wrong people: one has roles with
dates, at two schools one after the other; the other came back under another local id, and a court order
holds against its father."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx

from tests.faults.harness import Rig
from tests.faults.world import TODAY, World
from tests.students.packages import delta

LOOK_SECONDS, SEEN_RIGHT_SECONDS = 1.0, 60.0
# In a school year without a calendar.
MOVED_ON = date(TODAY.year - (TODAY.month < 7), 5, 4)
MARKS = {MOVED_ON - timedelta(days=1): "Tardy", MOVED_ON: "Unexcused Absence"}
ROWS = {
    "person": "id", "student": "id", "person_role": "person_id",
    "student_identifier": "student_id", "demographic": "student_id",
    "student_contact": "student_id", "contact_restriction": "student_id",
    "attendance_day": "student_id",
}  # fmt: skip
"""The tables of the release before that hold the children, and by which column."""
FOLLOWING = {"version", "updated_at", "school_id", "status"}
"""Columns of `student` that follow the dates of roles in this release, and did not in the one before."""
PEOPLE = {
    "up-lead-a": "educator", "up-lead-b": "educator", "up-father": "guardian",
    "up-mother": "guardian",
}  # fmt: skip
Rows = dict[str, list[dict[str, Any]]]


@dataclass
class Children:
    """`ids` and `schools`: by the roster's ids. `people`: signed in. `rows`: as the release before
    kept them."""

    admin: httpx.AsyncClient
    ids: Mapping[str, str]
    schools: Mapping[str, str]
    people: Mapping[str, httpx.AsyncClient]
    rows: Rows


async def enrolled(rigged: Rig, world: World) -> Children:
    """The two children, written through the release before."""
    await _take(rigged, world, "oneroster", _first())
    ids, schools = await _ids(rigged, "person"), await _ids(rigged, "org")
    await _order(world.admin, ids["up-first"], ids["up-father"])
    lines = [f"up-moved,{day},{category}" for day, category in MARKS.items()]
    file = "\n".join(["studentSourcedId,date,category", *lines])
    await _take(rigged, world, "attendance", file.encode())
    gone = [_user("up-first", given="Runa", userIds="{State:123450901}", status="tobedeleted")]
    await _take(rigged, world, "oneroster", delta(users=gone))
    await _take(rigged, world, "oneroster", _again())
    ids = await _ids(rigged, "person")
    people = {
        name: await rigged.platform.admit(role, world.district, ids[name])
        for name, role in PEOPLE.items()
    }
    return Children(world.admin, ids, schools, people, await _rows(rigged, ids))


async def lost_rows(rigged: Rig, children: Children) -> dict[str, int]:
    """How many of the rows are not there any more as they were, by table."""
    now = await _rows(rigged, children.ids)
    days = await rigged.rows("students", "select student_id, held_on, category"
                                         " from attendance_mark")  # fmt: skip
    marks = {(str(day["student_id"]), day["held_on"]): day["category"] for day in days}
    lost = {
        table: sum(not any(_holds(table, other, row) for other in now[table]) for row in rows)
        for table, rows in children.rows.items()
    }
    moved = children.ids["up-moved"]
    lost["attendance_mark"] = sum(marks.get((moved, day)) != said for day, said in MARKS.items())
    return {table: count for table, count in lost.items() if count}


async def seen_wrongly(children: Children, patience: float = 0) -> list[str]:
    """What the people of these children see and should not, or should and do not; after at most so
    many seconds, since workers follow the dates and find records that are alike."""
    began = time.monotonic()
    while True:
        wrong = [each async for each in _wrong(children)]
        if not wrong or time.monotonic() - began > patience:
            return wrong
        await asyncio.sleep(LOOK_SECONDS)


async def _wrong(children: Children) -> Any:
    ids, admin = children.ids, children.admin
    moved, first, again = ids["up-moved"], ids["up-first"], ids["up-again"]
    seen = {name: await _listed(http) for name, http in children.people.items()}
    told = (await admin.get(f"/v1/students/{moved}")).json()
    if told.get("school_id") != children.schools["up-b"]:
        yield "a child is not at the school that its roles say"
    if moved in seen["up-lead-a"]:
        yield "the leader of an earlier school sees the child"
    if moved not in seen["up-lead-b"]:
        yield "the leader of the child's school does not see it"
    if seen["up-father"]:
        yield "a father sees a child against a court order"
    if again not in seen["up-mother"]:
        yield "a mother does not see her child"
    pairs = (await admin.get("/v1/possible-duplicates")).json().get("items", [])
    if (again, first) not in [(pair["student_id"], pair["earlier_id"]) for pair in pairs]:
        yield "nobody is told that two records may be of one child"


async def _listed(http: httpx.AsyncClient) -> set[str]:
    return {each["id"] for each in (await http.get("/v1/students")).json()["items"]}


def _holds(table: str, now: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    apart = FOLLOWING if table == "student" else set()
    return all(now[name] == value for name, value in before.items() if name not in apart)


async def _take(rigged: Rig, world: World, kind: str, content: bytes) -> None:
    job = await rigged.platform.import_file(world.admin, kind, content)
    assert job["state"] == "done", job


async def _order(admin: httpx.AsyncClient, child: str, father: str) -> None:
    etag = (await admin.get(f"/v1/students/{child}")).headers["etag"]
    made = await admin.post(
        f"/v1/students/{child}/contacts/{father}/restrictions", headers={"If-Match": etag},
        json={"kind": "no-contact", "begins_on": f"{TODAY}", "document_reference": "FC 118"},
    )  # fmt: skip
    assert made.status_code == 201, made.text


async def _ids(rigged: Rig, table: str) -> dict[str, str]:
    rows = await rigged.rows(
        "students", f"select source_id, id from {table} where source_id like 'up-%'"
    )
    return {row["source_id"]: str(row["id"]) for row in rows}


async def _rows(rigged: Rig, ids: Mapping[str, str]) -> Rows:
    return {
        table: [
            json.loads(row["told"])
            for row in await rigged.rows(
                "students",
                f"select to_jsonb(t)::text as told from {table} t where {column}::text = any($1)",
                list(ids.values()),
            )
        ]
        for table, column in ROWS.items()
    }


def _first() -> bytes:
    return delta(
        orgs=[{"sourcedId": s, "name": s, "type": "school"} for s in ("up-a", "up-b")],
        users=[
            _user("up-moved", grades="05"), _user("up-lead-a"), _user("up-lead-b"),
            *_family("up-first"),
        ],
        roles=[
            _role("up-moved", "student", "up-a", beginDate=f"{MOVED_ON - timedelta(days=60)}",
                  endDate=f"{MOVED_ON - timedelta(days=1)}"),
            _role("up-moved", "student", "up-b", beginDate=f"{MOVED_ON}"),
            _role("up-lead-a", "principal", "up-a"), _role("up-lead-b", "principal", "up-b"),
            _role("up-first", "student", "up-a"),
            _role("up-mother", "parent", "up-a"), _role("up-father", "parent", "up-a"),
        ],
        demographics=[{"sourcedId": "up-first", "birthDate": "2017-05-04"}],
    )  # fmt: skip


def _again() -> bytes:
    return delta(
        users=list(_family("up-again")),
        roles=[_role("up-again", "student", "up-a")],
        demographics=[{"sourcedId": "up-again", "birthDate": "2017-05-04"}],
    )


def _family(child: str) -> Iterator[dict[str, str]]:
    yield _user(child, given="Runa", userIds="{State:123450901}", grades="03",
                agentSourcedIds="up-mother,up-father")  # fmt: skip
    yield _user("up-mother", given="Mirja")
    yield _user("up-father", given="Falk")


def _user(source_id: str, given: str = "Ana", **known: str) -> dict[str, str]:
    names = {"givenName": given, "familyName": "Sorgefall"}
    return {"sourcedId": source_id, "username": source_id, "enabledUser": "true"} | names | known


def _role(of: str, role: str, school: str, **known: str) -> dict[str, str]:
    return {"sourcedId": f"{of}-at-{school}", "userSourcedId": of, "roleType": "primary",
            "role": role, "orgSourcedId": school} | known  # fmt: skip
