"""Agreements over HTTP, on a real database: from a draft to the end."""

import asyncio
import hashlib
import json
from uuid import UUID, uuid4

import pytest

from shared.contracts.partners.agreement import AgreementChanged
from shared.contracts.partners.destruction import DestructionChanged
from shared.security.principal import THE_GATEWAY, Role
from tests.houses import House, principal
from tests.partners.agreeing import (
    DAY,
    NOW,
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
from tests.partners.support import (
    OPERATOR,
    a_backbone,
    a_led_partnership,
    a_partner,
    a_partnership,
    version,
)
from tests.promised import promise


@pytest.fixture
async def two(partners: House) -> Parties:
    return await two_parties(partners)


async def announced(house: House) -> list[str]:
    return [event["data"]["status"] for event in await house.events(AgreementChanged)]


async def test_a_proposed_draft_is_in_force_when_all_parties_have_signed(two: Parties) -> None:
    proposed = await two.proposed()
    half = await two.sign(proposed, two.recipient)
    whole = await two.sign(proposed, two.provider)

    assert (half["status"], half["terms_version"]) == ("proposed", 1)
    missing = [s["partner_id"] for s in half["current"]["signatures"] if s["signed_by"] is None]
    assert missing == [two.district]
    assert half["reading"][0] == "It allows nothing now: Grand Bend ISD has not signed."
    assert whole["status"] == "in_force"
    assert whole["reading"][0] == "It is signed by all and in force."
    assert [s["name"] for s in whole["current"]["signatures"]] == ["Ada Signer"] * 2
    assert await announced(two.house) == ["draft", "proposed", "proposed", "in_force"]
    [*_, last] = await two.house.events(AgreementChanged)
    assert last["data"]["program_ids"] == [two.program]
    assert "Ada" not in str(last["data"])


async def test_a_signature_covers_the_digest_of_the_exact_words(two: Parties) -> None:
    current = (await two.agreed())["current"]
    assert hashlib.sha256(current["document"].encode()).hexdigest() == current["terms_sha256"]
    signed = await two.house.rows("select distinct terms_sha256 from agreement_signature")
    assert signed == [{"terms_sha256": current["terms_sha256"]}]


@promise("Access and privacy", "A signature counts for the exact terms that were read.")
async def test_a_signature_under_other_terms_than_the_proposed_ones_is_refused(
    two: Parties,
) -> None:
    proposed = await two.proposed()
    async with two.house.calling(two.recipient) as http:
        await sign(http, proposed, two.tutors)
        draft = good(await withdraw(http, await two.read(proposed)))
        changed = good(
            await http.put(
                f"/v1/agreements/{draft['id']}", headers=version(draft),
                json=two.terms(categories=["attendance", "dosage", "demographics"]),
            )
        )  # fmt: skip
        again = good(await propose(http, changed))
    async with two.house.calling(two.provider) as http:
        stale = await sign(http, proposed, two.district)
        signed = good(await sign(http, again, two.district))

    assert draft["status"] == "draft"
    assert all(s["signed_by"] is None for s in again["current"]["signatures"])
    assert code(stale) == (409, "terms-changed")
    assert signed["status"] == "proposed"


async def test_a_party_signs_once_and_only_its_administrator_signs_for_it(two: Parties) -> None:
    proposed = await two.proposed()
    stranger = await a_partner(two.house, "Stranger")
    signed = await two.sign(proposed, two.recipient)
    async with two.house.calling(two.recipient) as http:
        twice = await sign(http, proposed, two.tutors)
        for_other = await sign(http, proposed, two.district)
    async with two.house.calling(OPERATOR) as http:
        from_above = await sign(http, proposed, two.district)
    async with two.house.calling(principal(Role.PARTNER_ADMIN, partner_id=stranger)) as http:
        outside = await sign(http, proposed, stranger)
    worker = principal(Role.CASE_WORKER, partner_id=two.tutors)
    async with two.house.calling(worker) as http:
        below = await sign(http, proposed, two.tutors)

    assert signed["status"] == "proposed"
    assert [code(a) for a in (twice, for_other, from_above, outside, below)] == [
        (409, "signed-already"), (403, "party-not-yours"), (403, "party-not-yours"),
        (404, "agreement-unknown"), (403, "permission-missing"),
    ]  # fmt: skip


async def test_a_districts_administrator_signs_for_its_school(partners: House) -> None:
    two = await two_parties(partners)
    school = await a_partner(partners, "Beacon School", "school", parent_id=two.district)
    async with partners.calling(two.provider) as http:
        drafted = good(await http.post("/v1/agreements", json=two.terms(providers=[school])))
        proposed = good(await propose(http, drafted))
        good(await sign(http, proposed, school))
    assert (await two.sign(proposed, two.recipient))["status"] == "in_force"


async def test_one_of_two_parties_that_sign_at_once_is_the_last(two: Parties) -> None:
    proposed = await two.proposed()
    both = await asyncio.gather(
        two.sign(proposed, two.recipient), two.sign(proposed, two.provider)
    )
    assert sorted(each["status"] for each in both) == ["in_force", "proposed"]


@promise("Access and privacy", "An agreement of others is answered like none.")
async def test_only_the_parties_and_their_backbone_see_an_agreement(two: Parties) -> None:
    agreement = await two.drafted()
    backbone, other = [await a_backbone(two.house, name) for name in "AB"]
    await a_led_partnership(two.house, backbone, two.district, two.tutors)
    await a_led_partnership(two.house, other, two.tutors)
    stranger = principal(Role.PARTNER_ADMIN, partner_id=UUID(await a_partner(two.house, "S")))
    address = f"/v1/agreements/{agreement['id']}"
    seen = {}
    for who in (two.provider, two.recipient, OPERATOR, backbone, other, stranger):
        async with two.house.calling(who) as http:
            found = (await http.get("/v1/agreements")).json()["items"]
            seen[who.account_id] = ((await http.get(address)).status_code, len(found))
    async with two.house.calling(stranger) as http:
        absent = await http.get(f"/v1/agreements/{uuid4()}")
        hidden = await http.get(address)
        below = [await http.get(f"{address}/{part}") for part in ("steps", "versions/1")]
        ended = await stop(http, agreement, "ending", str(stranger.partner_id))
        public = principal(Role.PUBLIC)
    async with two.house.calling(public) as http:
        nobody = await http.get(address)

    assert list(seen.values()) == [(200, 1)] * 4 + [(404, 0)] * 2
    assert hidden.json() == absent.json()
    assert [a.status_code for a in (*below, ended, nobody)] == [404, 404, 404, 401]


async def test_only_a_party_or_their_backbone_drafts_an_agreement(two: Parties) -> None:
    stranger = principal(Role.PARTNER_ADMIN, partner_id=UUID(await a_partner(two.house, "S")))
    backbone, other = [await a_backbone(two.house, name) for name in "AB"]
    await a_led_partnership(two.house, backbone, two.district, two.tutors)
    await a_led_partnership(two.house, other, two.tutors)
    for who in (stranger, other):
        async with two.house.calling(who) as http:
            refused = await http.post("/v1/agreements", json=two.terms())
        assert code(refused) == (403, "agreement-not-yours")
    for who in (OPERATOR, backbone):
        async with two.house.calling(who) as http:
            drafted = good(await http.post("/v1/agreements", json=two.terms()))
            proposed = good(await propose(http, drafted))
            ended = await stop(http, proposed, "ending", two.district)
        assert proposed["status"] == "proposed"
        assert code(ended) == (403, "party-not-yours")


async def test_every_fault_of_the_terms_is_named(two: Parties) -> None:
    terms = two.terms(
        providers=[two.tutors], recipients=[two.tutors, str(uuid4())], purpose="audit",
        basis="school_official", categories=["dosage", "dosage"], cohort={"grades": ["KG"]},
        redisclosure_to=[two.tutors], ends_at=(NOW + 4000 * DAY).isoformat(),
    )  # fmt: skip
    async with two.house.calling(two.recipient) as http:
        refused = await http.post("/v1/agreements", json=terms)
    assert code(refused) == (422, "terms-unsound")
    assert {(each["field"], each["code"]) for each in refused.json()["errors"]} == {
        ("body.purpose", "purpose-beyond-basis"),
        ("body.school_official", "school-official-terms-missing"),
        ("body.cohort.program_ids", "cohort-too-wide"),
        ("body.ends_at", "too-long"),
        ("body.categories.1", "repeated"),
        ("body.recipients.0", "on-both-sides"),
        ("body.recipients.1", "partner-unknown"),
        ("body.redisclosure_to.0", "already-party"),
        ("body.providers.0", "keeps-no-records"),
    }


@pytest.mark.parametrize(
    "other",
    [
        {"title": "a\0b"},
        {"title": "\ud800"},
        {"categories": ["dosage"] * 51},
        {"starts_at": "0001-01-01T00:00:00+14:00"},
        {"ends_at": "9999-12-31T00:00:00Z"},
        {"starts_at": "2026-09-01T00:00:00"},
        {"unknown": 1},
    ],
    ids=str,
)
async def test_terms_that_no_party_could_keep_are_malformed(
    two: Parties, other: dict[str, object]
) -> None:
    body = json.dumps(two.terms(**other))
    async with two.house.calling(two.recipient) as http:
        answer = await http.post(
            "/v1/agreements", content=body, headers={"Content-Type": "application/json"}
        )
    assert answer.status_code == 422, answer.text


async def test_a_partner_that_closes_while_it_signs_is_party_to_no_agreement_afterwards(
    two: Parties,
) -> None:
    proposed = await two.proposed()
    await two.sign(proposed, two.recipient)
    async with (
        two.house.calling(OPERATOR) as operator,
        two.house.calling(two.provider) as provider,
    ):
        tutors = good(await operator.get(f"/v1/partners/{two.tutors}"))
        closing = operator.post(f"/v1/partners/{two.tutors}/closure", headers=version(tutors))
        closed, signed = await asyncio.gather(closing, sign(provider, proposed, two.district))
    assert closed.status_code == 201
    assert signed.status_code in {201, 409}
    assert (await two.read(proposed))["status"] == "ended"


async def test_an_amendment_replaces_the_terms_when_all_have_signed_it(two: Parties) -> None:
    agreed = await two.agreed()
    async with two.house.calling(two.provider) as http:
        wider = two.terms(categories=["attendance", "dosage", "identity"])
        same = await amend(http, agreed, two.terms())
        open_one = good(await amend(http, agreed, wider))
        second = await amend(http, open_one, wider)
    between = await two.sign(open_one, two.provider)
    told = [e["data"]["categories"] for e in await two.house.events(AgreementChanged)][-2:]
    after = await two.sign(between, two.recipient)
    async with two.house.calling(two.recipient) as http:
        first = good(await http.get(f"/v1/agreements/{agreed['id']}/versions/1"))
        steps = good(await http.get(f"/v1/agreements/{agreed['id']}/steps"))["items"]

    assert (code(same), code(second)) == ((409, "amendment-empty"), (409, "amendment-open"))
    assert (between["status"], between["terms_version"]) == ("in_force", 1)
    assert between["amendment"]["number"] == 2
    assert told == [["attendance", "dosage"]] * 2
    assert (after["status"], after["terms_version"], after["amendment"]) == ("in_force", 2, None)
    assert after["current"]["terms"]["categories"] == ["attendance", "dosage", "identity"]
    assert first["terms"]["categories"] == ["attendance", "dosage"]
    assert [step["action"] for step in steps] == [
        "drafted", "proposed", "signed", "signed", "amendment_proposed", "signed", "amended",
    ]  # fmt: skip
    versions = [e["aggregate_version"] for e in await two.house.events(AgreementChanged)]
    assert versions == [step["number"] for step in steps] == list(range(1, 8))


async def test_a_step_has_the_name_of_the_account_that_took_it(two: Parties) -> None:
    agreed = await two.agreed()
    async with two.house.calling(two.recipient) as http:
        address = f"/v1/agreements/{agreed['id']}/steps"
        first = good(await http.get(address))["items"][0]
        await two.house.rows(
            "insert into account (id, issuer, subject, name)"
            " values (:id, 'https://id.example', 'ann', 'Ann Rivera') returning id",
            id=first["account_id"],
        )
        steps = good(await http.get(address))["items"]
    assert first["account_name"] is None
    assert [step["account_name"] for step in steps] == [
        "Ann Rivera" if step["account_id"] == first["account_id"] else None for step in steps
    ]


async def test_a_signature_has_the_name_of_its_account_beside_the_name_that_was_signed(
    two: Parties,
) -> None:
    agreed = await two.agreed()
    [ann, other] = agreed["current"]["signatures"]
    await two.house.rows(
        "insert into account (id, issuer, subject, name)"
        " values (:id, 'https://id.example', 'ann', 'Ann Rivera') returning id",
        id=ann["signed_by"],
    )
    async with two.house.calling(two.recipient) as http:
        current = good(await http.get(f"/v1/agreements/{agreed['id']}"))["current"]
    assert current["signatures"] == [ann | {"signed_by_name": "Ann Rivera"}, other]
    assert (ann["signed_by_name"], other["signed_by_name"]) == (None, None)


async def test_a_withdrawn_amendment_leaves_the_terms_in_force(two: Parties) -> None:
    agreed = await two.agreed()
    async with two.house.calling(two.provider) as http:
        open_one = good(await amend(http, agreed, two.terms(title="Other")))
        good(await sign(http, open_one, two.district))
        gone = good(await withdraw(http, await two.read(agreed)))
        nothing = await withdraw(http, gone)
        again = good(await amend(http, gone, two.terms(title="Third")))
    assert (gone["status"], gone["terms_version"], gone["amendment"]) == ("in_force", 1, None)
    assert code(nothing) == (409, "nothing-proposed")
    assert again["amendment"]["number"] == 2
    assert all(s["signed_by"] is None for s in again["amendment"]["signatures"])


async def test_a_recipient_that_an_amendment_leaves_out_destroys_its_data(two: Parties) -> None:
    other = UUID(await a_partner(two.house, "Other"))
    drafted = await two.drafted(recipients=[two.tutors, str(other)])
    everybody = (two.provider, two.recipient, principal(Role.PARTNER_ADMIN, partner_id=other))
    async with two.house.calling(two.provider) as http:
        proposed = good(await propose(http, drafted))
    for who in everybody:
        agreed = await two.sign(proposed, who)
    async with two.house.calling(two.provider) as http:
        narrower = good(await amend(http, agreed, two.terms()))
    for who in everybody[:2]:
        narrower = await two.sign(await two.read(narrower), who)
    async with two.house.calling(everybody[2]) as http:
        [owed] = good(await http.get("/v1/destructions"))["items"]
        now = await http.get(f"/v1/agreements/{agreed['id']}")
        then = await http.get(f"/v1/agreements/{agreed['id']}/versions/1")
        later = await http.get(f"/v1/agreements/{agreed['id']}/versions/2")
    assert (owed["recipient_id"], owed["providers"]) == (str(other), [two.district])
    assert (owed["status"], owed["terms_version"]) == ("open", 1)
    assert [a.status_code for a in (now, then, later)] == [404, 200, 404]


async def test_each_party_lifts_its_own_suspension_only(two: Parties) -> None:
    agreed = await two.agreed()
    address = f"/v1/agreements/{agreed['id']}/suspension"
    async with two.house.calling(two.provider) as http:
        stopped = good(await stop(http, agreed, "suspension", two.district))
        twice = await stop(http, agreed, "suspension", two.district)
    async with two.house.calling(two.recipient) as http:
        other = await http.delete(
            address, params={"partner_id": two.tutors}, headers=version(stopped)
        )
        both = good(await stop(http, agreed, "suspension", two.tutors))
        one = good(
            await http.delete(address, params={"partner_id": two.tutors}, headers=version(both))
        )
    async with two.house.calling(two.provider) as http:
        on = good(
            await http.delete(address, params={"partner_id": two.district}, headers=version(one))
        )

    assert stopped["reading"][0] == "It allows nothing now: Grand Bend ISD has suspended it."
    assert (code(twice), code(other)) == ((409, "suspended-already"), (409, "not-suspended-by"))
    assert [each["status"] for each in (stopped, both, one, on)] == [
        "suspended", "suspended", "suspended", "in_force",
    ]  # fmt: skip


@promise(
    "Access and privacy",
    "partners gives the gateway the agreements that were suspended or ended, together with the "
    "caller's memberships.",
)
async def test_the_gateway_learns_the_suspended_and_ended_agreements_with_the_callers_memberships(
    two: Parties,
) -> None:
    agreed, other = await two.agreed(), await two.agreed()
    who = {"issuer": "https://login.example.org", "subject": "worker"}
    draft = who | {"role": "case_worker", "partner_id": two.tutors}
    async with two.house.calling(principal(Role.OPERATOR)) as http:
        good(await http.post("/v1/memberships", json=draft))

    async def told() -> list[str]:
        async with two.house.calling(THE_GATEWAY) as http:
            [known] = (await http.get("/internal/memberships", params=who)).json()
        return list(known["closed_agreements"])

    assert await told() == []
    async with two.house.calling(two.provider) as http:
        stopped = good(await stop(http, agreed, "suspension", two.district))
    assert await told() == [agreed["id"]]
    async with two.house.calling(two.provider) as http:
        address = f"/v1/agreements/{agreed['id']}/suspension"
        lifted = {"partner_id": two.district}
        good(await http.delete(address, params=lifted, headers=version(stopped)))
        good(await stop(http, other, "ending", two.district))
    assert await told() == [other["id"]]


async def test_an_ended_agreement_stays_ended_and_its_data_is_to_be_destroyed(
    two: Parties,
) -> None:
    agreed = await two.agreed()
    async with two.house.calling(two.recipient) as http:
        ended = good(await stop(http, agreed, "ending", two.tutors))
        refused = [
            await stop(http, ended, "ending", two.tutors),
            await stop(http, ended, "suspension", two.tutors),
            await amend(http, ended, two.terms(title="Other")),
            await propose(http, ended),
            await sign(http, ended, two.tutors),
            await withdraw(http, ended),
        ]
        [owed] = good(await http.get("/v1/destructions"))["items"]
    assert ended["status"] == "ended"
    assert {code(each) for each in refused} == {(409, "agreement-ended")}
    assert owed["status"] == "open"
    assert len(await two.house.events(DestructionChanged)) == 1


async def test_an_agreement_that_was_never_in_force_leaves_nothing_to_destroy(
    two: Parties,
) -> None:
    future = (NOW + 5 * DAY).isoformat()
    for agreement in (
        await two.drafted(),
        await two.proposed(),
        await two.agreed(starts_at=future),
    ):
        async with two.house.calling(two.provider) as http:
            assert good(await stop(http, agreement, "ending", two.district))["status"] == "ended"
            assert good(await http.get("/v1/destructions"))["items"] == []


async def test_a_partner_that_closes_ends_its_agreements(two: Parties) -> None:
    agreed, proposed = await two.agreed(), await two.proposed(title="Other")
    async with two.house.calling(OPERATOR) as http:
        tutors = good(await http.get(f"/v1/partners/{two.tutors}"))
        good(await http.post(f"/v1/partners/{two.tutors}/closure", headers=version(tutors)))
    for each in (agreed, proposed):
        assert (await two.read(each))["status"] == "ended"
    async with two.house.calling(two.provider) as http:
        again = await http.post("/v1/agreements", json=two.terms())
    assert again.json()["errors"][0]["code"] == "partner-closed"


async def test_a_partner_that_leaves_its_last_partnership_leaves_its_agreements(
    two: Parties,
) -> None:
    one, other = [await a_partnership(two.house, two.tutors, name=name) for name in "AB"]
    agreed = await two.agreed()
    stands = []
    for partnership in (one, other):
        async with two.house.calling(OPERATOR) as http:
            leaving = f"/v1/partnerships/{partnership}/members/{two.tutors}/departure"
            good(await http.post(leaving, json={}))
        stands.append((await two.read(agreed))["status"])
    assert stands == ["in_force", "ended"]


async def test_nobody_signs_with_a_partner_that_has_closed(two: Parties) -> None:
    drafted = await two.drafted()
    async with two.house.calling(OPERATOR) as http:
        tutors = good(await http.get(f"/v1/partners/{two.tutors}"))
        good(await http.post(f"/v1/partners/{two.tutors}/closure", headers=version(tutors)))
    async with two.house.calling(two.provider) as http:
        assert code(await propose(http, drafted)) == (409, "party-closed")


async def test_agreements_are_listed_by_partner_status_and_purpose(two: Parties) -> None:
    await two.agreed()
    await two.drafted(purpose="coordination")

    async def found(**asked: str) -> list[str]:
        async with two.house.calling(two.provider) as http:
            items = good(await http.get("/v1/agreements", params=asked))["items"]
            return [each["status"] for each in items]

    assert await found() == ["in_force", "draft"]
    assert await found(status="in_force") == ["in_force"]
    assert await found(purpose="coordination") == ["draft"]
    assert await found(partner_id=two.tutors) == ["in_force", "draft"]
    assert await found(partner_id=str(uuid4())) == []


async def test_agreements_are_found_by_the_day_they_end(two: Parties) -> None:
    soon = await two.drafted(ends_at=(NOW + 30 * DAY).isoformat())
    await two.drafted()

    async def found(before: str) -> list[str]:
        async with two.house.calling(two.provider) as http:
            answer = await http.get("/v1/agreements", params={"ends_before": before})
            return [each["id"] for each in good(answer)["items"]]

    assert await found((NOW + 60 * DAY).isoformat()) == [soon["id"]]
    assert await found((NOW + 30 * DAY).isoformat()) == []
    assert len(await found((NOW + 999 * DAY).isoformat())) == 2
    async with two.house.calling(two.provider) as http:
        for wrong in ("2026-09-01", "1788000000", "2026-09-01T10:00:00", "soon"):
            answer = await http.get("/v1/agreements", params={"ends_before": wrong})
            assert code(answer) == (400, "parameter-malformed"), wrong


async def test_an_agreement_names_its_parties_in_the_order_of_their_ids(two: Parties) -> None:
    others = [await a_partner(two.house, name) for name in ("Zebra Club", "Art Barn")]
    recipients = [others[0], two.tutors, others[1]]
    drafted = await two.drafted(recipients=recipients)
    async with two.house.calling(two.provider) as http:
        [listed] = good(await http.get("/v1/agreements"))["items"]
    names = {party["partner_id"]: party["name"] for party in drafted["parties"]}
    for told in (drafted, listed):
        assert told["recipients"] == recipients
        assert told["recipient_names"] == ["Zebra Club", names[two.tutors], "Art Barn"]
        assert told["provider_names"] == [names[each] for each in told["providers"]]


async def test_the_service_offers_templates_of_agreements(two: Parties) -> None:
    async with two.house.calling(two.recipient) as http:
        answer = await http.get("/v1/agreements/templates")
    assert len(answer.json()) == 5


async def test_the_gateway_gets_a_partners_agreements_as_the_caller_may_see_them(
    two: Parties,
) -> None:
    await two.drafted()
    stranger = principal(Role.PARTNER_ADMIN, partner_id=UUID(await a_partner(two.house, "S")))
    seen = []
    for who in (two.recipient, stranger):
        async with two.house.calling(who) as http:
            answer = await http.get(f"/internal/partners/{two.tutors}/agreements")
            seen.append([each["title"] for each in answer.json()])
    assert seen == [["Tutoring"], []]
