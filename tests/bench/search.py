"""Search over 200,000 resources with facets, over HTTP, beside its bare SQL and beside `like`:
`python -m tests.bench search [resources] [rounds]`. The searches are a mix as people make them; each runs
over HTTP and then as the same statements by asyncpg, prepared, so that both meet the same caches."""

import asyncio
import itertools
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import uvicorn
from sqlalchemy import TextClause
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from services.resources.exchange.descriptions.actions import COLUMNS
from services.resources.library.facet_counts.rules import ALL
from services.resources.library.frameworks.queries import BELOW, LABELS
from services.resources.library.resources.rules import ITEM, described
from services.resources.library.search import queries, rules
from services.resources.library.search.rules import Wanted
from shared.contracts.resources.resource import ResourceDraft, ResourceStatus
from shared.contracts.resources.search import Facet
from shared.persistence.records import new_id, utc_now
from shared.security.principal import Principal, Role
from tests.bench.figures import Paper, percentile, spread
from tests.bench.places import a_place
from tests.houses import SIGNER, House, principal
from tests.proof.shape import Figures

RESOURCES, REQUESTS, ROUNDS, PAGE = 200_000, 60, 5, 20
LIKE = """
    select *, count(*) over () from resource where name ilike $1 or description ilike $1 limit 20
"""
NOUN_LIST = (
    "fractions ratios photosynthesis ecosystems persuasion poetry gravity magnetism democracy "
    "migration probability geometry algebra grammar spelling rhythm melody nutrition circuits "
    "volcanoes weather tides planets cells genetics empires revolutions budgets coding robots"
)
WAY_LIST = "exploring understanding practicing teaching measuring comparing building mapping"
SUBJECT_LIST = "Mathematics Science English History Music Health Technology Arts Geography"
TYPE_LIST = "lessonPlan assessment textbook recordedLesson unitPlan activityPlan"
NOUNS, WAYS, SUBJECTS, TYPES = (
    words.split() for words in (NOUN_LIST, WAY_LIST, SUBJECT_LIST, TYPE_LIST)
)
PROSE = [f"{noun[::-1]}{number}" for noun in NOUNS for number in range(100)]  # begin like nothing
LICENSES = ["CC BY 4.0", "CC BY-SA 4.0", "CC BY-NC-SA 4.0", "CC0", "All rights reserved"]
LANGUAGES = ["en"] * 8 + ["es"] * 3 + ["fr", "de"]
STANDARDS = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(2_000)]


def resource(chance: random.Random, number: int) -> ResourceDraft:
    noun, way, grade = chance.choice(NOUNS), chance.choice(WAYS), chance.randrange(1, 13)
    return ResourceDraft.model_construct(
        None,
        name=f"{way.capitalize()} {noun} with {chance.choice(NOUNS)}",
        url=f"https://library.example/{number}",
        description=" ".join(chance.choices(PROSE, k=20)),
        about=[SUBJECTS[min(int(chance.expovariate(0.5)), len(SUBJECTS) - 1)]],
        grades=[f"{each:02}" for each in range(grade, min(grade + 2, 12) + 1)],
        learning_resource_type=[chance.choice(TYPES)],
        audience=[chance.choice(["student", "student", "teacher"])],
        in_language=[chance.choice(LANGUAGES)],
        license_url=chance.choice(LICENSES),
        keywords=chance.sample(NOUNS, 3),
        creator=[f"Author {chance.randrange(5_000)}"],
        teaches=[f"https://case.example/items/{chance.choice(STANDARDS)}"],
    )


async def fill(url: str, count: int) -> None:
    """By COPY, as an operator would; the totals and the statistics after it."""
    chance, now = random.Random(7), utc_now()
    connection = await asyncpg.connect(url)
    for first in range(0, count, 10_000):
        records = [
            (new_id(), 1, None, None, ResourceStatus.SHARED,
             *described(resource(chance, number)).values(), now, now)
            for number in range(first, min(first + 10_000, count))
        ]  # fmt: skip
        await connection.copy_records_to_table(
            "resource", records=records, columns=[*COLUMNS, "created_at", "updated_at"]
        )
    framework = new_id()
    await connection.execute(
        "insert into framework (id, version, created_at, updated_at, identifier, uri, title, creator,"
        " description, subject, items_count, content_hash)"
        " values ($1, 1, now(), now(), $1, '', 'Standards', 'State', '', '{}', 2000, '')",
        framework,
    )
    await connection.execute(
        "insert into framework_item (identifier, framework_id, uri, human_coding_scheme,"
        " full_statement, education_level)"
        " select id::uuid, $2, 'https://case.example/items/' || id, 'S.' || n, 'Statement', '{}'"
        " from unnest($1::text[]) with ordinality as given(id, n)",
        STANDARDS, framework,
    )  # fmt: skip
    await connection.execute(
        "insert into framework_edge (framework_id, child, parent, position)"
        " select $2, id::uuid, ($1::text[])[(n + 9) / 10]::uuid, n"
        " from unnest($1::text[]) with ordinality as given(id, n) where n > 1",
        STANDARDS, framework,
    )  # fmt: skip
    await connection.execute(
        f"insert into facet_total select value, count(*) from resource,"
        f" unnest(facets || '{ALL}'::text) value group by value"
    )
    for table in ("resource", "framework_item", "framework_edge", "facet_total"):
        await connection.execute(f"vacuum analyze {table}")
    await connection.close()


