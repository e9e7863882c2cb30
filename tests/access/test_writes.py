"""Every route that changes something of a child × a caller with the role and no relation to the
child: nothing is changed, and a hidden child and an absent one are answered alike."""

from typing import Any
from uuid import uuid4

import pytest

from shared.persistence.migrations import tables_of
from shared.security.principal import Principal, Role
from tests.access.roles import table
from tests.houses import House, principal
from tests.promises.sources import guilty
from tests.students.access.test_recording import CALLS, CHILD, World
from tests.students.people import DISTRICT_ID

WRITTEN_OF_REFUSALS = {"disclosure"}
FURTHER: dict[str, tuple[str, Any]] = {
    f"DELETE {CHILD}/attendance/days/{{day}}": ("teacher", None),
    f"DELETE {CHILD}/notes/{{note_id}}": ("worker", None),
    f"POST {CHILD}/contacts/{{contact_id}}/ending": ("district", None),
    f"POST {CHILD}/disclosures/{{position}}/stop": ("mother", None),
    f"POST {CHILD}/erasure": ("district", {"ground": "request-granted"}),
}
"""Not in CALLS: they end what the calls behind them need."""
OPENS = f"POST {CHILD}/emergency-accesses"
"""Is for those who are nothing to the child yet; test_emergency_routes.py says to which."""


def strangers() -> dict[str, Principal]:
    """With the role, and of another district or partner; and of this district, another person."""
    here, elsewhere = DISTRICT_ID, uuid4()
    return {
        "district": principal(Role.DISTRICT_ADMIN, partner_id=elsewhere),
        "teacher": principal(Role.EDUCATOR, partner_id=here, person_id=uuid4()),
        "worker": principal(Role.CASE_WORKER, partner_id=elsewhere),
        "admin": principal(Role.PARTNER_ADMIN, partner_id=elsewhere),
        "mother": principal(Role.GUARDIAN, partner_id=here, person_id=uuid4()),
    }


@pytest.fixture
async def world(students: House) -> World:
    made = World(students)
    await made.begin()
    return made


async def kept(students: House) -> dict[str, Any]:
    """A digest of every table."""
    digests = {}
    for name in sorted(tables_of("students").tables.keys() - WRITTEN_OF_REFUSALS):
        [row] = await students.rows(
            f'select count(*) as n, coalesce(sum(hashtext(t::text)), 0) as digest from "{name}" t'
        )
        digests[name] = (row["n"], row["digest"])
    return digests


async def as_stranger(
    world: World, name: str, caller: str, body: Any, version_of: str | None, *, absent: bool
) -> Any:
    """`absent`: of a child that is none, and with ids of nothing."""
    known, callers = world.ids, world.callers
    if version_of is not None:
        [row] = await world.students.rows(
            f"select version from {version_of} where id = :id", id=known[f"{version_of}_id"]
        )
    version = row["version"] if version_of is not None else 1
    others = {key: str(uuid4()) for key in known if key.endswith("_id")}
    ids = known | others if absent else known
    method, _, address = name.partition(" ")
    async with world.students.calling(strangers()[caller]) as http:
        answer = await http.request(
            method, address.format(**{"position": "1", **ids}), json=body,
            headers={"If-Match": f'"{version}"'},
        )  # fmt: skip
    world.ids, world.callers = known, callers
    return answer


async def refused_alike(
    world: World, name: str, caller: str, body: Any, version_of: str | None
) -> None:
    before = await kept(world.students)
    hidden = await as_stranger(world, name, caller, body, version_of, absent=False)
    absent = await as_stranger(world, name, caller, body, version_of, absent=True)
    assert 400 <= hidden.status_code < 500, (name, hidden.text)
    assert hidden.status_code != 422, (name, hidden.text)
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content), name
    assert dict(hidden.headers) == dict(absent.headers), name
    assert await kept(world.students) == before, name


async def test_a_stranger_to_a_child_changes_nothing_and_cannot_distinguish_it_from_an_absent_one(
    world: World,
) -> None:
    for name, caller, body, version_of, learned in CALLS:
        await world.before(name)
        if CHILD in name and not name.startswith("GET") and name != OPENS:
            await refused_alike(world, name, caller, body, version_of)
        if not name.startswith("GET"):
            answer = await world.call(name, caller, body, version_of)
            assert answer.is_success, (name, answer.text)
            world.learn(learned, answer.json())
    for name, (caller, body) in FURTHER.items():
        await refused_alike(world, name, caller, body, None)


def test_every_route_that_changes_something_of_a_child_is_tried_here() -> None:
    tried = {name for name, *_ in CALLS} | FURTHER.keys()
    guilty([
        f"{route} is tried by no stranger"
        for route in table()["students"]
        if CHILD in route and not route.startswith("GET") and route not in tried
    ])  # fmt: skip
