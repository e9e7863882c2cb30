"""Events for partners: published if committed, in order, and retracted for good."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.purpose import Purpose
from shared.core.settings import Settings
from shared.events.bus import PARTNERS, connected
from shared.events.partner_outbox import (
    TO_PARTNERS,
    TakenBack,
    Terms,
    forget_partner,
    in_turn,
    retract,
    tell_partner,
)
from shared.events.relay import _lanes, _publish, relay_for_ever
from shared.persistence.migrations import tables_of
from tests.promised import promise
from tests.shared.conftest import Broker, until
from tests.shared.events.test_relay import running, stored
from tests.shared.things import ThingChanged, ThingForgotten, Things

TUTORS, CLINIC, ADA, BEN = (uuid4() for _ in range(4))
TERMS = Terms(Purpose.SERVICE, consent_id=UUID(int=7), agreement_id=UUID(int=8))
WAITING = "select count(*) as n from partner_outbox where published_at is null"


@asynccontextmanager
async def relaying(settings: Settings, things: Things) -> AsyncIterator[None]:
    async with running(relay_for_ever(settings, things.database, TO_PARTNERS)):
        yield


async def tell(things: Things, partner: UUID, child: UUID | None, size: int) -> None:
    async with things.database.transaction() as session:
        event = ThingChanged(thing_id=child or partner, size=size)
        tell_partner(session, partner, child, child or partner, size, event, TERMS)


async def take_back(things: Things, partner: UUID, child: UUID) -> UUID:
    async with things.database.transaction() as session:
        taken_back = TakenBack(child, child, 99, ThingForgotten(thing_id=child))
        [event_id] = await retract(session, partner, [taken_back], TERMS)
        return event_id


async def published(things: Things) -> bool:
    return bool((await things.rows(WAITING))[0]["n"] == 0)


async def listed(settings: Settings) -> list[Any]:
    """In short: sizes of what changed, "forgotten" for a retraction."""
    return [e["data"].get("size", "forgotten") for e in await stored(settings, PARTNERS)]


@promise("Events", "A message to a partner is published if and only if its transaction commits.")
async def test_an_event_is_published_to_a_partner_if_and_only_if_its_transaction_commits(
    things: Things, own_settings: Settings
) -> None:
    await tell(things, TUTORS, ADA, 1)
    with suppress(RuntimeError):
        async with things.database.transaction() as session:
            event = ThingChanged(thing_id=ADA, size=2)
            tell_partner(session, TUTORS, ADA, ADA, 2, event, TERMS)
            await session.flush()
            raise RuntimeError
    async with relaying(own_settings, things):
        await until(lambda: published(things))
    assert await listed(own_settings) == [1]


async def test_an_event_names_the_terms_on_which_the_partner_gets_it(
    things: Things, own_settings: Settings
) -> None:
    await tell(things, TUTORS, ADA, 1)
    async with relaying(own_settings, things):
        await until(lambda: published(things))
    [row] = await things.rows("select * from partner_outbox")
    [event] = await stored(own_settings, PARTNERS)
    assert event == {
        "specversion": "1.0",
        "id": str(row["event_id"]),
        "source": "/partners",
        "type": "partners.thing.changed.v1",
        "subject": str(ADA),
        "time": row["time"].isoformat(),
        "datacontenttype": "application/json",
        "dataschema": f"{own_settings.public_url}/contracts/partners.thing.changed.v1.json",
        "aggregateversion": 1,
        "purpose": "service",
        "consentref": str(UUID(int=7)),
        "agreementref": str(UUID(int=8)),
        "noredisclosure": True,
        "data": {"thing_id": str(ADA), "size": 1},
    }


@promise(
    "Events",
    "A partner gets the messages about a child in the order in which they were decided.",
)
async def test_the_events_of_a_child_come_in_the_order_in_which_they_were_decided(
    things: Things, own_settings: Settings
) -> None:
    for size in range(1, 31):
        await tell(things, TUTORS, ADA if size % 3 else BEN, size)
    async with relaying(own_settings, things):
        await until(lambda: published(things))
    sizes = await listed(own_settings)
    assert [size for size in sizes if size % 3] == [n for n in range(1, 31) if n % 3]
    assert [size for size in sizes if not size % 3] == list(range(3, 31, 3))


@promise("Events", "After a retraction no earlier message about the child can be fetched.")
async def test_no_event_published_before_a_retraction_can_be_fetched_after_it(
    things: Things, own_settings: Settings
) -> None:
    """What was published leaves the stream, what waited never comes; others' events stay."""
    async with relaying(own_settings, things):
        await tell(things, TUTORS, ADA, 1)
        await tell(things, TUTORS, BEN, 2)
        await tell(things, CLINIC, ADA, 3)
        await tell(things, TUTORS, None, 4)
        await until(lambda: published(things))
    await tell(things, TUTORS, ADA, 5)
    event_id = await take_back(things, TUTORS, ADA)
    async with relaying(own_settings, things):
        await until(lambda: published(things))
    assert sorted(await listed(own_settings), key=str) == [2, 3, 4, "forgotten"]
    [retraction] = [e for e in await stored(own_settings, PARTNERS) if "size" not in e["data"]]
    assert retraction["id"] == str(event_id)


