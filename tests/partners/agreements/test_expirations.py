"""The clock begins and ends agreements, whether or not the service has recorded it; the data
disclosed under them is destroyed and attested. On a real database."""

import asyncio
import random
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text

from services.partners.agreements.agreements import rules
from services.partners.agreements.agreements.queries import status_at
from services.partners.agreements.agreements.records import agreement
from services.partners.agreements.expirations.actions import keep_time_for_ever, settle
from shared.contracts.partners.agreement import AgreementChanged, AgreementStatus
from shared.contracts.partners.destruction import DestructionChanged
from shared.core.tasks import end
from shared.security.principal import Role
from tests.houses import House, principal, settings_for
from tests.partners.agreeing import (
    DAY,
    NOW,
    Json,
    Parties,
    amend,
    code,
    good,
    propose,
    sign,
    stop,
    two_parties,
    withdraw,
)
from tests.partners.support import OPERATOR, a_backbone, a_led_partnership, a_partner, version
from tests.promised import promise
from tests.seeds import seeds

ATTESTATION = {
    "what": "All rosters and spreadsheets", "how": "Erased, with every copy and backup",
    "destroyed_at": (NOW - DAY).isoformat(), "name": "Ada Signer", "title": "Director",
}  # fmt: skip


@pytest.fixture
async def two(partners: House) -> Parties:
    return await two_parties(partners)


async def shift(house: House, days: int) -> None:
    """As if so many days had passed since everything that is."""
    async with house.database.transaction() as session:
        for table, columns in {
            "agreement": ("starts_at", "ends_at"), "destruction": ("opened_at", "due_at"),
        }.items():  # fmt: skip
            moved = ", ".join(
                f"{name} = {name} - make_interval(days => :days)" for name in columns
            )
            await session.execute(text(f"update {table} set {moved}"), {"days": days})


@promise(
    "Access and privacy",
    "An agreement ends by the clock, whether or not anybody has written its end down.",
)
async def test_an_agreement_ends_by_the_clock_before_the_service_records_the_end(
    two: Parties,
) -> None:
    agreed = await two.agreed()
    await shift(two.house, 301)
    over = await two.read(agreed)
    async with two.house.calling(two.provider) as http:
        address = f"/v1/agreements/{agreed['id']}"
        known = await http.get(address, headers={"If-None-Match": f'"{over["version"]}"'})
        listed = good(await http.get("/v1/agreements", params={"status": "in_force"}))["items"]
        late = [
            await stop(http, agreed, "suspension", two.district),
            await stop(http, agreed, "ending", two.district),
            await amend(http, agreed, two.terms(title="Other")),
        ]

    assert (over["status"], over["version"]) == ("expired", agreed["version"])
    assert over["reading"][0] == "It allows nothing now: its time is over."
    assert known.status_code == 200 and "etag" not in known.headers
    assert listed == []
    assert {code(each) for each in late} == {(409, "agreement-expired")}


async def test_a_beginning_or_an_end_by_the_clock_is_announced_once(two: Parties) -> None:
    agreed = await two.agreed(starts_at=(NOW + 5 * DAY).isoformat())
    done = []
    for days in (4, 6, 6, 300, 300):
        done.append(await settle(two.house.database, NOW + days * DAY))

    assert done == [0, 1, 0, 1, 0]
    told = [e["data"]["status"] for e in await two.house.events(AgreementChanged)]
    assert told == ["draft", "proposed", "proposed", "signed", "in_force", "expired"]
    [owed] = await two.house.events(DestructionChanged)
    assert owed["data"]["recipient_id"] == two.tutors
    async with two.house.calling(two.provider) as http:
        steps = good(await http.get(f"/v1/agreements/{agreed['id']}/steps"))["items"]
        [task] = good(await http.get("/v1/destructions"))["items"]
    assert [step["action"] for step in steps[-2:]] == ["begun", "expired"]
    assert steps[-1]["account_id"] is None
    ended_at = datetime.fromisoformat((await two.read(agreed))["ended_at"])
    assert datetime.fromisoformat(task["due_at"]) == ended_at + 30 * DAY


async def test_two_workers_that_keep_time_at_once_announce_once(two: Parties) -> None:
    await two.agreed()
    await shift(two.house, 301)
    done = await asyncio.gather(*(settle(two.house.database, NOW) for _ in range(4)))
    assert sum(done) == 1
    expired = [e for e in await two.house.events(AgreementChanged) if
               e["data"]["status"] == "expired"]  # fmt: skip
    assert len(expired) == 1


async def test_the_service_keeps_time_by_itself(two: Parties) -> None:
    agreed = await two.agreed()
    await shift(two.house, 301)
    settings = settings_for(two.house.app.state.settings.database_url.get_secret_value(), "")
    keeping = asyncio.create_task(keep_time_for_ever(two.house.database, settings))
    try:
        async with asyncio.timeout(30):
            while not await two.house.events(DestructionChanged):
                await asyncio.sleep(0.05)
    finally:
        await end(keeping)
    assert (await two.read(agreed))["version"] == agreed["version"] + 1