def asked(chance: random.Random) -> dict[str, Any]:
    """One search as somebody might make it, with its kind."""
    kinds: dict[str, dict[str, Any]] = {
        "browse": {},
        "one word": {"q": chance.choice(NOUNS)},
        "two words": {"q": f"{chance.choice(WAYS)} {chance.choice(NOUNS)}"},
        "word begun": {"q": f"{chance.choice(NOUNS)} {chance.choice(NOUNS)[:4]}"},
        "word, two facets": {
            "q": chance.choice(NOUNS), "subject": chance.choice(SUBJECTS),
            "grade": f"{chance.randrange(1, 13):02}",
        },
        "three facets": {
            "subject": chance.sample(SUBJECTS, 2), "language": "es", "license": "CC-BY-4.0",
        },
        "age and type": {"age": chance.randrange(6, 18), "type": chance.choice(TYPES)},
        "standard": {"standard": chance.choice(STANDARDS[:150])},
        "narrow": {
            "q": f"{chance.choice(WAYS)} {chance.choice(NOUNS)}", "language": "fr",
            "grade": "05", "audience": "teacher",
        },
    }  # fmt: skip
    kind = chance.choice(list(kinds))
    return {"kind": kind, **kinds[kind]}


class Bare:
    """The statements of a search and nothing else."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection

    async def fetch(self, statement: TextClause, given: dict[str, Any]) -> list[Any]:
        compiled = statement.compile(dialect=dialect())
        order = compiled.positiontup or []
        rows: list[Any] = await self.connection.fetch(str(compiled), *(given[n] for n in order))
        return rows

    async def search(self, wanted: Wanted, standards: list[str]) -> None:
        if standards:
            named = [each for each in standards if ITEM.fullmatch(each)]
            await self.fetch(BELOW, {"identifiers": named, "texts": standards})
        given = rules.parameters(wanted)
        await self.fetch(queries.page_statement(wanted, after=False), {**given, "limit": PAGE + 1})
        counts = rules.all_counts() if wanted.everything else rules.counts(wanted)
        found = await self.fetch(queries._clause(counts), given)
        shown = [row["value"] for row in found if row["facet"] == Facet.STANDARD]
        await self.fetch(LABELS, {"identifiers": [each for each in shown if ITEM.fullmatch(each)]})


async def as_wanted(house: House, params: dict[str, Any]) -> tuple[Wanted, list[str]]:
    facets = {
        facet: [params[facet]] if isinstance(params.get(facet), str) else params.get(facet, [])
        for facet in Facet
    }
    async with house.database.reading() as reader:
        wanted = await queries.wanted(reader, params.get("q", ""), facets, params.get("age"), None)
    return wanted, facets[Facet.STANDARD]


async def measured(house: House, http: httpx.AsyncClient, url: str, rounds: int) -> Figures:
    """Rounds of REQUESTS searches; each over HTTP, then as SQL alone, then with `like`."""
    chance = random.Random(11)
    bare = Bare(await asyncpg.connect(url, server_settings={"jit": "off"}))
    names = ("over HTTP", "SQL alone", "like, with a wildcard before and after")
    took: dict[str, list[list[float]]] = {name: [] for name in names}
    for number in range(-1, rounds):
        rows: list[tuple[float, ...]] = []
        for _ in range(REQUESTS):
            rows.append(await _each(house, http, bare, asked(chance)))
        if number >= 0:
            for name, of in zip(names, zip(*rows, strict=True), strict=True):
                took[name].append(list(of))
    await bare.connection.close()
    return {
        name: {"p50_ms": spread([percentile(of, 50) for of in rounds_of]),
               "p99_ms": spread([percentile(of, 99) for of in rounds_of])}
        for name, rounds_of in took.items()
    }  # fmt: skip


async def _each(
    house: House, http: httpx.AsyncClient, bare: Bare, params: dict[str, Any]
) -> tuple[float, ...]:
    params.pop("kind")
    wanted, standards = await as_wanted(house, params)
    times = [time.perf_counter()]
    answer = await http.get("/v1/resources", params={**params, "limit": PAGE})
    answer.raise_for_status()
    times.append(time.perf_counter())
    await bare.search(wanted, standards)
    times.append(time.perf_counter())
    await bare.connection.fetch(LIKE, f"%{params.get('q', '')}%")
    times.append(time.perf_counter())
    return tuple((then - before) * 1000 for before, then in itertools.pairwise(times))


@asynccontextmanager
async def serving(house: House, caller: Principal) -> AsyncIterator[httpx.AsyncClient]:
    server = uvicorn.Server(uvicorn.Config(house.app, port=0, log_level="warning", lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    headers = {"Authorization": f"Bearer {SIGNER.token(caller, house.name)}"}
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60
    ) as http:
        yield http
    server.should_exit = True
    await running


class Caller(httpx.Auth):
    """A principal token lives a minute; a measurement lives longer."""

    def auth_flow(self, request: httpx.Request) -> Any:
        token = SIGNER.token(principal(Role.PUBLIC, account_id=ANYBODY), "resources")
        request.headers["Authorization"] = f"Bearer {token}"
        yield request


ANYBODY = new_id()


async def main(count: float = RESOURCES, rounds: float = ROUNDS) -> None:
    paper = Paper("search", f"python -m tests.bench search {count:.0f} {rounds:g}")
    async with a_place("resources") as place:
        await fill(place.url, int(count))
        async with serving(place.house, principal(Role.PUBLIC)) as http:
            http.auth = Caller()
            told = await measured(place.house, http, place.url, int(rounds))
    figures = {"resources": int(count), "rounds": int(rounds), "searches": REQUESTS, **told}
    paper.tell(figures)
