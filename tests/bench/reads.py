"""What an ordinary read costs, beside the same rows by asyncpg and orjson alone: `python -m
tests.bench reads [seconds]`.

A program by its id and the list of fifty, asked of the service itself with a signed principal; and
the program passed on by the gateway, of which only the gateway's own share counts. Rounds of all in
turn, each at a fixed rate that nothing has to queue at, so that ratios are of one run. The CPU is
that of the processes that served it, and of PostgreSQL, beyond what they use when nobody asks."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
import psutil

from services.partners.directory.programs import queries
from services.partners.directory.programs.records import program
from shared.security.principal import Principal, PrincipalSigner, Role
from tests.bench.county import servers_of_its_own, signed
from tests.bench.figures import SEED, Paper, spread
from tests.bench.generator import Kind, Plan, Step, run
from tests.bench.statements import bare
from tests.bench.views import serving
from tests.bench.watch import cpu_seconds, processes
from tests.platform import Platform
from tests.proof.shape import Figures

PROGRAMS, ROUNDS, RATE, SECONDS, IDLE_SECONDS = 50, 5, 150.0, 3.0, 5.0
GOOD = 200
SERVICE, GATEWAY, BY_HAND = "of the service", "passed on", "by hand"


@dataclass(frozen=True)
class Asked:
    base: str
    path: str
    servers: tuple[str, ...]


async def _opened(whole: Platform) -> str:
    """A partner's programs; the id of the first."""
    async with whole.client() as operator:
        partner = {"name": "Larkhaven Reads", "kind": "community_organization"}
        made = (await operator.post("/v1/partners", json=partner)).raise_for_status().json()
        ids = []
        for number in range(PROGRAMS):
            draft = {
                "partner_id": made["id"], "name": f"Reading club {number}",
                "description": "Children read with a grown-up of their own. " * 8,
                "email": "reading@example.org", "minimum_age": 6, "maximum_age": 11,
                "grades": ["01", "02", "03"], "capacity": 20, "languages": [{"code": "en"}],
                "phones": [{"number": "+1 757 555 0100"}],
                "schedules": [{"byday": "MO,WE", "opens_at": "15:00", "closes_at": "17:00"}],
            }  # fmt: skip
            opened = await operator.post("/v1/programs", json=draft)
            ids.append(str(opened.raise_for_status().json()["id"]))
    await whole.settled()
    await whole.rows("partners", "vacuum analyze")
    return ids[0]


def _statements(one: str) -> str:
    by_id = queries.answers().where(program.id == one)
    by_name = queries.answers().order_by(program.name, program.id).limit(PROGRAMS + 1)
    return orjson.dumps({
        "one": ("partners", [bare(by_id, {})]), "list": ("partners", [bare(by_name, {})]),
    }).decode()  # fmt: skip


async def _spent(
    asked: Asked, headers: dict[str, str], servers: Mapping[str, list[psutil.Process]],
    folder: Path, seconds: float, idle: float,
) -> float:  # fmt: skip
    """CPU of each answer, in milliseconds. `idle`: the seconds a second of these when nobody asks."""
    counted = [process for name in asked.servers for process in servers[name]]
    kind = Kind("it", "GET", [(asked.path, None)], headers)
    before, began = cpu_seconds(counted), time.monotonic()
    plan = Plan(asked.base, [kind], [Step(RATE, seconds)], SEED, poisson=False)
    found = await run(plan, folder)
    spent = cpu_seconds(counted) - before - idle * (time.monotonic() - began)
    if any(answer[2] != GOOD for answer in found.answers):
        raise RuntimeError(f"{asked.path}: {found.kept}")
    return spent / len(found.answers) * 1000


async def _idle(
    asked: Iterable[Asked], servers: Mapping[str, list[psutil.Process]]
) -> dict[tuple[str, ...], float]:
    counted = {each.servers: [p for n in each.servers for p in servers[n]] for each in asked}
    before = {names: cpu_seconds(some) for names, some in counted.items()}
    await asyncio.sleep(IDLE_SECONDS)
    return {
        names: (cpu_seconds(some) - before[names]) / IDLE_SECONDS
        for names, some in counted.items()
    }


async def measured(rounds: int, seconds: float) -> Figures:
    async with servers_of_its_own(LOG_LEVEL="INFO", REQUESTS_AT_ONCE="1000") as whole:
        one = await _opened(whole)
        known = {
            "PARTNERS_DATABASE": whole.database_urls["partners"].replace("+asyncpg", ""),
            "STATEMENTS": _statements(one),
        }
        operator, principal = whole.client(), Principal(account_id=one, role=Role.OPERATOR)
        signer = PrincipalSigner(whole.keys["principal_private_key"])
        service = f"http://127.0.0.1:{whole.ports['partners']}"
        paths = {"one": f"/v1/programs/{one}", "list": f"/v1/programs?limit={PROGRAMS}"}
        async with serving("tests.bench.yardsticks:app", known) as (base, yardsticks):
            servers = processes(whole) | {"yardsticks": [yardsticks]}
            asked = {
                (name, way): made
                for name, path in paths.items()
                for way, made in {
                    SERVICE: Asked(service, path, ("partners", "postgres")),
                    BY_HAND: Asked(base, f"/sql/{name}", ("yardsticks", "postgres")),
                }.items()
            }
            asked["one", GATEWAY] = Asked(whole.gateway, paths["one"], ("gateway",))
            rows: dict[tuple[str, str], list[float]] = {key: [] for key in asked}
            idle = {each.servers: 0.0 for each in asked.values()}
            for number in range(-1, rounds):
                for key, each in asked.items():
                    headers = {
                        SERVICE: {
                            "Authorization": f"Bearer {signer.token(principal, 'partners')}"
                        },
                        GATEWAY: signed(operator),
                        BY_HAND: {},
                    }[key[1]]
                    lasts = seconds if number >= 0 else 0.5  # the first is to warm up
                    spent = await _spent(
                        each, headers, servers, whole.folder, lasts, idle[each.servers]
                    )
                    if number >= 0:
                        rows[key].append(spent)
                if number < 0:
                    servers = processes(whole) | {"yardsticks": [yardsticks]}
                    idle = await _idle(asked.values(), servers)
        return {
            "programs": PROGRAMS, "rate": RATE, "rounds": rounds,
            "cpu_ms": {f"{name}, {way}": spread(each) for (name, way), each in rows.items()},
            "times_by_hand": {
                name: spread([a / b for a, b in zip(
                    rows[name, SERVICE], rows[name, BY_HAND], strict=True)])
                for name in paths
            },
        }  # fmt: skip


async def main(seconds: float = SECONDS) -> None:
    paper = Paper("reads", f"python -m tests.bench reads {seconds:g}")
    paper.tell(await measured(ROUNDS, seconds))
