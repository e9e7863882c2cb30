"""Many children's pictures in one answer: each item is decided for its own caller, and recorded, as if
it had been asked for alone."""

import json
import logging
import random
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from shared.contracts.purpose import Purpose
from shared.contracts.students.picture import PictureParts
from shared.contracts.together import MOST_TOGETHER
from shared.core.telemetry import Lines
from shared.http.together import parted
from shared.security.grants import Category, GrantVerifier
from shared.security.principal import Principal, Role
from tests.houses import GRANT_KEYS, SIGNER, House, principal
from tests.promised import promise
from tests.students.family import a_guardian, an_agreement, ask, say, yes
from tests.students.people import (
    DISTRICT,
    OTHER_WORKER,
    PARTNER_ID,
    WORKER,
    a_leader,
    a_partner,
    a_student,
)
from tests.students.views.test_student_view_routes import a_whole_child
from tests.together import Asked, pictures, post, question, told

SYSTEM = principal(Role.PARTNER_SYSTEM, partner_id=PARTNER_ID)
GRANTS = GrantVerifier(GRANT_KEYS[1])
PATH = "/internal/pictures"
REFUSE = """
    create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'no'; end $$
"""
REFUSING = """
    create trigger full_log before insert on disclosure for each row
      when (new.student_id = '{}') execute function refuse()
"""


async def alone(students: House, caller: Principal, child: UUID) -> tuple[int, Any]:
    answer = await ask(students, caller, "GET", f"/internal/students/{child}/picture")
    body = answer.json()
    body.pop("grant", None)
    return answer.status_code, body


async def written(students: House) -> Counter[str]:
    """The rows of the log, each without its place and its time."""
    rows = await students.rows(
        "select to_jsonb(d) - array['position', 'at', 'seq', 'hash'] as row from disclosure d"
    )
    return Counter(json.dumps(row["row"], sort_keys=True) for row in rows)


async def a_world(students: House) -> tuple[list[Principal], list[UUID]]:
    """Callers of each kind, and children that some of them may know of, one that is absent, and one
    on whose record the family has a statement."""
    child, teacher, _ = await a_whole_child(students)
    another, other_teacher, _ = await a_whole_child(students)
    mother = await a_guardian(students, child)
    await an_agreement(students)
    await say(students, mother, child, yes())
    await an_agreement(
        students, Category.IDENTITY, Category.ATTENDANCE, purpose=Purpose.EVALUATION
    )
    [row] = await students.rows("select school_id from student where id = :id", id=child)
    callers = [
        DISTRICT, teacher, other_teacher, mother, WORKER, OTHER_WORKER, SYSTEM,
        await a_leader(students, row["school_id"]),
        SYSTEM.model_copy(update={"purpose": Purpose.EVALUATION}),
        principal(Role.STUDENT, partner_id=DISTRICT.partner_id, person_id=child),
        principal(Role.GUARDIAN, partner_id=DISTRICT.partner_id, person_id=uuid4()),
        principal(Role.DISTRICT_ADMIN, partner_id=uuid4()),
        principal(Role.BACKBONE, partner_id=uuid4()),
    ]  # fmt: skip
    return callers, [child, another, await a_student(students), uuid4()]


@promise(
    "Access and privacy",
    "Whoever is asked for together with others is told what they would be told alone.",
)
async def test_random_batches_of_mixed_callers_are_answered_as_each_would_be_alone(
    students: House,
) -> None:
    callers, children = await a_world(students)
    every = [(caller, child) for caller in callers for child in children]
    expected, rows = {}, {}
    for caller, child in every:
        before = await written(students)
        expected[caller, child] = await alone(students, caller, child)
        rows[caller, child] = await written(students) - before
    assert {status for status, _ in expected.values()} == {200, 403, 404}

    chance = random.Random(12)
    for size in (1, 2, 17, MOST_TOGETHER):
        asked = [chance.choice(every) for _ in range(size)]
        before = await written(students)
        assert await pictures(students, asked) == [expected[each] for each in asked]
        assert await written(students) - before == sum((rows[each] for each in asked), Counter())


async def test_every_answer_for_every_role_is_of_the_form_of_the_contract(students: House) -> None:
    callers, children = await a_world(students)
    answers = await pictures(students, [(c, child) for c in callers for child in children])
    good = [body for status, body in answers if status == 200]
    assert len(good) > len(callers)
    for body in good:
        body.pop("withheld")
        assert json.loads(PictureParts.model_validate(body).model_dump_json()) == body


@promise(
    "Access and privacy",
    "A hidden child and an absent one are answered alike, to the byte, and leave the same behind.",
)
async def test_hidden_and_absent_are_alike_among_others_too(students: House) -> None:
    child, _, _ = await a_whole_child(students)
    stranger = principal(Role.EDUCATOR, person_id=uuid4())
    asked = question(students, [(stranger, child), (DISTRICT, child), (stranger, uuid4())])
    answer = await post(students, PATH, asked)
    (hidden, seen, absent), head = parted(answer.content)
    assert (hidden.status, seen.status, hidden) == (404, 200, absent)
    assert set(GRANTS.grants(head["grants"])) == {1}
    rows = await students.rows(
        "select outcome, categories, student_id from disclosure where account_id = :id",
        id=stranger.account_id,
    )  # fmt: skip
    assert [(row["outcome"], row["categories"]) for row in rows] == [("refused", [])] * 2


