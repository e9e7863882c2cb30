"""A family's consent, refusal and withdrawal over HTTP, and the parts that a partner then gets."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.students.consent import ConsentChanged
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.family import (
    ASKED,
    SYSTEM,
    TODAY,
    a_guardian,
    an_agreement,
    ask,
    eighteen,
    no,
    paper,
    say,
    seen,
    take_back,
    themselves,
    yes,
)
from tests.students.people import (
    DISTRICT,
    DISTRICT_ID,
    PARTNER_ID,
    WORKER,
    a_partner,
    a_program,
    a_student,
    engage,
)

TOLD = {"identity", "attendance"}


@pytest.fixture
async def agreed(students: House) -> House:
    """The partner is known and an agreement by consent is in force."""
    await a_partner(students)
    await an_agreement(students)
    return students


async def test_a_guardians_consent_opens_the_parts_it_names_and_its_withdrawal_closes_them(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    assert await seen(agreed, child) == set()
    consent = await say(agreed, mother, child, yes())
    assert (consent["status"], consent["holding"]) == ("granted", ["identity", "attendance"])
    assert consent["given_by"] == str(mother.person_id)
    assert await seen(agreed, child) == TOLD
    taken = await take_back(agreed, mother, child, consent)
    assert (taken["status"], taken["holding"], taken["version"]) == ("revoked", [], 2)
    assert await seen(agreed, child) == set()
    told = [event["data"]["status"] for event in await agreed.events(ConsentChanged)]
    assert told == ["granted", "revoked"]


async def test_an_answer_states_its_purpose_its_basis_and_the_permitted_further_recipients(
    students: House,
) -> None:
    library = uuid4()
    await a_partner(students)
    agreement = await an_agreement(students, redisclosure_to=[library])
    child = await a_student(students)
    mother = await a_guardian(students, child)
    consent = await say(students, mother, child, yes())
    told = (await ask(students, SYSTEM, "GET", f"/v1/students/{child}")).json()["access"]
    assert told["purpose"] == "service"
    for clause in told["released"]:
        assert (clause["agreement_id"], clause["consent_id"]) == (f"{agreement}", consent["id"])
        assert clause["further_parties"] == [f"{library}"]


@promise(
    "Access and privacy",
    "An answer that follows from consents or from the caller is never confirmed from a copy, "
    "nor kept.",
)
async def test_a_copy_from_before_the_consent_ended_is_never_confirmed_as_current(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    await say(agreed, mother, child, yes(categories=["identity"]))
    consent = await say(agreed, mother, child, yes(categories=["attendance"]))
    address = f"/v1/students/{child}"
    copy = await ask(agreed, SYSTEM, "GET", address)
    await take_back(agreed, mother, child, consent)
    for known in (copy.headers["etag"], "*"):
        again = await ask(agreed, SYSTEM, "GET", address, headers={"If-None-Match": known})
        assert again.status_code == 200
        told = {clause["category"] for clause in again.json()["access"]["released"]}
        assert told == {"identity"}
        assert again.headers["cache-control"] == "no-store"


async def test_a_consent_gives_the_name_of_its_partner(agreed: House) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    consent = await say(agreed, mother, child, yes())
    of_a_kind = {"partner_id": None, "partner_kind": "library"}
    await say(agreed, mother, child, yes(**of_a_kind))
    assert consent["partner_name"] == "Riverside Tutors"
    named = [each["partner_name"] for each in await listed(agreed, mother, child)]
    assert named == [None, "Riverside Tutors"]


@promise(
    "Access and privacy",
    "Anybody who has rights today takes a consent back, and from then on nothing is disclosed "
    "under it.",
)
async def test_either_parent_takes_a_consent_back_and_either_later_consents_again(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    mother, father = await a_guardian(agreed, child), await a_guardian(agreed, child)
    consent = await say(agreed, mother, child, yes())
    taken = await take_back(agreed, father, child, consent)
    assert taken["revoked_by"] == str(father.person_id)
    assert await seen(agreed, child) == set()
    await say(agreed, father, child, yes())
    assert await seen(agreed, child) == TOLD


async def test_a_refusal_blocks_the_other_parents_earlier_yes(agreed: House) -> None:
    child = await a_student(agreed)
    mother, father = await a_guardian(agreed, child), await a_guardian(agreed, child)
    await say(agreed, mother, child, yes())
    await say(agreed, father, child, no(categories=["attendance"]))
    assert await seen(agreed, child) == {"identity"}
    [refused, granted] = await listed(agreed, mother, child)
    assert (refused["status"], refused["holding"]) == ("refused", [])
    assert granted["holding"] == ["identity"]


async def test_a_second_withdrawal_changes_nothing_and_a_refusal_cannot_be_withdrawn(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    consent = await say(agreed, mother, child, yes())
    first = await take_back(agreed, mother, child, consent)
    assert await take_back(agreed, mother, child, consent) == first
    refused = await say(agreed, mother, child, no())
    problem = await take_back(agreed, mother, child, refused, 409)
    assert problem["code"] == "consent-refused"


@promise("Access and privacy", "A consent that lacks any of its elements is none.")
async def test_a_consent_that_lacks_any_of_its_elements_is_refused(agreed: House) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    for name in ASKED:
        body = {key: value for key, value in yes().items() if key != name}
        problem = await say(agreed, mother, child, body, 422)
        assert problem["code"] == "consent-incomplete"
        assert [error["field"] for error in problem["errors"]] == [f"body.{name}"]
        assert "form_id" in problem["detail"]  # which brings what is missing
    both = await say(agreed, mother, child, yes(partner_kind="library"), 422)
    assert both["code"] == "consent-party"
    assert not await agreed.events(ConsentChanged)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"categories": []}, 422),
        ({"categories": ["identity", "identity"]}, 422),
        ({"categories": ["everything"]}, 422),
        ({"purpose": "family"}, 422),
        ({"language": "not a language"}, 422),
        ({"text": "short"}, 422),
        ({"ends_on": str(TODAY - timedelta(days=1))}, 409),
        ({"ends_on": str(TODAY + timedelta(days=732))}, 409),
        ({"partner_id": str(uuid4())}, 404),
    ],
)
async def test_a_consent_with_terms_that_no_consent_may_have_is_refused(
    agreed: House, wrong: dict[str, Any], status: int
) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    await say(agreed, mother, child, yes(**wrong), status)


async def test_the_district_records_a_paper_that_a_person_with_rights_signed(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    consent = await say(agreed, DISTRICT, child, paper(mother.person_id))
    assert (consent["method"], consent["given_by"]) == ("paper", str(mother.person_id))
    assert consent["recorded_by"] == str(DISTRICT.account_id)
    assert await seen(agreed, child) == TOLD
    signing = {"given_by": str(mother.person_id), "method": "paper", "signed_on": str(TODAY)}
    await take_back(agreed, DISTRICT, child, consent, **signing)
    assert await seen(agreed, child) == set()


async def test_a_paper_never_overrides_a_refusal_that_is_later_than_its_signature(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    await say(agreed, mother, child, no())
    old = await say(agreed, DISTRICT, child, paper(mother.person_id), 409)
    assert old["code"] == "refused-since"
    ahead = paper(mother.person_id, TODAY + timedelta(days=2))
    assert (await say(agreed, DISTRICT, child, ahead, 409))["code"] == "signed-in-future"


async def test_the_district_does_not_decide_for_the_family_and_the_family_records_no_paper(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    problem = await say(agreed, DISTRICT, child, yes(), 422)
    fields = {error["field"] for error in problem["errors"]}
    assert fields == {"body.given_by", "body.method", "body.signed_on"}
    problem = await say(agreed, mother, child, paper(uuid4()), 422)
    assert {error["field"] for error in problem["errors"]} == fields


async def test_a_caller_without_rights_is_refused_with_the_reason(agreed: House) -> None:
    child = await a_student(agreed)
    held = await a_guardian(agreed, child, restricted=True)
    aunt = await a_guardian(agreed, child, legal="no")
    grown = await a_student(agreed, birth_date=eighteen())
    mother = await a_guardian(agreed, grown)
    for who, of, code in (
        (held.person_id, child, "contact-restricted"),
        (aunt.person_id, child, "not-legal-guardian"),
        (child, child, "student-not-eligible"),
        (mother.person_id, grown, "rights-with-student"),
    ):
        problem = await say(agreed, DISTRICT, of, paper(who), 409)
        assert problem["code"] == code
    assert (await say(agreed, themselves(child), child, yes(), 409))["code"] == (
        "student-not-eligible"
    )


async def test_a_caller_who_may_not_know_of_the_child_is_answered_as_if_it_were_absent_and_logged(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    strangers = [
        await a_guardian(agreed, child, restricted=True),
        await a_guardian(agreed, child, legal="unknown"),
        await a_guardian(agreed),
        principal(Role.DISTRICT_ADMIN, partner_id=uuid4()),
    ]
    for caller in strangers:
        hidden = await say(agreed, caller, child, yes(), 404)
        assert hidden == await say(agreed, caller, uuid4(), yes(), 404)
        address = f"/v1/students/{child}/consents"
        assert (await ask(agreed, caller, "GET", address)).status_code == 404
    refused = await agreed.rows("select * from disclosure where outcome = 'refused'")
    assert len(refused) == 3 * len(strangers)


async def test_staff_give_no_consent_for_a_family(agreed: House) -> None:
    child = await a_student(agreed)
    for role in (Role.EDUCATOR, Role.CASE_WORKER, Role.PARTNER_ADMIN, Role.PARTNER_SYSTEM):
        caller = principal(role, partner_id=DISTRICT_ID, person_id=uuid4())
        await say(agreed, caller, child, yes(), 403)


@promise("Access and privacy", "At 18 the parents' consents lapse and the student's own count.")
async def test_at_18_the_parents_consent_lapses_and_the_students_own_counts(agreed: House) -> None:
    child = await a_student(agreed, birth_date=eighteen() + timedelta(days=1))
    mother = await a_guardian(agreed, child)
    consent = await say(agreed, mother, child, yes())
    assert await seen(agreed, child) == TOLD
    async with agreed.database.reading() as connection:
        await connection.exec_driver_sql("update student set birth_date = birth_date - 1")
    assert await seen(agreed, child) == set()
    address = f"/v1/students/{child}/consents/{consent['id']}"
    told = (await ask(agreed, themselves(child), "GET", address)).json()
    assert (told["status"], told["holding"]) == ("granted", [])
    await say(agreed, mother, child, yes(), 404)
    await say(agreed, themselves(child), child, yes())
    assert await seen(agreed, child) == TOLD


async def test_a_partner_reads_the_consents_that_name_it_without_the_names_of_their_givers(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    await engage(agreed, child, await a_program(agreed))
    await say(agreed, mother, child, yes())
    kind = {"partner_id": None, "partner_kind": "community_organization"}
    await say(agreed, mother, child, yes(**kind, purpose="coordination"))
    await say(agreed, mother, child, yes(partner_id=None, partner_kind="library"))
    read = await listed(agreed, WORKER, child)
    assert [word["purpose"] for word in read] == ["coordination", "service"]
    for word in read:
        assert word["given_by"] is word["recorded_by"] is word["revoked_by"] is None
    everything = await listed(agreed, mother, child)
    assert len(everything) == 3
    [library] = [word for word in everything if word["partner_kind"] == "library"]
    address = f"/v1/students/{child}/consents/{library['id']}"
    assert (await ask(agreed, WORKER, "GET", address)).json()["code"] == "consent-unknown"
    assert (await ask(agreed, SYSTEM, "GET", address)).status_code == 404


async def test_consents_are_found_by_status_and_by_the_partner_they_name(agreed: House) -> None:
    child, strange = await a_student(agreed), uuid4()
    await a_partner(agreed, "Night Shelter", strange)
    mother = await a_guardian(agreed, child)
    granted = await say(agreed, mother, child, yes())
    refused = await say(agreed, mother, child, no(partner_id=str(strange)))
    of_a_kind = {"partner_id": None, "partner_kind": "community_organization"}
    to_kind = await say(agreed, mother, child, yes(**of_a_kind))

    async def found(caller: Principal, **asked: str) -> list[str]:
        address = f"/v1/students/{child}/consents"
        answer = await ask(agreed, caller, "GET", address, params=asked)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    assert await found(mother, status="granted") == [to_kind["id"], granted["id"]]
    assert await found(mother, status="refused") == [refused["id"]]
    assert await found(mother, partner_id=str(PARTNER_ID)) == [granted["id"]]
    assert await found(mother, status="refused", partner_id=str(PARTNER_ID)) == []
    assert await found(SYSTEM, partner_id=str(strange)) == []
    assert await found(SYSTEM, status="granted") == [to_kind["id"], granted["id"]]


async def test_each_decision_is_later_than_the_one_before_it(agreed: House) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    async with agreed.database.reading() as connection:
        consent = await say(agreed, mother, child, yes())
        ahead = "update consent set decided_at = now() + interval '1 hour'"
        await connection.exec_driver_sql(ahead)
    taken = await take_back(agreed, mother, child, consent)
    again = await say(agreed, mother, child, yes())
    assert again["decided_at"] > taken["decided_at"]
    assert await seen(agreed, child) == TOLD


async def listed(students: House, caller: Any, child: Any) -> list[dict[str, Any]]:
    answer = await ask(students, caller, "GET", f"/v1/students/{child}/consents")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])
