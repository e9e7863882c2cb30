"""How answers grow with the number of children, 1,000 to 1,000,000: `python -m tests.bench growth
[most]`. Draws docs/growth.svg.

The rows are made by SQL, for an import of a million would take longer than all else; so this says how
reading and adding up grow, not importing (`importing` measures that, at one size). Everything is asked
at the services' ASGI entrances, one at a time; beside it one row by its key as SQL alone."""

import time
from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID, uuid4

import asyncpg

from shared.contracts.students.attendance import AttendanceCounted
from shared.events.inbox import Inbox
from shared.security.principal import Principal, Role
from tests.bench.figures import Paper, percentile, spread
from tests.bench.growth_plot import draw
from tests.bench.growth_rows import MEASURES, NUMBERED, ROSTER_OF, SCHOOL, VACUUMED
from tests.bench.places import Place, a_place
from tests.bench.reactions import delivery
from tests.houses import House, principal
from tests.outcomes.builders import BACKBONE, ROSTER, define, form_partnership, make_scorecard
from tests.proof.shape import Figures

SIZES, ROUNDS, TIMES, EVENTS = (1_000, 10_000, 100_000, 1_000_000), 5, 8, 100
MOST_TIMES = 2.0
"""An answer that takes more than this many times as long for ten times the children is looked at."""
Ask = Callable[[], Awaitable[None]]


async def main(most: float = SIZES[-1]) -> None:
    paper = Paper("growth", f"python -m tests.bench growth {most:.0f}")
    sizes: dict[int, Figures] = {}
    for size in (size for size in SIZES if size <= most):
        of = await _students(size)
        of["ms"] |= await _outcomes(size)
        sizes[size] = of
        told = {name: row["median"] for name, row in sizes[size]["ms"].items()}
        print(f"{size:,}: {told}", flush=True)
    skipped = [
        f"{size:,} children: {most:,.0f} was the most asked for" for size in SIZES if size > most
    ]
    figures = {
        "rounds": ROUNDS, "times_a_round": TIMES,
        "ms": {str(size): of["ms"] for size, of in sizes.items()},
        "seconds_to_make_the_rows": {str(s): of["made_seconds"] for s, of in sizes.items()},
    }  # fmt: skip
    paper.write(figures, ["an import at each size: rows were made by SQL", *skipped])
    draw({size: of["ms"] for size, of in sizes.items()})


async def _rounds(kinds: dict[str, Ask]) -> Figures:
    """Milliseconds: of each round the median."""
    took: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(-1, ROUNDS):
        for name, ask in kinds.items():
            times = []
            for _ in range(TIMES):
                begin = time.perf_counter()
                await ask()
                times.append((time.perf_counter() - begin) * 1000)
            if number >= 0:
                took[name].append(percentile(times, 50))
    return {name: spread(of) for name, of in took.items()}


def _asking(house: House, caller: Principal, path: str) -> Ask:
    async def ask() -> None:
        async with house.calling(caller) as http:
            (await http.get(path)).raise_for_status()

    return ask


async def _students(size: int) -> Figures:
    async with a_place("students") as place:
        district = uuid4()
        begin = time.perf_counter()
        connection = await asyncpg.connect(place.url)
        for statement in ROSTER_OF:
            await connection.execute(statement.format(size=size, district=district, **NUMBERED))
        for table in VACUUMED:
            await connection.execute(f'vacuum analyze "{table}"')
        made = time.perf_counter() - begin
        [child, teacher] = await connection.fetchrow(
            "select s.id, t.person_id from student s"
            " join enrollment e on e.person_id = s.id join enrollment t on t.class_id = e.class_id"
            " where t.role = 'teacher' order by s.id limit 1"
        )
        row = await connection.prepare("select * from student where id = $1")

        async def by_key() -> None:
            await row.fetchrow(child)

        admin = principal(Role.DISTRICT_ADMIN, partner_id=district)
        taught = principal(Role.EDUCATOR, partner_id=district, person_id=teacher)
        house = place.house
        ms = await _rounds({
            "one row by its key, SQL alone": by_key,
            "child view": _asking(house, taught, f"/internal/students/{child}/picture"),
            "caseload of a teacher": _asking(house, taught, "/internal/caseload?limit=50"),
            "caseload of a teacher by need":
                _asking(house, taught, "/internal/caseload?limit=50&order=need"),
            "all children of a district, first page":
                _asking(house, admin, "/internal/caseload?limit=50"),
            "search by name": _asking(house, admin, "/v1/students?q=bell1+ann1&limit=50"),
        })  # fmt: skip
        await connection.close()
    return {"ms": ms, "made_seconds": round(made, 1)}


async def _outcomes(size: int) -> Figures:
    async with a_place("outcomes") as place:
        connection = await asyncpg.connect(place.url)
        ids = [(await define(place.house, key=key, derivation=key))["id"]
               for key in ("attendance_rate", "chronic_absence")]  # fmt: skip
        card = await make_scorecard(
            place.house, await form_partnership(place.house), ids, places=[ROSTER]
        )
        for statement in MEASURES:
            await connection.execute(statement.format(size=size))
        children = [r["student_id"] for r in await connection.fetch(
            f"select student_id from attendance_measure limit {EVENTS}")]  # fmt: skip
        numbers = iter(range(2, 1_000_000))

        async def heard() -> None:
            await _hear(place, children, next(numbers))

        path = f"/v1/scorecards/{card['id']}/report"
        read = _asking(place.house, BACKBONE, path)

        async def changed_and_read() -> None:
            await _hear(place, children[:1], next(numbers))
            await read()

        ms = await _rounds({
            f"rollup: {EVENTS} children's attendance added up": heard,
            "scorecard": read,
            "scorecard, after a child's attendance changed": changed_and_read,
        })  # fmt: skip
        await connection.close()
    return ms


async def _hear(place: Place, children: list[UUID], version: int) -> None:
    inbox = Inbox(place.house.database, "students", place.house.reactions)
    await inbox.handle([
        delivery(
            UUID(int=child.int ^ 1), version,
            AttendanceCounted(
                student_id=child, school_id=UUID(SCHOOL.format(n=n % 10)), school_year=2026,
                days_enrolled=100, days_attended=50 + version % 50, as_of=date(2026, 1, 1),
            ),
        )
        for n, child in enumerate(children)
    ])  # fmt: skip
