"""What four views cost through the gateway, beside a bare ASGI answer of as many bytes, the same
question as SQL alone, and a straightforward build: `python -m tests.bench views [seconds]`.

Rounds of all in turn. Each is asked at a fixed rate that nothing has to queue at: the time to answer
is its own, and the CPU is that of the processes that served it, PostgreSQL among them, and of none
that asked."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import orjson
import psutil

from deploy.servers import free_port
from shared.security.principal import Principal, Role
from tests.bench import statements
from tests.bench.county import WORDS, County, county, signed
from tests.bench.figures import SEED, Paper, percentile, spread
from tests.bench.generator import Kind, Plan, Step, run
from tests.bench.watch import cpu_seconds, processes

STUDENTS, ROUNDS, RATE, SECONDS = 2_000, 5, 12.0, 3.0
SERVED = ("gateway", "partners", "students", "resources", "outcomes")
GOOD = 200
Row = tuple[float, float, float, float]


@dataclass(frozen=True)
class Variant:
    """`servers` of its own; PostgreSQL is counted with each."""

    base: str
    path: str
    headers: Mapping[str, str]
    servers: tuple[str, ...]


@asynccontextmanager
async def serving(app: str, environment: Mapping[str, str]) -> AsyncIterator[tuple[str, Any]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--no-access-log",
         "--log-level", "warning", "--loop", "uvloop", "--http", "httptools"],
        env={**os.environ, "PYTHONPATH": ".", **environment},
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient() as http:
            for _ in range(400):
                try:
                    await http.get(f"{base}/bare/1")
                    break
                except httpx.HTTPError:
                    await asyncio.sleep(0.05)
        yield base, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


async def _callers(made: County) -> tuple[Principal, Principal]:
    """The district's administrator and a teacher, as the services are told of them."""
    whole = made.platform
    [row] = await whole.rows(
        "partners",
        "select account_id::text, partner_id::text, person_id::text from membership"
        " where role = 'educator' order by id limit 1",
    )
    teacher = Principal(
        account_id=row["account_id"], role=Role.EDUCATOR, partner_id=row["partner_id"],
        person_id=row["person_id"],
    )  # fmt: skip
    return teacher.model_copy(update={"role": Role.DISTRICT_ADMIN, "person_id": None}), teacher


async def variants(
    made: County, base: str, plain: str, admin: Principal, teacher: Principal
) -> dict[str, dict[str, Variant]]:
    whole, [one, *_] = made.platform, made.teachers
    child = made.children[0]
    ours = {
        "child view": (f"/v1/views/students/{child}", made.admin),
        "caseload": ("/v1/views/caseload?limit=50", one),
        "scorecard": (f"/v1/scorecards/{made.scorecard}/report", made.admin),
        "search": (f"/v1/resources?q={WORDS[0]}&limit=20", made.admin),
    }
    others = {
        "child view": f"/child/{child}", "caseload": f"/caseload/{teacher.person_id}",
        "scorecard": "/scorecard", "search": f"/search/{WORDS[0]}",
    }  # fmt: skip
    found: dict[str, dict[str, Variant]] = {}
    for name, (path, who) in ours.items():
        size = len((await who.get(path)).raise_for_status().content)
        asked = name.replace(" ", "-")
        own = SERVED if name == "child view" else ("straightforward",)
        found[name] = {
            "the platform": Variant(whole.gateway, path, signed(who), SERVED),
            "bare ASGI answer": Variant(base, f"/bare/{size}", {}, ("yardsticks",)),
            "SQL alone": Variant(base, f"/sql/{asked}", {}, ("yardsticks",)),
            "straightforward": Variant(plain, others[name], {}, ("straightforward", *own)),
        }
    return found


def _statements(made: County, admin: Principal, teacher: Principal) -> str:
    return orjson.dumps({
        "child-view": ("students", statements.child(admin, UUID(made.children[0]))),
        "caseload": ("students", statements.caseload(teacher)),
        "scorecard": ("outcomes", statements.scorecard(UUID(made.scorecard))),
        "search": ("resources", statements.search(WORDS[0])),
    }).decode()  # fmt: skip


async def _round(
    variant: Variant, servers: Mapping[str, list[psutil.Process]], folder: Path, seconds: float
) -> Row:
    """p50, p99 and CPU of each answer, in milliseconds; and how many were not good."""
    counted = [p for name in {*variant.servers, "postgres"} for p in servers[name]]
    kind = Kind("it", "GET", [(variant.path, None)], dict(variant.headers))
    before = cpu_seconds(counted)
    plan = Plan(variant.base, [kind], [Step(RATE, seconds)], SEED, poisson=False)
    found = await run(plan, folder)
    spent = cpu_seconds(counted) - before
    good = [answer[4] for answer in found.answers if answer[2] == GOOD]
    if not good:
        raise RuntimeError(f"{variant.path} was never answered: {found.kept}")
    bad = float(len(found.answers) - len(good))
    return percentile(good, 50), percentile(good, 99), spent / len(found.answers) * 1000, bad


async def measured(rounds: int, seconds: float) -> dict[str, Any]:
    async with county(STUDENTS) as made:
        whole = made.platform
        admin, teacher = await _callers(made)
        known = {
            f"{service}_database".upper(): url.replace("+asyncpg", "")
            for service, url in whole.database_urls.items()
        }
        known |= {
            **whole.environment("gateway"), "CALLER": admin.model_dump_json(),
            "STATEMENTS": _statements(made, admin, teacher),
        }  # fmt: skip
        async with (
            serving("tests.bench.yardsticks:app", known) as (base, yardsticks),
            serving("tests.bench.straightforward:app", known) as (plain, other),
        ):
            asked = await variants(made, base, plain, admin, teacher)
            servers = processes(whole) | {"yardsticks": [yardsticks], "straightforward": [other]}
            rows: dict[tuple[str, str], list[Row]] = {}
            for number in range(-1, rounds):
                for view, of in asked.items():
                    for name, variant in of.items():
                        lasts = seconds if number >= 0 else 1.0  # the first is to warm up
                        got = await _round(variant, servers, whole.folder, lasts)
                        if number >= 0:
                            rows.setdefault((view, name), []).append(got)
            return {
                "students": STUDENTS, "rate": RATE, "rounds": rounds, "views": {
                    view: {
                        name: dict(zip(("p50_ms", "p99_ms", "cpu_ms", "not_200"),
                                       map(spread, zip(*rows[view, name], strict=True)),
                                       strict=True))
                        for name in of
                    } for view, of in asked.items()
                },
            }  # fmt: skip


async def main(seconds: float = SECONDS) -> None:
    paper = Paper("views", f"python -m tests.bench views {seconds:g}")
    figures = await measured(ROUNDS, seconds)
    paper.write(figures)
    for view, of in figures["views"].items():
        for name, row in of.items():
            told = ", ".join(
                f"{key} {each['min']} / {each['median']} / {each['max']}"
                for key, each in row.items()
            )
            print(f"{view:12} {name:18} {told}")