@promise(
    "Access and privacy",
    "A suspension or an early end of an agreement closes reads within a second, also while no "
    "event is heard.",
)
async def test_the_agreements_that_are_closed_to_one_caller_are_closed_in_its_items_alone(
    students: House,
) -> None:
    await a_partner(students)
    agreement = await an_agreement(students)
    child = await a_student(students)
    await say(students, await a_guardian(students, child), child, yes())
    closed = SYSTEM.model_copy(update={"closed_agreements": frozenset({agreement})})
    answers = await pictures(students, [(SYSTEM, child), (closed, child), (SYSTEM, child)])
    assert [status for status, _ in answers] == [200, 404, 200]


async def test_each_grant_of_the_one_token_is_what_the_caller_would_be_given_alone(
    students: House,
) -> None:
    child, teacher, class_id = await a_whole_child(students)
    asked: Asked = [(teacher, child), (WORKER, child), (teacher, uuid4()), (DISTRICT, child)]
    answer = await post(students, PATH, question(students, asked))
    _, head = parted(answer.content)
    grants = GRANTS.grants(head["grants"])
    assert set(grants) == {0, 1, 3}
    assert (grants[0].class_ids, grants[1].class_ids) == ((class_id,), ())
    for n, grant in grants.items():
        caller, of = asked[n]
        single = await ask(students, caller, "GET", f"/internal/students/{of}/picture")
        assert grant == GRANTS.grant(single.json()["grant"])


@promise(
    "Access and privacy",
    "Where the log cannot be written, nothing is disclosed and nothing changes.",
)
async def test_a_batch_of_which_one_row_of_the_log_cannot_be_written_tells_nothing(
    students: House,
) -> None:
    child, teacher, _ = await a_whole_child(students)
    bad = await a_student(students)
    before = await written(students)
    everybody: Asked = [(DISTRICT, child), (teacher, child), (DISTRICT, bad)]
    async with students.database.transaction() as session:
        await session.execute(text(REFUSE))
        await session.execute(text(REFUSING.format(bad)))
    try:
        answer = await post(students, PATH, question(students, everybody))
        rows = await written(students)
        apart = [await post(students, PATH, question(students, [each])) for each in everybody]
    finally:
        async with students.database.transaction() as session:
            await session.execute(text("drop trigger full_log on disclosure"))
            await session.execute(text("drop function refuse"))
    assert (answer.status_code, answer.json()["code"]) == (503, "record-unwritable")
    assert rows == before
    assert [each.status_code for each in apart] == [200, 200, 503]


async def test_an_item_whose_caller_is_not_believed_or_may_not_ask_refuses_no_other(
    students: House,
) -> None:
    child, _, _ = await a_whole_child(students)
    backbone = principal(Role.BACKBONE, partner_id=uuid4())
    asked = question(students, [(DISTRICT, child), (backbone, child), (WORKER, child)])
    asked["callers"][2] = SIGNER.token(WORKER, "outcomes")
    answers = await told(students, PATH, asked)
    assert [status for status, _ in answers] == [200, 403, 401]
    assert [body.get("code") for _, body in answers[1:]] == [
        "permission-missing", "principal-refused",
    ]  # fmt: skip
    rows = await students.rows("select distinct account_id from disclosure")
    assert [row["account_id"] for row in rows] == [DISTRICT.account_id]


@pytest.mark.parametrize("many", [0, MOST_TOGETHER + 1])
async def test_more_than_a_question_may_hold_and_none_are_refused(
    students: House, many: int
) -> None:
    asked = question(students, [(DISTRICT, uuid4())] * many)
    answer = await post(students, PATH, asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "body-malformed")


async def test_an_item_must_name_one_of_the_callers(students: House) -> None:
    asked = question(students, [(DISTRICT, uuid4())])
    asked["items"][0]["caller"] = 1
    answer = await post(students, PATH, asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "body-malformed")


async def test_each_child_and_caller_has_a_line_of_the_log_in_the_trace_of_its_request(
    students: House, caplog: pytest.LogCaptureFixture
) -> None:
    child, teacher, _ = await a_whole_child(students)
    absent = uuid4()
    asked = question(students, [(teacher, child), (DISTRICT, absent)])
    traces = ["0af7651916cd43dd8448eb211c80319c", "1af7651916cd43dd8448eb211c80319c"]
    for item, trace in zip(asked["items"], traces, strict=True):
        item["traceparent"] = f"00-{trace}-b7ad6b7169203331-01"
    with caplog.at_level(logging.INFO, "request"):
        caplog.handler.setFormatter(Lines("students"))
        caplog.clear()  # what was said until now had another form
        await post(students, PATH, asked)
    lines = [json.loads(line) for line in caplog.text.splitlines()]
    of_items = [line for line in lines if line["about"]]
    assert [
        (line["about"], line["status"], line["code"], line["caller"], line["role"], line["trace"])
        for line in of_items
    ] == [
        ({"student_id": str(child)}, 200, None, str(teacher.account_id), "educator", traces[0]),
        ({"student_id": str(absent)}, 404, "student-unknown", str(DISTRICT.account_id),
         "district_admin", traces[1]),
    ]  # fmt: skip
