"""A county to measure on: the whole platform with servers of its own, as shipped (what is
acknowledged is on the disk), a roster, a register, a library, a scorecard, and who asks for them."""

import asyncio
import random
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from deploy.keys import ensure_keys
from deploy.servers import free_port, start_nats, start_postgres, stop_postgres
from shared.contracts.outcomes.group import VALUES, Dimension
from tests.bench.generator import NUMBER, Kind
from tests.bench.oneroster_generator import package
from tests.outcomes.builders import csv_of, indicator, line
from tests.platform import Platform, platform
from tests.resources.describing import as_json, described

RESOURCES, INDICATORS, PERIODS = 2_000, 8, 10
DAYS_REGISTERED = 20
CHILDREN_ASKED, ON_A_ROLL, TEACHERS = 400, 12, 20
TODAY = datetime.now(UTC).date()
WORDS = ("resource", "words", "number", "library")


@dataclass
class County:
    """`kinds`: what people ask for, reads 9 : 1 writes."""

    platform: Platform
    students: int
    children: list[str]
    scorecard: str
    admin: httpx.AsyncClient
    backbone: httpx.AsyncClient
    teachers: list[httpx.AsyncClient]
    kinds: list[Kind]


@asynccontextmanager
async def servers_of_its_own(**more: str) -> AsyncIterator[Platform]:
    """`more` goes into the environment of the platform's processes; `STARTER` names the module that
    starts them."""
    root = Path(tempfile.mkdtemp(prefix="bench-", dir="/var/tmp"))
    root.chmod(0o755)
    port = free_port()
    broker = None
    try:
        database_url = start_postgres(root / "postgres")
        accounts = ensure_keys(root / "keys")["broker_accounts"]
        broker = start_nats(root / "nats", port, durable=True, accounts=accounts)
        nats = f"nats://127.0.0.1:{port}"
        async with platform(root, database_url, nats, begun=False) as made:
            made.starter = more.pop("STARTER", made.starter)
            made.more = {"LOG_LEVEL": "WARNING", **more}
            for name in made.ports:
                made.begin(name)
            await made.ready()
            made.of["broker"] = broker
            yield made
    finally:
        if broker is not None:
            broker.kill()
            broker.wait()
        stop_postgres(root / "postgres")
        shutil.rmtree(root, ignore_errors=True)


@asynccontextmanager
async def county(students: int, **more: str) -> AsyncIterator[County]:
    async with servers_of_its_own(**more) as whole:
        yield await fill(whole, students)


async def fill(whole: Platform, students: int) -> County:
    backbone = await whole.admit_backbone()
    made = await backbone.post("/v1/partners", json={"name": "Larkhaven", "kind": "district"})
    district = made.json()["id"]
    admin = await whole.admit("district_admin", district)
    year = TODAY.year + (TODAY.month >= 7)
    await _imported(whole, admin, "oneroster", package(students, year=year))
    await _imported(whole, admin, "attendance", register(min(students, 2_000)))
    library = [described(n, description="words " * 20) for n in range(RESOURCES)]
    await _imported(whole, admin, "learning-resources", as_json(library))
    scorecard = await _scorecard(whole, backbone)
    await whole.settled()
    for service in whole.database_urls:
        await whole.rows(service, "vacuum analyze")
    return await _asked(whole, students, district, admin, backbone, scorecard)


async def _imported(whole: Platform, who: httpx.AsyncClient, kind: str, file: bytes) -> None:
    job = await whole.import_file(who, kind, file)
    if job["state"] != "done":
        raise RuntimeError(f"{kind}: {job['problems'][:3]}")


def register(students: int) -> bytes:
    days = [TODAY - timedelta(days=back) for back in range(1, 60)]
    days = [day for day in days if day.weekday() < 5][:DAYS_REGISTERED]
    lines = ["studentSourcedId,date,category"]
    for number in range(students):
        for place, day in enumerate(days):
            away = number % 5 == 0 and place % 4 == 0
            lines.append(
                f"student-{number},{day},{'Unexcused Absence' if away else 'In Attendance'}"
            )
    return ("\n".join(lines) + "\n").encode()


def groups() -> list[tuple[str, str]]:
    """All together, and every group there is apart."""
    parts = [(d, value) for d in Dimension if d is not Dimension.ALL for value in VALUES[d]]
    return [(Dimension.ALL, "all"), *parts]


