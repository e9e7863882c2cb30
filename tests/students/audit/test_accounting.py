"""A family reads the disclosures about its child, and stops the consent that allowed them; after a
breach the district and the operator see the data that an organization got."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.students.audit.accounting.rules import NO_STOP
from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.partners.partner import PartnerKind
from shared.contracts.students.access import Basis, Category
from shared.contracts.students.consent import ConsentChanged
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.family import (
    SYSTEM,
    TODAY,
    a_guardian,
    an_agreement,
    ask,
    eighteen,
    say,
    seen,
    themselves,
    yes,
)
from tests.students.people import (
    DISTRICT,
    OTHER_WORKER,
    PARTNER_ID,
    WORKER,
    a_class,
    a_partner,
    a_program,
    a_school,
    a_student,
    an_educator,
    engage,
)

OPERATOR = principal(Role.OPERATOR)


@pytest.fixture
async def agreed(students: House) -> House:
    """The partner is known and an agreement by consent is in force."""
    await a_partner(students)
    await an_agreement(students)
    return students


async def lines(
    students: House, caller: Principal, child: UUID, status: int = 200, **asked: Any
) -> list[dict[str, Any]]:
    address = f"/v1/students/{child}/disclosures"
    answer = await ask(students, caller, "GET", address, params=asked)
    assert answer.status_code == status, answer.text
    return list(answer.json()["items"]) if status == 200 else [answer.json()]


async def stop(
    students: House, caller: Principal, child: UUID, position: int, status: int = 201
) -> dict[str, Any]:
    address = f"/v1/students/{child}/disclosures/{position}/stop"
    answer = await ask(students, caller, "POST", address)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def of_partner(students: House, caller: Principal, child: UUID) -> dict[str, Any]:
    [line] = await lines(students, caller, child, organization_id=PARTNER_ID, outcome="released")
    return line


def test_every_basis_that_the_family_cannot_take_back_gives_the_reason_and_a_contact() -> None:
    assert set(NO_STOP) == set(Basis) - {Basis.CONSENT, Basis.DIRECTORY}


async def test_a_line_states_recipient_parts_time_basis_and_the_effect_of_stopping(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    consent = await say(agreed, mother, child, yes())
    await seen(agreed, child)
    line = await of_partner(agreed, mother, child)
    assert line["who"] == "The computer system of Riverside Tutors"
    assert (line["party"], line["organization"]) == ("organization", "Riverside Tutors")
    assert (line["times"], line["day"]) == (1, TODAY.isoformat())
    assert (line["basis"], line["consent_id"]) == ("consent", consent["id"])
    assert line["what"] == "name, grade and school"
    assert "consented" in line["why"]
    assert "Riverside Tutors" in line["stop"]
    assert line["no_stop"] is None


@promise(
    "Access and privacy",
    "A family reads the recipients of its child's record without the name of any staff.",
)
async def test_no_person_is_named_and_the_own_school_and_the_own_family_are_marked(
    agreed: House,
) -> None:
    school = await a_school(agreed)
    child = await a_student(agreed, school_id=school)
    teacher = await an_educator(agreed)
    await a_class(agreed, school, teacher, child)
    mother = await a_guardian(agreed, child)
    for viewer in (teacher, DISTRICT, mother, WORKER):
        await seen(agreed, child, viewer)
    told = await lines(agreed, mother, child)
    assert [(line["party"], line["outcome"]) for line in told] == [
        ("organization", "refused"), ("family", "released"), ("school", "released"),
        ("school", "released"),
    ]  # fmt: skip
    assert all(line["stop"] is None and line["no_stop"] for line in told)
    text = str(told)
    for viewer in (teacher, DISTRICT, mother, WORKER):
        assert str(viewer.account_id) not in text
        assert viewer.person_id is None or str(viewer.person_id) not in text
    assert "Roth" not in text


async def test_the_disclosures_to_one_organization_in_a_day_on_one_basis_are_one_line(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    await say(agreed, mother, child, yes())
    for _ in range(3):
        await seen(agreed, child)
    assert (await of_partner(agreed, mother, child))["times"] == 3


async def test_the_lines_are_read_by_pages_newest_first_and_narrowed(agreed: House) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    for _ in range(5):
        await seen(agreed, child, principal(Role.CASE_WORKER, partner_id=uuid4()))
    await say(agreed, mother, child, yes())
    await seen(agreed, child)
    whole = await lines(agreed, mother, child)
    positions = [line["position"] for line in whole]
    assert positions == sorted(positions, reverse=True)
    address, walked = f"/v1/students/{child}/disclosures?limit=2", []
    async with agreed.calling(mother) as http:
        while address:
            answer = await http.get(address)
            walked += answer.json()["items"]
            address = answer.links.get("next", {}).get("url", "")
    assert walked == whole
    assert len(await lines(agreed, mother, child, outcome="refused")) == 5
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    assert await lines(agreed, mother, child, since=tomorrow) == []


async def test_only_family_members_with_rights_and_the_district_read_the_log(
    agreed: House,
) -> None:
    school = await a_school(agreed)
    child = await a_student(agreed, school_id=school)
    teacher = await an_educator(agreed)
    await a_class(agreed, school, teacher, child)
    assert await lines(agreed, DISTRICT, child) == []
    [withheld] = await lines(agreed, teacher, child, 403)
    assert withheld["code"] == "disclosures-withheld"
    [minor] = await lines(agreed, themselves(child), child, 403)
    assert minor["code"] == "disclosures-withheld"
    restricted = await a_guardian(agreed, child, restricted=True)
    for stranger in (restricted, OTHER_WORKER):
        [hidden] = await lines(agreed, stranger, child, 404)
        [absent] = await lines(agreed, stranger, uuid4(), 404)
        assert hidden == absent
    refused = await lines(agreed, DISTRICT, child)
    assert {line["outcome"] for line in refused} == {"refused"}
    assert len(refused) == 4


async def test_from_eighteen_on_the_student_reads_the_log_and_the_parents_no_longer(
    agreed: House,
) -> None:
    child = await a_student(agreed, birth_date=eighteen())
    mother = await a_guardian(agreed, child)
    assert await lines(agreed, themselves(child), child) == []
    await lines(agreed, mother, child, 404)


@promise(
    "Access and privacy",
    "Stop takes back the ground of a disclosure, whoever else said yes.",
)
async def test_stop_takes_the_consent_back_also_against_another_parents_older_yes(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    mother, father = await a_guardian(agreed, child), await a_guardian(agreed, child)
    await say(agreed, father, child, yes(categories=["attendance"]))
    consent = await say(agreed, mother, child, yes())
    assert await seen(agreed, child) == {"identity", "attendance"}
    line = await of_partner(agreed, father, child)
    stopped = await stop(agreed, father, child, line["position"])
    assert (stopped["basis"], stopped["consent_id"]) == ("consent", consent["id"])
    assert await seen(agreed, child) == set()
    words = (await ask(agreed, DISTRICT, "GET", f"/v1/students/{child}/consents")).json()["items"]
    assert sorted(word["status"] for word in words) == ["granted", "refused", "revoked"]
    assert not any(word["holding"] for word in words)
    after = await of_partner(agreed, mother, child)
    assert (after["stop"], "ended" in after["no_stop"]) == (None, True)


@promise(
    "Access and privacy",
    "Stop takes back the ground of a disclosure, whoever else said yes.",
)
async def test_stopping_a_consent_to_a_kind_of_partners_ends_it_for_this_partner_alone(
    agreed: House,
) -> None:
    """And for all that it let this one have; the family is told exactly that."""
    another = uuid4()
    await a_partner(agreed, partner_id=another)
    await an_agreement(agreed, Category.IDENTITY, Category.ATTENDANCE, recipients=[another])
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    await say(
        agreed,
        mother,
        child,
        yes(partner_id=None, partner_kind=PartnerKind.COMMUNITY_ORGANIZATION.value),
    )
    others = principal(Role.PARTNER_SYSTEM, partner_id=another)
    for viewer in (SYSTEM, others):
        assert await seen(agreed, child, viewer) == {"identity", "attendance"}
    line = await of_partner(agreed, mother, child)
    assert "alone" in line["stop"]
    assert "The consent to other organizations of its kind stands" in line["stop"]
    stopped = await stop(agreed, mother, child, line["position"])
    assert stopped["done"] == line["stop"]
    assert await seen(agreed, child) == set()
    assert await seen(agreed, child, others) == {"identity", "attendance"}
    assert await stop(agreed, mother, child, line["position"]) == stopped


async def test_a_repeated_stop_changes_nothing(agreed: House) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    await say(agreed, mother, child, yes())
    await seen(agreed, child)
    position = (await of_partner(agreed, mother, child))["position"]
    first = await stop(agreed, mother, child, position)
    told = len(await agreed.events(ConsentChanged))
    assert await stop(agreed, mother, child, position) == first
    assert len(await agreed.events(ConsentChanged)) == told


async def test_a_stop_at_an_old_line_takes_back_a_later_yes_for_exactly_the_parts_of_that_line(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    await say(agreed, mother, child, yes())
    await seen(agreed, child)
    position = (await of_partner(agreed, mother, child))["position"]
    await stop(agreed, mother, child, position)
    await say(agreed, mother, child, yes())
    assert await seen(agreed, child) == {"identity", "attendance"}
    await stop(agreed, mother, child, position)
    assert await seen(agreed, child) == {"attendance"}


async def test_stopping_directory_information_opts_out(students: House) -> None:
    await a_partner(students)
    await an_agreement(students, Category.IDENTITY, basis=LegalBasis.DIRECTORY)
    child = await a_student(students)
    mother = await a_guardian(students, child)
    assert await seen(students, child) == {"identity"}
    position = (await of_partner(students, mother, child))["position"]
    for _ in range(2):
        assert (await stop(students, mother, child, position))["basis"] == "directory"
    assert await seen(students, child) == set()


async def test_a_disclosure_that_the_law_allows_without_the_family_cannot_be_stopped(
    students: House,
) -> None:
    await a_partner(students)
    await an_agreement(students, basis=LegalBasis.SCHOOL_OFFICIAL)
    child = await a_student(students)
    other = await a_student(students)
    mother = await a_guardian(students, child)
    await engage(students, child, await a_program(students), stage="active")
    for viewer in (DISTRICT, SYSTEM, OTHER_WORKER):
        await seen(students, child, viewer)
    for line in await lines(students, mother, child):
        problem = await stop(students, mother, child, line["position"], 409)
        assert problem["code"] == "stop-not-possible"
        assert problem["detail"] == line["no_stop"]
    await seen(students, other)
    [foreign] = await lines(students, DISTRICT, other)
    assert (await stop(students, mother, child, foreign["position"], 404))["code"] == (
        "disclosure-unknown"
    )


async def test_only_a_person_who_may_decide_for_the_child_stops_a_disclosure(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    await say(agreed, mother, child, yes())
    await seen(agreed, child)
    position = (await of_partner(agreed, mother, child))["position"]
    restricted = await a_guardian(agreed, child, restricted=True)
    await stop(agreed, restricted, child, position, 404)
    await stop(agreed, themselves(child), child, position, 409)
    await stop(agreed, WORKER, child, position, 403)
    assert await seen(agreed, child)


async def report(students: House, caller: Principal, **window: Any) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    asked = {
        "organization_id": PARTNER_ID, "from": (now - timedelta(hours=1)).isoformat(),
        "to": (now + timedelta(hours=1)).isoformat(),
    } | window  # fmt: skip
    answer = await ask(students, caller, "GET", "/v1/disclosures", params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_after_a_breach_the_log_lists_the_children_and_parts_that_the_organization_got(
    students: House,
) -> None:
    await a_partner(students)
    agreement_id = await an_agreement(students, basis=LegalBasis.SCHOOL_OFFICIAL)
    children = sorted([await a_student(students) for _ in range(3)])
    for child in children[:2]:
        await seen(students, child)
        await ask(students, SYSTEM, "GET", f"/v1/students/{child}/contacts")
    await seen(students, children[2], OTHER_WORKER)
    found = await report(students, DISTRICT)
    assert [line["student_id"] for line in found] == [str(child) for child in children[:2]]
    assert found[0]["categories"] >= ["contacts", "demographics", "enrollment", "identity"]
    assert (found[0]["times"], found[0]["bases"]) == (2, ["school_official"])
    assert found[0]["agreement_ids"] == [str(agreement_id)]
    assert await report(students, OPERATOR) == found
    assert await report(students, principal(Role.DISTRICT_ADMIN, partner_id=uuid4())) == []
    later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    assert await report(students, DISTRICT, **{"from": later}) == []
    for wrong in ("1788000000", "2026-09-01", "2026-09-01T10:00:00"):
        asked = {"organization_id": PARTNER_ID, "from": wrong, "to": later}
        answer = await ask(students, DISTRICT, "GET", "/v1/disclosures", params=asked)
        assert (answer.status_code, answer.json()["code"]) == (400, "parameter-malformed"), wrong
    for nobody in (WORKER, await a_guardian(students, children[0])):
        assert (await ask(students, nobody, "GET", "/v1/disclosures")).status_code == 403
