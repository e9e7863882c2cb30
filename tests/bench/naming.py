"""Search by name among children, beside the search that it replaced: `python -m tests.bench naming
[most] [rounds]`.

The former search compared the beginnings of three columns, letter for letter, in the order of names. It
runs here in the same service, under the same policy and log, over the same rows; it finds less."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import asyncpg
import httpx
from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, func, or_

from services.students.access.disclosures import actions as disclosures
from services.students.roster.people.records import person
from services.students.roster.students.queries import KNOWN
from services.students.roster.students.records import student
from shared.contracts.students.access import Category
from shared.contracts.students.student import StudentSummary
from shared.http.paging import Page, Paging, page
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import StudentsReader
from shared.security.principal import Role
from tests.bench.figures import SEED, Paper, percentile, spread
from tests.bench.growth_rows import ROSTER_OF, VACUUMED
from tests.bench.oneroster_generator import GIVEN
from tests.bench.places import a_place
from tests.houses import House, principal
from tests.proof.shape import Figures

SIZES, ROUNDS, TIMES, LIMIT = (200_000, 1_000_000), 5, 5, 50
STEMS, MIDDLES, ENDS = (
    parts.split()
    for parts in (
        "Ab Bar Cal Dor El Fen Gar Hol Ing Jar Kes Lan Mor Nor Oak Pem Quin Ros Sel Tar Ul Ves Wal Zel",
        "a am ber den el en fi gan i is lan mer na o or ri sen ta u vin",
        "ck da dez ers ford ga les man ne o rs son ton va well",
    )
)
COMMON, COMMON_EVERY = "Maria", 12


def _one_of(words: list[str], seed: int) -> str:
    quoted = ", ".join(f"'{word}'" for word in words)
    return f"(array[{quoted}])[1 + abs(hashint4(n + {seed})) % {len(words)}]"


NAMES = {
    "given": f"case when n % {COMMON_EVERY} = 0 then '{COMMON}' else {_one_of(GIVEN, 0)} end",
    "family": " || ".join(
        _one_of(parts, seed) for seed, parts in enumerate((STEMS, MIDDLES, ENDS), 1)
    ),
}
"""A given name of one in twelve, 32 of one in 35 each, and thousands of family names."""


def _given(chance: random.Random) -> str:
    return chance.choice(GIVEN)


def _family(chance: random.Random) -> str:
    return "".join(chance.choice(parts) for parts in (STEMS, MIDDLES, ENDS))


KINDS: dict[str, Callable[[random.Random], str]] = {
    "both names": lambda chance: f"{_given(chance)} {_family(chance)}",
    "a given name and a family name begun": lambda chance: (
        f"{_given(chance)} {chance.choice(STEMS)}"
    ),
    "a family name": _family,
    "a family name begun": lambda chance: chance.choice(STEMS),
    "a given name of one in 35": _given,
    "the given name of one in twelve": lambda _: COMMON,
    "one letter": lambda chance: chance.choice("abcdefghijklmnoprstvwz"),
    "nobody's name": lambda chance: f"xq{chance.choice(ENDS)}",
}


def former_search() -> APIRouter:
    router = noun("former-search")

    @router.get("")
    async def search_as_before(
        caller: StudentsReader, session: Session, paging: Paging, q: Annotated[str, Query()]
    ) -> Page[StudentSummary]:
        found, given = KNOWN(caller)
        found = found.where(*(_begins(word) for word in q.lower().split()))
        by = [person.search_name, student.id]
        those = await page(session, found, StudentSummary, paging, by=by, given=given)
        return await disclosures.listed(session, caller, those, [Category.IDENTITY])

    return router


def _begins(word: str) -> ColumnElement[bool]:
    return or_(
        person.search_name.startswith(word, autoescape=True),
        func.lower(person.given_name).startswith(word, autoescape=True),
        func.lower(person.preferred_given_name).startswith(word, autoescape=True),
    )


async def _fill(url: str, children: int, district: Any) -> None:
    connection = await asyncpg.connect(url)
    for statement in ROSTER_OF:
        await connection.execute(statement.format(size=children, district=district, **NAMES))
    for table in VACUUMED:
        await connection.execute(f'vacuum analyze "{table}"')
    await connection.close()


async def measured(house: House, district: Any, rounds: int) -> Figures:
    """Of each kind of search: milliseconds until the answer, of each round the median; and milliseconds
    of CPU, of the service and its database together, of each round the mean."""
    chance = random.Random(SEED)
    took: dict[str, dict[str, list[float]]] = {}
    for number in range(-1, rounds):
        for kind, name in KINDS.items():
            names = [name(chance) for _ in range(TIMES)]
            for which in ("students", "former-search"):
                caller = principal(Role.DISTRICT_ADMIN, partner_id=district)
                async with house.calling(caller) as http:
                    before = await _cpu_ms(house)
                    times = [await _asked(http, which, each) for each in names]
                    cpu = (await _cpu_ms(house) - before) / TIMES
                if number >= 0:
                    of = took.setdefault(kind, {})
                    of.setdefault(which, []).append(percentile(times, 50))
                    of.setdefault(f"{which} cpu", []).append(cpu)
    return {
        kind: {
            "ms": spread(of["students"]),
            "former_ms": spread(of["former-search"]),
            "cpu_ms": spread(of["students cpu"]),
            "former_cpu_ms": spread(of["former-search cpu"]),
        }
        for kind, of in took.items()
    }


async def _cpu_ms(house: House) -> float:
    """What this process and its connections to PostgreSQL, on this machine, have used of the CPU. The
    other work of the machine makes an answer late, and uses none of it."""
    mine = await house.rows("select pid from pg_stat_activity where datname = current_database()")
    used = [Path(f"/proc/{row['pid']}/schedstat").read_text().split()[0] for row in mine]
    return time.process_time() * 1e3 + sum(map(int, used)) / 1e6


async def _asked(http: httpx.AsyncClient, which: str, q: str) -> float:
    begin = time.perf_counter()
    answer = await http.get(f"/v1/{which}", params={"q": q, "limit": LIMIT})
    answer.raise_for_status()
    return (time.perf_counter() - begin) * 1000


async def main(most: float = SIZES[-1], rounds: float = ROUNDS) -> None:
    paper = Paper("naming", f"python -m tests.bench naming {most:.0f} {rounds:g}")
    sizes: dict[str, Figures] = {}
    for size in [size for size in SIZES if size <= most] or [int(most)]:
        district = uuid4()
        async with a_place("students") as place:
            await _fill(place.url, size, district)
            place.house.app.include_router(former_search())
            sizes[str(size)] = await measured(place.house, district, int(rounds))
        for kind, row in sizes[str(size)].items():
            medians = [each["median"] for each in row.values()]
            print(f"{size:,}: {kind}", *medians, flush=True)
    skipped = [
        f"{size:,} children: {most:,.0f} was the most asked for" for size in SIZES if size > most
    ]
    paper.write({"rounds": int(rounds), "times_a_round": TIMES, "sizes": sizes}, skipped)