async def test_lists_and_rules_see_the_same_status_at_every_moment(two: Parties) -> None:
    await two.agreed()
    for status in AgreementStatus:
        async with two.house.database.transaction() as session:
            await session.execute(text("update agreement set status = :s"), {"s": status})
        [row] = await two.house.rows("select starts_at, ends_at from agreement")
        starts_at, ends_at = row["starts_at"], row["ends_at"]
        for now in (starts_at - DAY, starts_at, starts_at + DAY, ends_at, ends_at + DAY):
            asked = select(status_at(now)).select_from(agreement)
            async with two.house.database.reading() as reader:
                listed = (await reader.execute(asked)).scalar_one()
            assert listed == rules.effective(status, starts_at, ends_at, now)


async def test_the_recipients_administrator_attests_the_destruction(two: Parties) -> None:
    agreed, administrator = await two.agreed(), two.recipient
    async with two.house.calling(two.provider) as http:
        good(await stop(http, agreed, "ending", two.district))
        [owed] = good(await http.get("/v1/destructions"))["items"]
        address = f"/v1/destructions/{owed['id']}/attestation"
        other = await http.post(address, json=ATTESTATION, headers=version(owed))
    async with two.house.calling(OPERATOR) as http:
        above = await http.post(address, json=ATTESTATION, headers=version(owed))
    async with two.house.calling(administrator) as http:
        ahead = ATTESTATION | {"destroyed_at": (NOW + DAY).isoformat()}
        early = await http.post(address, json=ahead, headers=version(owed))
        attested = good(await http.post(address, json=ATTESTATION, headers=version(owed)))
        again = await http.post(address, json=ATTESTATION, headers=version(attested))
        read = await http.get(f"/v1/destructions/{owed['id']}")

    assert [code(each) for each in (other, above, early, again)] == [
        (403, "party-not-yours"), (403, "party-not-yours"), (422, "attestation-ahead"), (409, "destruction-attested"),
    ]  # fmt: skip
    assert (attested["status"], attested["what"]) == ("attested", ATTESTATION["what"])
    assert attested["attested_by"] == str(administrator.account_id)
    assert read.headers["etag"] == f'"{attested["version"]}"'
    events = await two.house.events(DestructionChanged)
    assert [event["data"]["status"] for event in events] == ["open", "attested"]
    assert "Ada" not in str(events)


async def test_an_attestation_is_corrected_and_shows_what_it_said_before(two: Parties) -> None:
    agreed = await two.agreed()
    async with two.house.calling(two.provider) as http:
        good(await stop(http, agreed, "ending", two.district))
        [owed] = good(await http.get("/v1/destructions"))["items"]
    address = f"/v1/destructions/{owed['id']}/attestation"
    right = ATTESTATION | {"how": "Two backup tapes were shredded, too."}
    async with two.house.calling(two.recipient) as http:
        none = await http.post(f"{address}/correction", json=right, headers=version(owed))
        first = good(await http.post(address, json=ATTESTATION, headers=version(owed)))
        ahead = right | {"destroyed_at": (NOW + DAY).isoformat()}
        early = await http.post(f"{address}/correction", json=ahead, headers=version(first))
        corrected = good(
            await http.post(f"{address}/correction", json=right, headers=version(first))
        )
        stale = await http.post(f"{address}/correction", json=right, headers=version(first))
    for caller in (two.provider, OPERATOR):
        async with two.house.calling(caller) as http:
            others = await http.post(
                f"{address}/correction", json=right, headers=version(corrected)
            )
            assert code(others) == (403, "party-not-yours")
            read = good(await http.get(f"/v1/destructions/{owed['id']}"))
        assert (read["how"], read["status"]) == (right["how"], "attested")
        [before] = read["earlier_attestations"]
        assert before == {name: first[name] for name in before}
        assert before["how"] == ATTESTATION["how"] and before["attested_by"]
    assert [code(each) for each in (none, early)] == [
        (409, "destruction-not-attested"), (422, "attestation-ahead"),
    ]  # fmt: skip
    assert stale.status_code == 412


async def test_an_attestation_has_the_name_of_the_account_now_and_before_it_was_corrected(
    two: Parties,
) -> None:
    agreed = await two.agreed()
    async with two.house.calling(two.provider) as http:
        good(await stop(http, agreed, "ending", two.district))
        [owed] = good(await http.get("/v1/destructions"))["items"]
    address = f"/v1/destructions/{owed['id']}"
    async with two.house.calling(two.recipient) as http:
        path = f"{address}/attestation"
        first = good(await http.post(path, json=ATTESTATION, headers=version(owed)))
        right = ATTESTATION | {"how": "Burnt."}
        good(await http.post(f"{path}/correction", json=right, headers=version(first)))
        unnamed = good(await http.get(address))
        await two.house.rows(
            "insert into account (id, issuer, subject, name)"
            " values (:id, 'https://id.example', 'ann', 'Ann Rivera') returning id",
            id=first["attested_by"],
        )
        named = good(await http.get(address))
    for read, name in ((unnamed, None), (named, "Ann Rivera")):
        [before] = read["earlier_attestations"]
        assert read["attested_by_name"] == before["attested_by_name"] == name
        assert (before["how"], before["attested_by"]) == (first["how"], first["attested_by"])
    kept = await two.house.rows("select earlier_attestations as said from destruction")
    assert "attested_by_name" not in str(kept) and "Rivera" not in str(kept)


