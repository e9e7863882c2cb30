"""Retractions from partners: named, at once, with a receipt requested and given."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.students.access.reevaluations import actions as reevaluations
from services.students.lifecycle.retention.actions import enforce
from shared.contracts.partners.agreement import AgreementStatus, LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.consent import ConsentStatus
from shared.contracts.students.erasure import DataClass
from shared.contracts.students.student import StudentRostered, StudentStatus
from shared.security.principal import Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.people import (
    DISTRICT,
    PARTNER_ID,
    WORKER,
    a_partner,
    a_program,
    engage,
    move,
)
from tests.students.sharing.test_sharing import measure
from tests.students.streams import (
    NOW,
    TODAY,
    a_family,
    agree,
    attend,
    consent,
    in_short,
    listen,
    revoke,
    stop_listening,
    told,
)

SYSTEM = principal(Role.PARTNER_SYSTEM, partner_id=PARTNER_ID)
BACKBONE = principal(Role.BACKBONE)


async def told_of_a_child(students: House) -> tuple[UUID, Any]:
    """A child of whom the partner was told attendance under a consent."""
    await listen(students)
    await agree(students)
    child, guardian = await a_family(students)
    word = await consent(students, child, guardian)
    await attend(students, child)
    assert in_short(await told(students)) == ["attendance"]
    return child, word


async def roster(students: House, child: UUID) -> None:
    await students.hear(
        StudentRostered(
            student_id=child, school_id=None, grade=None, status=StudentStatus.ACTIVE
        ),
    )  # fmt: skip


async def change(students: House, sql: str, **named: Any) -> None:
    async with students.database.transaction() as session:
        await session.execute(text(sql), named)


async def tick(students: House, now: datetime) -> None:
    async with students.database.transaction() as session:
        await reevaluations.look_at_clock(session, now)


async def listed(students: House, caller: Any, **asked: str) -> list[dict[str, Any]]:
    async with students.calling(caller) as http:
        answer = await http.get("/v1/retractions", params=asked)
        return list(answer.json()["items"])


async def test_a_revocation_takes_back_the_parts_that_were_published_and_requests_a_receipt(
    students: House,
) -> None:
    child, word = await told_of_a_child(students)
    await revoke(students, word)
    [event] = await told(students)
    [row] = await students.rows("select * from retraction")
    assert (event["type"], event["why"]) == ("students.sharing.retracted.v1", "revoked")
    assert (event["student_id"], event["categories"]) == (str(child), ["attendance"])
    assert (event["retraction_id"], event["version"]) == (str(row["id"]), 2)
    assert row["receipt_due"] - row["retracted_at"] == timedelta(days=30)


async def test_after_a_revocation_nothing_more_is_disclosed(students: House) -> None:
    child, word = await told_of_a_child(students)
    await revoke(students, word)
    await attend(students, child, 2)
    assert in_short(await told(students)) == ["-attendance"]


async def test_a_refusal_by_anybody_takes_back_the_parts_too(students: House) -> None:
    child, word = await told_of_a_child(students)
    await consent(students, child, word.given_by, status=ConsentStatus.REFUSED)
    assert in_short(await told(students)) == ["-attendance"]


async def test_the_parts_that_the_partner_may_still_have_are_disclosed_again(
    students: House,
) -> None:
    child, word = await told_of_a_child(students)
    await agree(students, Category.IDENTITY, basis=LegalBasis.STUDIES, purpose=Purpose.STUDY)
    await roster(students, child)
    assert in_short(await told(students)) == ["attendance", "identity"]
    await revoke(students, word)
    assert in_short(await told(students)) == ["-attendance", "identity*"]


@pytest.mark.parametrize(
    "status", [AgreementStatus.SUSPENDED, AgreementStatus.ENDED, AgreementStatus.EXPIRED]
)
async def test_the_stop_of_an_agreement_takes_back_the_parts_it_opened(
    students: House, status: AgreementStatus
) -> None:
    await listen(students)
    agreement = await agree(students, basis=LegalBasis.STUDIES, purpose=Purpose.STUDY)
    child, _ = await a_family(students)
    await attend(students, child)
    assert in_short(await told(students)) == ["attendance"]
    said = agreement.model_dump(exclude={"status", "categories"})
    await agree(students, *agreement.categories, **said, status=status)
    [event] = await told(students)
    assert (in_short([event]), event["why"]) == (["-attendance"], "ended")
    await agree(students, *agreement.categories, **said, status=AgreementStatus.IN_FORCE)
    assert in_short(await told(students)) == ["-attendance", "attendance*"]


async def test_an_agreement_that_no_longer_names_the_partner_takes_back_the_parts_it_opened(
    students: House,
) -> None:
    await listen(students)
    agreement = await agree(students, basis=LegalBasis.STUDIES, purpose=Purpose.STUDY)
    child, _ = await a_family(students)
    await attend(students, child)
    assert in_short(await told(students)) == ["attendance"]
    said = agreement.model_dump(exclude={"recipients", "categories"})
    await agree(students, *agreement.categories, **said, recipients=[uuid4()])
    assert in_short(await told(students)) == ["-attendance"]


@promise(
    "Access and privacy",
    "Whatever ends a partner's ground takes back the parts disclosed under it, by the clock too.",
)
async def test_an_agreement_ends_by_the_clock_without_an_event(students: House) -> None:
    await listen(students)
    await agree(students, basis=LegalBasis.STUDIES, purpose=Purpose.STUDY)
    child, _ = await a_family(students)
    await attend(students, child)
    assert in_short(await told(students)) == ["attendance"]
    await tick(students, datetime.now(UTC))
    await change(students, "update known_agreement set ends_at = now()")
    await tick(students, datetime.now(UTC) + timedelta(seconds=1))
    assert in_short(await told(students)) == ["-attendance"]


async def test_a_consent_ends_with_its_last_day(students: House) -> None:
    await told_of_a_child(students)
    yesterday = TODAY - timedelta(days=1)
    await tick(students, NOW - timedelta(days=1))
    await change(students, "update consent set ends_on = :day", day=yesterday)
    await tick(students, NOW)
    assert in_short(await told(students)) == ["-attendance"]


async def test_a_parents_consent_ends_when_the_child_comes_of_age(students: House) -> None:
    child, _ = await told_of_a_child(students)
    await tick(students, NOW - timedelta(days=1))
    born = TODAY.replace(year=TODAY.year - 18, day=min(TODAY.day, 28))
    await change(students, "update student set birth_date = :born", born=born)
    await tick(students, NOW + timedelta(days=0 if TODAY.day <= 28 else 3))
    if TODAY.day > 28:
        await reviewed(students, child)
    assert in_short(await told(students)) == ["-attendance"]


async def reviewed(students: House, child: UUID) -> None:
    async with students.database.transaction() as session:
        await reevaluations.review_children(session, [child])


async def test_an_opt_out_takes_back_directory_information(students: House) -> None:
    await listen(students)
    await agree(students, Category.IDENTITY, basis=LegalBasis.DIRECTORY)
    child, _ = await a_family(students)
    await roster(students, child)
    assert in_short(await told(students)) == ["identity"]
    await change(students, "update student set directory_opt_out = true")
    await roster(students, child)
    [event] = await told(students)
    assert (in_short([event]), event["why"]) == (["-identity"], "revoked")


async def test_an_ended_engagement_takes_back_the_name_and_leaves_the_partner_its_own_records(
    students: House,
) -> None:
    await listen(students)
    child, _ = await a_family(students)
    made = await engage(students, child, await a_program(students), stage="active")
    await roster(students, child)
    assert in_short(await told(students)) == ["identity"]
    await move(students, made, "completed")
    await roster(students, child)
    [event] = await told(students)
    assert (in_short([event]), event["why"]) == (["-identity"], "ended")


@promise(
    "Access and privacy",
    "Whatever ends a partner's ground takes back the parts disclosed under it, by the clock too.",
)
async def test_a_class_of_data_whose_period_is_over_is_taken_back_although_the_rest_stays(
    students: House,
) -> None:
    """A class of data that leaves by its period; what stays open is told again, what is gone has
    no history any more, and what happens later is told."""
    await listen(students)
    await agree(students, Category.ATTENDANCE, Category.MEASURES)
    child, guardian = await a_family(students)
    await consent(students, child, guardian, Category.ATTENDANCE, Category.MEASURES)
    await attend(students, child)
    await measure(students, child)
    assert in_short(await told(students)) == ["attendance", "measures"]
    await change(students, "update student set status = 'left'")
    days = dict.fromkeys(DataClass, 1_000) | {DataClass.ATTENDANCE: 10}
    await enforce(students.database, days, NOW)
    assert await enforce(students.database, days, NOW + timedelta(11)) == 1
    events = await told(students)
    assert in_short(events) == ["-attendance", "measures*"]
    assert events[0]["why"] == "destroyed"
    await attend(students, child, 2)
    assert in_short(await told(students))[2:] == ["attendance"]
    [retraction] = await listed(students, SYSTEM)
    assert retraction["categories"] == ["attendance"]


async def test_a_destroyed_record_is_taken_back_as_a_whole(students: House) -> None:
    child, _ = await told_of_a_child(students)
    await change(students, "delete from consent")
    await change(students, "delete from student_contact")
    await change(students, "delete from student")
    await reviewed(students, child)
    [event] = await told(students)
    assert (in_short([event]), event["why"]) == (["-attendance"], "destroyed")
    assert await students.rows("select 1 from held") == []
    assert len(await listed(students, SYSTEM, open="true")) == 1


async def test_a_partner_that_no_longer_listens_gets_no_message_but_owes_a_receipt(
    students: House,
) -> None:
    child, word = await told_of_a_child(students)
    await stop_listening(students)
    await revoke(students, word)
    assert await told(students) == []
    [open_one] = await listed(students, SYSTEM, open="true")
    assert (open_one["student_id"], open_one["why"]) == (str(child), "revoked")


async def test_a_partner_that_listens_again_gets_the_whole_history_again(students: House) -> None:
    await told_of_a_child(students)
    await stop_listening(students)
    assert await told(students) == []
    await listen(students)
    assert in_short(await told(students)) == ["attendance*"]


async def receipt(
    students: House, caller: Any, id: str, **said: Any
) -> tuple[int, dict[str, Any]]:
    body = {"categories": ["attendance"], "deleted_at": datetime.now(UTC).isoformat()} | said
    async with students.calling(caller) as http:
        answer = await http.post(f"/v1/retractions/{id}/receipt", json=body)
        return answer.status_code, answer.json()


@promise(
    "Access and privacy",
    "A partner is asked for the receipt of a retraction until it gives it.",
)
async def test_a_receipt_closes_the_retraction_once(students: House) -> None:
    await a_partner(students)
    _, word = await told_of_a_child(students)
    await revoke(students, word)
    await told(students)
    [waiting] = await listed(students, SYSTEM, open="true")
    status, closed = await receipt(students, SYSTEM, waiting["id"])
    assert (status, closed["received_at"] is not None) == (201, True)
    assert waiting["partner_name"] == closed["partner_name"] == "Riverside Tutors"
    assert await listed(students, SYSTEM, open="true") == []
    assert len(await listed(students, SYSTEM)) == 1
    assert (await receipt(students, SYSTEM, waiting["id"]))[1]["code"] == "receipt-given"


async def test_a_receipt_confirms_that_all_was_deleted_and_gives_the_date(students: House) -> None:
    _, word = await told_of_a_child(students)
    await revoke(students, word)
    await told(students)
    [waiting] = await listed(students, SYSTEM)
    ahead = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    _, partly = await receipt(students, SYSTEM, waiting["id"], categories=["identity"])
    _, early = await receipt(students, SYSTEM, waiting["id"], deleted_at=ahead)
    assert (partly["code"], early["code"]) == ("receipt-incomplete", "deletion-ahead")


async def test_a_receipt_dated_before_its_retraction_is_refused_with_the_field_named(
    students: House,
) -> None:
    _, word = await told_of_a_child(students)
    await revoke(students, word)
    await told(students)
    [waiting] = await listed(students, SYSTEM)
    retracted_at = datetime.fromisoformat(waiting["retracted_at"])
    before = (retracted_at - timedelta(seconds=1)).isoformat()
    status, problem = await receipt(students, SYSTEM, waiting["id"], deleted_at=before)
    assert (status, problem["code"]) == (400, "deletion-before-retraction")
    assert problem["errors"][0]["field"] == "body.deleted_at"
    assert await listed(students, SYSTEM, open="true") == [waiting]
    whole = retracted_at.replace(microsecond=0).isoformat()  # of a system that counts seconds
    assert (await receipt(students, SYSTEM, waiting["id"], deleted_at=whole))[0] == 201


@promise(
    "Access and privacy",
    "A receipt is corrected openly: what it said before stays readable beside it.",
)
async def test_a_receipt_is_corrected_and_shows_what_it_said_before(students: House) -> None:
    _, word = await told_of_a_child(students)
    await revoke(students, word)
    await told(students)
    [waiting] = await listed(students, SYSTEM)
    now, address = datetime.now(UTC), f"/v1/retractions/{waiting['id']}/receipt/correction"
    async with students.calling(SYSTEM) as http:
        none = await http.post(address, json={"deleted_at": now.isoformat()})
        _, first = await receipt(students, SYSTEM, waiting["id"], deleted_at=now.isoformat())
        ahead = await http.post(address, json={"deleted_at": (now + timedelta(1)).isoformat()})
        early = await http.post(address, json={"deleted_at": (now - timedelta(1)).isoformat()})
        later = (now + timedelta(microseconds=1)).isoformat()
        corrected = await http.post(address, json={"deleted_at": later})
    async with students.calling(principal(Role.PARTNER_SYSTEM, partner_id=uuid4())) as http:
        hidden = await http.post(address, json={"deleted_at": later})
    assert [answer.json()["code"] for answer in (none, ahead, early, hidden)] == [
        "receipt-missing", "deletion-ahead", "deletion-before-retraction", "retraction-unknown",
    ]  # fmt: skip
    assert corrected.status_code == 201, corrected.text
    assert datetime.fromisoformat(corrected.json()["deleted_at"]) == datetime.fromisoformat(later)
    said = {name: first[name] for name in ("deleted_at", "received_at")}
    for caller in (SYSTEM, DISTRICT):
        [seen] = await listed(students, caller)
        assert seen["earlier_receipts"] == [said]


async def test_another_partners_retraction_looks_like_an_absent_one(students: House) -> None:
    _, word = await told_of_a_child(students)
    await revoke(students, word)
    await told(students)
    [waiting] = await listed(students, SYSTEM)
    other = principal(Role.PARTNER_SYSTEM, partner_id=uuid4())
    assert await listed(students, other) == []
    hidden = await receipt(students, other, waiting["id"])
    absent = await receipt(students, other, str(uuid4()))
    assert hidden == absent
    assert hidden[1]["code"] == "retraction-unknown"
    assert (await receipt(students, WORKER, waiting["id"]))[0] == 403


async def test_the_backbone_sees_open_retractions_without_children_and_the_district_with_its_own(
    students: House,
) -> None:
    await a_partner(students)
    child, word = await told_of_a_child(students)
    await revoke(students, word)
    await told(students)
    [bare] = await listed(students, BACKBONE)
    assert (bare["student_id"], bare["own_id"], bare["categories"]) == (None, None, None)
    assert (bare["partner_id"], bare["partner_name"]) == (str(PARTNER_ID), "Riverside Tutors")
    [full] = await listed(students, DISTRICT)
    assert (full["student_id"], full["categories"]) == (str(child), ["attendance"])
    assert await listed(students, principal(Role.DISTRICT_ADMIN, partner_id=uuid4())) == []
    await receipt(students, SYSTEM, bare["id"])
    assert await listed(students, BACKBONE) == []


async def test_retractions_are_found_by_child_and_by_whether_the_receipt_is_late(
    students: House,
) -> None:
    child, word = await told_of_a_child(students)
    await revoke(students, word)
    await told(students)
    [waiting] = await listed(students, SYSTEM, overdue="false", student_id=str(child))
    assert await listed(students, SYSTEM, student_id=str(uuid4())) == []
    assert await listed(students, SYSTEM, overdue="true") == []
    await change(students, "update retraction set receipt_due = now() - interval '1 minute'")
    for caller in (SYSTEM, DISTRICT, BACKBONE):
        assert [each["id"] for each in await listed(students, caller, overdue="true")] == [
            waiting["id"]
        ]
    assert await listed(students, SYSTEM, overdue="false") == []
    await receipt(students, SYSTEM, waiting["id"])
    assert await listed(students, SYSTEM, overdue="true") == []
    assert len(await listed(students, SYSTEM, overdue="false")) == 1


@promise(
    "Access and privacy",
    "A caller who may not know of a child does not find out by asking for it.",
)
async def test_a_caller_who_may_not_know_of_the_child_does_not_find_out_by_a_filter(
    students: House,
) -> None:
    child, word = await told_of_a_child(students)
    await revoke(students, word)
    await told(students)
    assert len(await listed(students, BACKBONE)) == 1
    assert await listed(students, BACKBONE, student_id=str(child)) == []


async def test_a_partners_standing_counts_published_and_withheld_messages_and_missing_receipts(
    students: House,
) -> None:
    child, word = await told_of_a_child(students)
    await revoke(students, word)
    await attend(students, child, 2)
    await told(students)
    async with students.calling(SYSTEM) as http:
        own = (await http.get(f"/v1/sharing/{PARTNER_ID}")).json()
        foreign = await http.get(f"/v1/sharing/{uuid4()}")
    async with students.calling(BACKBONE) as http:
        seen = (await http.get(f"/v1/sharing/{PARTNER_ID}")).json()
    assert seen == own
    assert foreign.status_code == 404
    assert (own["listening"], own["children"], own["open_receipts"]) == (True, 0, 1)
    assert own["told"] == [{"category": "attendance", "count": 1}]
    assert [(w["category"], w["count"]) for w in own["withheld"]] == [("attendance", 1)]
