"""The requests of a consent form, the state of each child's answer, and the new request at 18."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.students.consent.consent_requests.actions import ask_anew
from shared.contracts.students.consent_form import FIRST_CHARACTERS, ConsentRequestChanged
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.family import (
    ASKED,
    TODAY,
    a_guardian,
    an_agreement,
    ask,
    eighteen,
    say,
    seen,
    take_back,
    themselves,
    yes,
)
from tests.students.people import (
    DISTRICT,
    OTHER_WORKER,
    PARTNER_ID,
    WORKER,
    a_partner,
    a_program,
    a_student,
    engage,
)

ADMIN = principal(Role.PARTNER_ADMIN, partner_id=PARTNER_ID)


@pytest.fixture
async def agreed(students: House) -> House:
    await a_partner(students)
    await an_agreement(students)
    return students


async def posted(
    students: House, caller: Principal, address: str, body: Any, status: int = 201
) -> Any:
    answer = await ask(students, caller, "POST", address, body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def a_form(students: House, caller: Principal = ADMIN, **known: Any) -> str:
    return str((await posted(students, caller, "/v1/consent-forms", ASKED | known))["id"])


async def asked(students: House, caller: Principal, **filters: Any) -> list[dict[str, Any]]:
    answer = await ask(students, caller, "GET", "/v1/consent-requests", params=filters)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


@promise(
    "Access and privacy",
    "One form asks once for a program's intake; the partner sees the state of each answer, not "
    "the person who gave it.",
)
async def test_one_form_asks_once_for_a_programs_intake_and_the_partner_sees_the_state(
    agreed: House,
) -> None:
    program = await a_program(agreed)
    children = [await a_student(agreed) for _ in range(3)]
    other = await a_student(agreed)
    for child in children:
        await engage(agreed, child, program)
    form = await a_form(agreed)
    address = f"/v1/consent-forms/{form}/requests"
    body = {"program_id": str(program)}
    assert await posted(agreed, ADMIN, address, body) == {"asked": 3, "known": 0}
    assert await posted(agreed, ADMIN, address, body) == {"asked": 0, "known": 3}
    mother = await a_guardian(agreed, children[0], other)
    [mine] = await asked(agreed, mother)
    assert (mine["student_id"], mine["status"]) == (str(children[0]), "open")
    answered = {"decision": "granted", "form_id": form}
    consent = await say(agreed, mother, children[0], answered)
    assert (consent["text"], consent["form_id"]) == (ASKED["text"], form)
    assert await seen(agreed, children[0], ADMIN) >= {"attendance"}
    father = await a_guardian(agreed, children[1])
    await say(agreed, father, children[1], {"decision": "refused", "form_id": form})
    stands = {each["student_id"]: each["status"] for each in await asked(agreed, WORKER)}
    assert stands == {
        str(children[0]): "granted", str(children[1]): "refused", str(children[2]): "open",
    }  # fmt: skip
    assert len(await asked(agreed, DISTRICT, status="open")) == 1
    assert await asked(agreed, OTHER_WORKER) == []
    events = [event["data"]["status"] for event in await agreed.events(ConsentRequestChanged)]
    assert events == ["open", "open", "open", "granted", "refused"]
    await take_back(agreed, mother, children[0], consent)
    assert await seen(agreed, children[0], ADMIN) >= {"identity"}
    assert "attendance" not in await seen(agreed, children[0], ADMIN)


async def test_a_request_names_its_sender_and_its_subject_in_the_forms_own_words(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    await engage(agreed, child, await a_program(agreed))
    long = "Ich stimme zu, " * 20
    of_a_kind: dict[str, Any] = {
        "partner_id": None, "partner_kind": "library", "purpose": "study", "text": long,
    }  # fmt: skip
    for asker, known in ((ADMIN, {}), (DISTRICT, of_a_kind)):
        form = await a_form(agreed, asker, **known)
        address = f"/v1/consent-forms/{form}/requests"
        await posted(agreed, asker, address, {"student_ids": [str(child)]})
    mother = await a_guardian(agreed, child)
    to_kind, to_partner = await asked(agreed, mother)
    names = ("partner_id", "partner_name", "partner_kind", "purpose", "first_words")
    assert [to_partner[name] for name in names] == [
        str(PARTNER_ID), "Riverside Tutors", None, "service", ASKED["text"],
    ]  # fmt: skip
    assert [to_kind[name] for name in names[:-1]] == [None, None, "library", "study"]
    assert len(to_kind["first_words"]) == FIRST_CHARACTERS
    assert long.startswith(to_kind["first_words"][:-1])


async def test_children_hidden_from_the_sender_of_a_request_are_answered_like_absent_ones(
    agreed: House,
) -> None:
    form = await a_form(agreed)
    child = await a_student(agreed)
    address = f"/v1/consent-forms/{form}/requests"
    hidden = await posted(agreed, ADMIN, address, {"student_ids": [str(child)]}, 404)
    assert hidden == await posted(agreed, ADMIN, address, {"student_ids": [str(uuid4())]}, 404)
    assert len(await agreed.rows("select * from disclosure where outcome = 'refused'")) == 2
    unclear = await posted(agreed, ADMIN, address, {}, 422)
    assert unclear["code"] == "asking-unclear"
    assert await posted(agreed, DISTRICT, address, {"student_ids": [str(child)]}, 404)
    own = f"/v1/consent-forms/{await a_form(agreed, DISTRICT)}/requests"
    told = await posted(agreed, DISTRICT, own, {"student_ids": [str(child)]})
    assert told == {"asked": 1, "known": 0}


async def test_an_emergency_leads_to_no_request_for_consent(agreed: House) -> None:
    program, child = await a_program(agreed), await a_student(agreed)
    reason = {"reason": "The child did not come home and nobody answers.", "hours": 4}
    await posted(agreed, ADMIN, f"/v1/students/{child}/emergency-accesses", reason)
    assert await seen(agreed, child, ADMIN) >= {"identity"}
    address = f"/v1/consent-forms/{await a_form(agreed)}/requests"
    hidden = await posted(agreed, ADMIN, address, {"student_ids": [str(child)]}, 404)
    assert hidden == await posted(agreed, ADMIN, address, {"student_ids": [str(uuid4())]}, 404)
    assert await agreed.rows("select * from consent_request") == []
    await engage(agreed, child, program)
    assert await posted(agreed, ADMIN, address, {"student_ids": [str(child)]}) == {
        "asked": 1, "known": 0,
    }  # fmt: skip


async def test_a_partner_requests_consent_for_itself_alone(agreed: House) -> None:
    for wrong in ({"partner_id": None, "partner_kind": "library"},):
        await posted(agreed, ADMIN, "/v1/consent-forms", ASKED | wrong, 403)
    await posted(agreed, DISTRICT, "/v1/consent-forms", ASKED | {"partner_kind": "library"}, 422)
    long = ASKED | {"ends_on": str(TODAY + timedelta(days=800))}
    await posted(agreed, DISTRICT, "/v1/consent-forms", long, 409)


async def test_a_consent_by_a_form_takes_all_its_words_from_the_form_and_adds_none(
    agreed: House,
) -> None:
    child = await a_student(agreed)
    mother = await a_guardian(agreed, child)
    form = await a_form(agreed)
    problem = await say(agreed, mother, child, yes(form_id=form), 422)
    assert problem["code"] == "consent-beside-form"
    gone = await say(agreed, mother, child, {"decision": "granted", "form_id": str(uuid4())}, 404)
    assert gone["code"] == "consent-form-unknown"


async def test_a_request_is_withdrawn_by_its_sender_and_lapses_by_the_clock(agreed: House) -> None:
    child, other = await a_student(agreed), await a_student(agreed)
    mother = await a_guardian(agreed, child, other)
    form = await a_form(agreed, DISTRICT)
    address = f"/v1/consent-forms/{form}/requests"
    await posted(agreed, DISTRICT, address, {"student_ids": [str(child), str(other)]})
    [one, two] = await asked(agreed, DISTRICT)
    step = f"/v1/consent-requests/{one['id']}/withdrawal"
    await posted(agreed, OTHER_ADMIN, step, None, 404)
    assert (await posted(agreed, DISTRICT, step, None))["status"] == "withdrawn"
    assert (await posted(agreed, DISTRICT, step, None, 409))["code"] == "request-not-open"
    async with agreed.database.reading() as connection:
        await connection.exec_driver_sql("update consent_form set ends_on = now()::date - 1")
    statuses = {each["id"]: each["status"] for each in await asked(agreed, mother)}
    assert statuses == {one["id"]: "withdrawn", two["id"]: "lapsed"}


OTHER_ADMIN = principal(Role.PARTNER_ADMIN, partner_id=uuid4())


async def test_papers_of_many_families_are_recorded_together_or_not_at_all(agreed: House) -> None:
    form = await a_form(agreed, DISTRICT)
    children = [await a_student(agreed) for _ in range(3)]
    parents = [await a_guardian(agreed, child) for child in children]
    items = [
        {"student_id": str(child), "given_by": str(parent.person_id), "signed_on": str(TODAY),
         "decision": "granted"}
        for child, parent in zip(children, parents, strict=True)
    ]  # fmt: skip
    address = f"/v1/consent-forms/{form}/answers"
    stranger = items[2] | {"given_by": str(uuid4())}
    problem = await posted(agreed, DISTRICT, address, {"items": [*items[:2], stranger]}, 404)
    assert problem["errors"][0]["field"] == "body.items.2"
    assert await seen(agreed, children[0]) == set()
    recorded = await posted(agreed, DISTRICT, address, {"items": items})
    assert len(recorded["consent_ids"]) == 3
    for child in children:
        assert await seen(agreed, child) == {"identity", "attendance"}
    await posted(agreed, parents[0], address, {"items": items}, 403)


@promise(
    "Access and privacy",
    "At 18 the student is asked anew for the consents that the parents had given.",
)
@pytest.mark.parametrize("by_form", [True, False])
async def test_at_18_the_student_is_asked_anew_for_the_consents_that_the_parents_gave(
    agreed: House, *, by_form: bool
) -> None:
    child = await a_student(agreed, birth_date=eighteen() + timedelta(days=1))
    mother = await a_guardian(agreed, child)
    form = await a_form(agreed, DISTRICT)
    body = {"decision": "granted", "form_id": form} if by_form else yes()
    await say(agreed, mother, child, body)
    assert await ask_anew(agreed.database) == 0
    async with agreed.database.reading() as connection:
        await connection.exec_driver_sql("update student set birth_date = birth_date - 1")
    assert await ask_anew(agreed.database) == 1
    assert await ask_anew(agreed.database) == 0
    [mine] = await asked(agreed, themselves(child))
    assert (mine["addressee"], mine["status"]) == ("student", "open")
    await say(
        agreed, themselves(child), child, {"decision": "granted", "form_id": mine["form_id"]}
    )
    [mine] = await asked(agreed, themselves(child))
    assert mine["status"] == "granted"
    assert await seen(agreed, child) == {"identity", "attendance"}


async def test_a_form_contains_nothing_about_a_child_and_is_read_by_its_id(agreed: House) -> None:
    form = await a_form(agreed)
    read = await ask(agreed, await a_guardian(agreed), "GET", f"/v1/consent-forms/{form}")
    assert read.json()["text"] == ASKED["text"]
    listed = await ask(agreed, ADMIN, "GET", "/v1/consent-forms")
    assert [UUID(each["id"]) for each in listed.json()["items"]] == [UUID(form)]
    gone = await ask(agreed, ADMIN, "GET", f"/v1/consent-forms/{uuid4()}")
    assert gone.json()["code"] == "consent-form-unknown"