async def test_events_of_the_child_are_published_again_after_a_new_consent_and_the_retraction_stays(
    things: Things, own_settings: Settings
) -> None:
    await tell(things, TUTORS, ADA, 1)
    await take_back(things, TUTORS, ADA)
    await tell(things, TUTORS, ADA, 2)
    await take_back(things, TUTORS, ADA)
    await tell(things, TUTORS, ADA, 3)
    async with relaying(own_settings, things):
        await until(lambda: published(things))
    assert await listed(own_settings) == ["forgotten", "forgotten", 3]


async def test_a_retraction_that_is_published_twice_removes_no_event_that_followed(
    things: Things, own_settings: Settings
) -> None:
    """The relay dies after the broker has it, before the row is marked."""
    await take_back(things, TUTORS, ADA)
    async with relaying(own_settings, things):
        await until(lambda: published(things))
    await things.rows(
        "update partner_outbox set published_at = null, stream_seq = null returning position"
    )
    await tell(things, TUTORS, ADA, 1)
    async with relaying(own_settings, things):
        await until(lambda: published(things))
    assert await listed(own_settings) == ["forgotten", 1]


@promise("Events", "After a retraction no earlier message about the child can be fetched.")
async def test_an_event_sent_late_by_a_replaced_relay_never_follows_the_retraction(
    things: Things, own_settings: Settings
) -> None:
    """It had read the row, and stood still while another took its place; its connection to the
    broker is alive."""
    await tell(things, TUTORS, ADA, 1)
    stalled = await connected(own_settings, "stalled", PARTNERS)
    last = (await stalled.state()).last_seq
    lanes = _lanes(TO_PARTNERS, await things.rows("select * from partner_outbox"))
    await take_back(things, TUTORS, ADA)
    async with relaying(own_settings, things):
        await until(lambda: published(things))
    assert await _publish("partners", "", TO_PARTNERS, stalled, lanes, last) == []
    await stalled.close()
    assert await listed(own_settings) == ["forgotten"]


async def test_an_event_that_the_broker_has_already_holds_up_no_new_event(
    things: Things, own_settings: Settings
) -> None:
    """The relay dies after the broker has it, before the row is marked; others wait behind it."""
    await tell(things, TUTORS, ADA, 1)
    async with relaying(own_settings, things):
        await until(lambda: published(things))
    await things.rows(
        "update partner_outbox set published_at = null, stream_seq = null returning position"
    )
    await tell(things, TUTORS, BEN, 2)
    await tell(things, CLINIC, ADA, 3)
    async with relaying(own_settings, things):
        await until(lambda: published(things))
    assert await listed(own_settings) == [1, 2, 3]


@promise("Events", "After a retraction no earlier message about the child can be fetched.")
async def test_many_children_retracted_at_once_each_have_one_retraction_and_nothing_else(
    things: Things, own_settings: Settings
) -> None:
    children = [uuid4() for _ in range(TO_PARTNERS.batch + 50)]
    async with things.database.transaction() as session:
        for child in children:
            event = ThingChanged(thing_id=child, size=1)
            tell_partner(session, TUTORS, child, child, 1, event, TERMS)
    await tell(things, TUTORS, ADA, 2)
    async with relaying(own_settings, things):
        await until(lambda: published(things))
        async with things.database.transaction() as session:
            taken_back = [
                TakenBack(child, child, 2, ThingForgotten(thing_id=child)) for child in children
            ]
            await retract(session, TUTORS, taken_back, TERMS)
        await until(lambda: published(things), 30)
    [kept, *retractions] = [e["data"] for e in await stored(own_settings, PARTNERS)]
    assert kept["size"] == 2
    assert {data["thing_id"] for data in retractions} == set(map(str, children))
    assert len(retractions) == len(children)


