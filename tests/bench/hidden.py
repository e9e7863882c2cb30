"""Whether the time to answer tells a child that is hidden from one that is none: `python -m
tests.bench hidden [pairs] [rounds]`.

The same stranger asks in turn for a child with everything that can be told of it and for one that is
none, over HTTP's layers in this process and on PostgreSQL. Each refusal is written down."""

import time
from uuid import UUID, uuid4

import httpx

from shared.security.principal import Principal, Role
from tests.access.test_states import NEEDS, a_family
from tests.bench.figures import Figure, Paper, percentile, spread
from tests.bench.places import a_place
from tests.houses import House, principal
from tests.students.people import DISTRICT_ID, OTHER_WORKER

PAIRS, ROUNDS = 200, 5
STRANGERS = {
    "another partner's case worker": OTHER_WORKER,
    "a teacher of another class": principal(
        Role.EDUCATOR, partner_id=DISTRICT_ID, person_id=uuid4()
    ),
    "another family's guardian": principal(
        Role.GUARDIAN, partner_id=DISTRICT_ID, person_id=uuid4()
    ),
}


async def milliseconds(http: httpx.AsyncClient, path: str) -> float:
    begin = time.perf_counter()
    answer = await http.get(path)
    took = time.perf_counter() - begin
    if answer.status_code != httpx.codes.NOT_FOUND:
        raise SystemExit(answer.text)
    return took * 1000


async def compared(
    house: House, viewer: Principal, child: UUID, route: str, pairs: int, rounds: int
) -> dict[str, Figure]:
    """Medians of each round, and the hidden child's as times the other's."""
    hidden, absent = [], []
    async with house.calling(viewer) as http:
        for number in range(-1, rounds):  # the first is to warm up
            took: dict[bool, list[float]] = {True: [], False: []}
            for pair in range(pairs):
                for there in (True, False) if pair % 2 else (False, True):
                    id = child if there else uuid4()
                    path = route.replace("{id}", str(id))
                    took[there].append(await milliseconds(http, path))
            if number >= 0:
                hidden.append(percentile(took[True], 50))
                absent.append(percentile(took[False], 50))
    times = [one / other for one, other in zip(hidden, absent, strict=True)]
    return {"hidden_ms": spread(hidden, 3), "absent_ms": spread(absent, 3),
            "times": spread(times, 3)}  # fmt: skip


async def main(pairs: float = PAIRS, rounds: float = ROUNDS) -> None:
    paper = Paper("hidden", f"python -m tests.bench hidden {pairs:g} {rounds:g}")
    async with a_place("students") as place:
        family = await a_family(place.house, engaged=False)
        found = {
            f"{who}, {route}": await compared(
                place.house, viewer, family.child, route, int(pairs), int(rounds)
            )
            for who, viewer in STRANGERS.items()
            for route in NEEDS
        }
    paper.tell({"pairs": int(pairs), "rounds": int(rounds), "asked": found})