async def test_the_backbone_attests_for_a_recipient_that_has_closed(two: Parties) -> None:
    await two.agreed()
    backbone, other = [await a_backbone(two.house, name) for name in "AB"]
    await a_led_partnership(two.house, backbone, two.tutors)
    async with two.house.calling(OPERATOR) as http:
        tutors = good(await http.get(f"/v1/partners/{two.tutors}"))
        good(await http.post(f"/v1/partners/{two.tutors}/closure", headers=version(tutors)))
        [owed] = good(await http.get("/v1/destructions"))["items"]
    address = f"/v1/destructions/{owed['id']}/attestation"
    async with two.house.calling(other) as http:
        hidden = await http.post(address, json=ATTESTATION, headers=version(owed))
    async with two.house.calling(backbone) as http:
        attested = good(await http.post(address, json=ATTESTATION, headers=version(owed)))
    assert hidden.status_code == 404
    assert (owed["recipient_id"], attested["status"]) == (two.tutors, "attested")


async def test_providers_and_the_recipients_backbone_see_an_overdue_destruction(
    two: Parties,
) -> None:
    agreed = await two.agreed()
    backbone, other = [await a_backbone(two.house, name) for name in "AB"]
    await a_led_partnership(two.house, backbone, two.tutors)
    async with two.house.calling(two.recipient) as http:
        good(await stop(http, agreed, "ending", two.tutors))
    await shift(two.house, 31)
    stranger = principal(Role.PARTNER_ADMIN, partner_id=UUID(await a_partner(two.house, "S")))
    seen = []
    for who in (two.provider, two.recipient, OPERATOR, backbone, other, stranger):
        async with two.house.calling(who) as http:
            asked = {"status": "overdue", "recipient_id": two.tutors}
            found = good(await http.get("/v1/destructions", params=asked))["items"]
            seen.append([each["agreement_title"] for each in found])
    assert seen == [["Tutoring"]] * 4 + [[]] * 2


@promise(
    "Access and privacy",
    "No agreement is in force with a missing signature, whatever steps are taken.",
)
@pytest.mark.parametrize("seed", seeds(2, nightly=12))
async def test_no_order_of_requests_puts_an_unsigned_agreement_in_force(
    two: Parties, seed: int
) -> None:
    dice = random.Random(seed)
    drafted = await two.drafted()
    over = None
    for _ in range(40):
        await _any_step(two, drafted, dice)
        seen = await two.read(drafted)
        signatures = seen["current"]["signatures"]
        if seen["status"] in rules.AGREED:
            assert all(each["signed_by"] for each in signatures)
        if seen["status"] == "in_force":
            assert not seen["suspended_by"]
        assert over in (None, seen["status"])
        over = seen["status"] if seen["status"] in rules.OVER else None
    events = await two.house.events(AgreementChanged)
    assert [e["aggregate_version"] for e in events] == list(range(1, len(events) + 1))
    assert events[-1]["data"]["status"] == seen["status"]
    assert events[-1]["data"]["categories"] == seen["current"]["terms"]["categories"]


async def _any_step(two: Parties, drafted: Json, dice: random.Random) -> None:
    """Refused or not."""
    who, partner_id = dice.choice([(two.provider, two.district), (two.recipient, two.tutors)])
    terms = two.terms(categories=dice.sample(["attendance", "dosage", "identity"], 2))
    async with two.house.calling(who) as http:
        now = await two.read(drafted)
        address = f"/v1/agreements/{now['id']}"
        steps = {
            "change": lambda: http.put(address, json=terms, headers=version(now)),
            "propose": lambda: propose(http, now),
            "sign": lambda: sign(http, now, partner_id),
            "withdraw": lambda: withdraw(http, now),
            "amend": lambda: amend(http, now, terms),
            "suspend": lambda: stop(http, now, "suspension", partner_id),
            "resume": lambda: http.delete(
                f"{address}/suspension", params={"partner_id": partner_id}, headers=version(now)
            ),
            "end": lambda: stop(http, now, "ending", partner_id),
        }
        likely = [3, 8, 14, 2, 5, 2, 3, 0.4]
        [step] = dice.choices(list(steps), likely)
        answer = await steps[step]()
    assert answer.status_code in {200, 201, 409}, (step, answer.text)
    assert answer.headers["content-type"].startswith("application/")