@promise("Events", "No healing of the broker brings a retracted message back.")
async def test_a_broker_that_lost_its_disk_gets_all_events_again_except_those_retracted(
    things: Things, own_settings: Settings, broker: Broker
) -> None:
    async with relaying(own_settings, things):
        for size in range(1, 6):
            await tell(things, TUTORS, ADA, size)
            await tell(things, CLINIC, ADA, 10 + size)
        await until(lambda: published(things))
        await take_back(things, TUTORS, ADA)
        await until(lambda: published(things))
        broker.kill()
        shutil.rmtree(broker.folder / "jetstream")
        broker.start()

        async def healed() -> bool:
            return len(await listed(own_settings)) == 6

        await until(healed, 30, 0.3)
    assert sorted(await listed(own_settings), key=str) == [11, 12, 13, 14, 15, "forgotten"]


async def test_the_broker_and_the_outbox_keep_nothing_of_a_forgotten_partner(
    things: Things, own_settings: Settings
) -> None:
    await tell(things, TUTORS, ADA, 1)
    await tell(things, CLINIC, ADA, 2)
    await take_back(things, TUTORS, ADA)
    async with things.database.transaction() as session:
        await forget_partner(session, TUTORS)
    async with relaying(own_settings, things):
        await until(lambda: published(things))
    assert await listed(own_settings) == [2]


@promise(
    "Access and privacy",
    "A message still sent to a closed stream is gone before the partner gets any new message.",
)
async def test_events_still_sent_to_a_closed_stream_are_gone_before_it_gets_new_ones(
    things: Things, own_settings: Settings
) -> None:
    await tell(things, TUTORS, ADA, 1)
    await tell(things, CLINIC, ADA, 2)
    async with relaying(own_settings, things):
        await until(lambda: published(things))
        async with things.database.transaction() as session:
            await forget_partner(session, TUTORS)
        for size in range(3, 40):
            await tell(things, TUTORS, (ADA, BEN, None)[size % 3], size)
        await until(lambda: published(things))
    assert sorted(await listed(own_settings)) == [2, *range(3, 40)]


async def test_a_decision_about_a_child_waits_for_the_decision_before_it(things: Things) -> None:
    """A revocation is never overtaken by what was decided before it."""
    order = []

    async def revoke() -> None:
        async with things.database.transaction() as session:
            await in_turn(session, [BEN, ADA])
            order.append("revoked")

    async with things.database.transaction() as session:
        await in_turn(session, [ADA, BEN])
        waiting = asyncio.create_task(revoke())
        async with things.database.transaction() as other:
            await in_turn(other, [uuid4()])  # for others nobody waits
        await asyncio.wait([waiting], timeout=0.3)
        order.append("told")
    await waiting
    assert order == ["told", "revoked"]


def test_only_the_service_that_decides_has_the_outbox_for_partners() -> None:
    having = [s for s in ("partners", "students", "resources", "outcomes")
              if "partner_outbox" in tables_of(s).tables]  # fmt: skip
    assert having == ["students"]


@given(st.lists(st.tuples(st.sampled_from([ADA, BEN]), st.booleans())))
def test_a_retraction_ends_the_publishing_of_its_child_at_once(
    told: list[tuple[UUID, bool]],
) -> None:
    """Every row comes, in its order, over as many passes as there are retractions."""
    rows = [
        {"position": n, "partner_id": TUTORS, "student_id": child, "retracts": retracts}
        for n, (child, retracts) in enumerate(told)
    ]
    came: dict[UUID, list[int]] = {ADA: [], BEN: []}
    while rows:
        for (_, child), lane in _lanes(TO_PARTNERS, rows).items():
            assert not any(row["retracts"] for row in lane[1:])
            came[child] += [row["position"] for row in reversed(lane)]
        rows = [row for row in rows if row["position"] not in came[row["student_id"]]]
    assert all(
        positions == [n for n, (of, _) in enumerate(told) if of == child]
        for child, positions in came.items()
    )