async def _scorecard(whole: Platform, backbone: httpx.AsyncClient) -> str:
    made = await backbone.post(
        "/v1/partnerships", json={"name": "Larkhaven Together", "purpose": "Every child reads."}
    )
    keys = [f"bench_{n}" for n in range(INDICATORS)]
    ids = [
        (await backbone.post("/v1/indicators", json=indicator(key))).json()["id"] for key in keys
    ]
    chance = random.Random(7)
    lines = [
        line(indicator=key, place="255901", period=f"{y}-{y + 1}", dimension=d, group=g,
             numerator=chance.randint(100, 300), denominator=300)
        for key in keys for y in range(2015, 2015 + PERIODS)
        for d, g in groups()
    ]  # fmt: skip
    await _imported(whole, backbone, "observations", csv_of(lines))
    wanted = {
        "partnership_id": made.json()["id"], "title": "How we stand", "indicators": ids,
        "places": [{"kind": "district", "key": "255901", "name": "Grand Bend ISD"}],
    }  # fmt: skip
    for _ in range(100):  # outcomes hears of the partnership
        card = await backbone.post("/v1/scorecards", json=wanted)
        if card.status_code == 201:
            return str(card.json()["id"])
        await asyncio.sleep(0.1)
    raise RuntimeError(card.text)


async def _asked(
    whole: Platform, students: int, district: str, admin: httpx.AsyncClient,
    backbone: httpx.AsyncClient, scorecard: str,
) -> County:  # fmt: skip
    rows = await whole.rows(
        "students",
        "select id::text, school_id::text as school from student where school_id is not null"
        f" order by md5(id::text) limit {CHILDREN_ASKED}",
    )
    people = await whole.rows(
        "students",
        "select distinct person_id::text as id from enrollment where role = 'teacher'"
        f" order by 1 limit {TEACHERS}",
    )
    library = await whole.rows("resources", "select id::text from resource order by id limit 200")
    teachers = [await whole.admit("educator", district, row["id"]) for row in people]
    children = [row["id"] for row in rows]
    by_school: dict[str, list[str]] = {}
    for row in rows:
        by_school.setdefault(row["school"], []).append(row["id"])
    kinds = mix(admin, teachers, children, by_school, [r["id"] for r in library], scorecard)
    return County(whole, students, children, scorecard, admin, backbone, teachers, kinds)


def mix(
    admin: httpx.AsyncClient, teachers: list[httpx.AsyncClient], children: list[str],
    by_school: dict[str, list[str]], library: list[str], scorecard: str,
) -> list[Kind]:  # fmt: skip
    chance, mine = random.Random(7), signed(admin)
    before = [TODAY - timedelta(days=back) for back in range(1, 30)]
    days = [str(day) for day in before if day.weekday() < 5]
    rolls = []
    for _ in range(200):
        school = chance.choice(list(by_school))
        who = chance.sample(by_school[school], min(ON_A_ROLL, len(by_school[school])))
        marks = [{"student_id": s, "category": chance.choice(("Present", "Tardy"))} for s in who]
        rolls.append((f"/v1/schools/{school}/attendance/{chance.choice(days)}", {"marks": marks}))
    views = [(f"/v1/views/students/{child}", None) for child in children]
    search = [(f"/v1/resources?q={word}&limit=20", None) for word in WORDS]
    used = [(f"/v1/resources/{id}/uses", {"kind": "opened", "minutes": 5}) for id in library]
    given = [
        ("/v1/assignments", {"resource_id": chance.choice(library), "student_id": child,
                             "instructions": NUMBER})
        for child in children
    ]  # fmt: skip
    loads = [("/v1/views/caseload?limit=50", None)]
    of_teachers = [
        Kind("caseload", "GET", loads, signed(teacher), 20 / len(teachers)) for teacher in teachers
    ]
    return [
        Kind("child view", "GET", views, mine, 40),
        *of_teachers,
        Kind("scorecard", "GET", [(f"/v1/scorecards/{scorecard}/report", None)], mine, 10),
        Kind("search", "GET", search, mine, 20),
        Kind("roll call", "PUT", rolls, mine, 4),
        Kind("use", "POST", used, mine, 4, write=True),
        Kind("assignment", "POST", given, mine, 2, write=True),
    ]


def signed(client: httpx.AsyncClient) -> dict[str, str]:
    return {"Authorization": client.headers["Authorization"]}
