"""A part that a partner read over the API is taken back like a published one: named, with a receipt
requested, although no system of the partner ever listened."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.students.lifecycle.retention.actions import enforce
from services.students.sharing.decisions import actions as decisions
from shared.contracts.partners.agreement import AgreementStatus, LegalBasis
from shared.contracts.students.access import Category
from shared.contracts.students.consent import ConsentStatus
from shared.contracts.students.engagement import EngagementChanged
from shared.contracts.students.erasure import DataClass
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.access.test_emergency_routes import act, opened
from tests.students.family import ask, seen
from tests.students.lifecycle.test_erasures import certificate, erase
from tests.students.people import (
    DISTRICT,
    DISTRICT_ID,
    PARTNER_ID,
    WORKER,
    a_program,
    a_student,
    engage,
    move,
)
from tests.students.sharing.test_retractions import (
    BACKBONE,
    SYSTEM,
    change,
    listed,
    receipt,
    reviewed,
    roster,
    tick,
)
from tests.students.streams import (
    NOW,
    a_family,
    agree,
    attend,
    consent,
    decide_all,
    in_short,
    listen,
    note_all,
    revoke,
    share_all,
    stop_listening,
    told,
)

OFFICIAL = {"basis": LegalBasis.SCHOOL_OFFICIAL}


async def read(
    students: House, child: UUID, caller: Principal = WORKER, status: int = 200
) -> None:
    """Its attendance."""
    answer = await ask(students, caller, "GET", f"/v1/students/{child}/attendance/days")
    assert answer.status_code == status, answer.text


async def retracted(students: House, caller: Principal = SYSTEM) -> list[tuple[str, list[str]]]:
    """Once nothing waits: why, and which parts; the oldest first."""
    await share_all(students.database)
    return [(each["why"], each["categories"]) for each in await listed(students, caller)]


async def a_read_child(students: House) -> tuple[UUID, Any]:
    """Under a consent a case worker read the attendance of this child. The partner has no
    stream."""
    await agree(students)
    child, guardian = await a_family(students)
    word = await consent(students, child, guardian)
    await read(students, child)
    assert await retracted(students) == []
    return child, word


async def test_a_revocation_takes_back_the_parts_that_were_read_and_requests_a_receipt(
    students: House,
) -> None:
    child, word = await a_read_child(students)
    await revoke(students, word)
    assert await retracted(students) == [("revoked", ["attendance"])]
    [waiting] = await listed(students, SYSTEM, open="true")
    assert (waiting["student_id"], waiting["receipt_due"] is not None) == (str(child), True)
    assert len(await listed(students, DISTRICT)) == 1
    [bare] = await listed(students, BACKBONE)
    assert (bare["partner_id"], bare["student_id"]) == (str(PARTNER_ID), None)
    assert await students.rows("select 1 from partner_outbox") == []
    administrator = principal(Role.PARTNER_ADMIN, partner_id=PARTNER_ID)
    assert (await receipt(students, administrator, waiting["id"]))[0] == 201
    assert await listed(students, SYSTEM, open="true") == []


async def test_a_part_that_nobody_read_is_not_taken_back(students: House) -> None:
    await agree(students)
    child, guardian = await a_family(students)
    word = await consent(students, child, guardian)
    await read(students, child, DISTRICT)
    await read(
        students, child, principal(Role.GUARDIAN, partner_id=DISTRICT_ID, person_id=guardian)
    )
    await read(students, child, principal(Role.CASE_WORKER, partner_id=uuid4()), 404)
    await revoke(students, word)
    assert await retracted(students, DISTRICT) == []
    assert await students.rows("select 1 from held") == []


@pytest.mark.parametrize(
    "status", [AgreementStatus.SUSPENDED, AgreementStatus.ENDED, AgreementStatus.EXPIRED]
)
async def test_the_stop_of_an_agreement_takes_back_the_parts_that_were_read_of_every_child(
    students: House, status: AgreementStatus
) -> None:
    agreement = await agree(students, **OFFICIAL)
    children = [await a_student(students) for _ in range(5)]
    for child in children:
        await read(students, child)
    unread = await a_student(students)
    assert await retracted(students) == []
    said = agreement.model_dump(exclude={"status", "categories"})
    await agree(students, *agreement.categories, **said, status=status)
    assert await retracted(students) == [("ended", ["attendance"])] * 5
    about = {each["student_id"] for each in await listed(students, SYSTEM)}
    assert about == set(map(str, children)) and str(unread) not in about


async def test_an_agreement_that_ends_by_the_clock_takes_back_the_parts_that_were_read(
    students: House,
) -> None:
    await agree(students, **OFFICIAL)
    await read(students, await a_student(students))
    await tick(students, datetime.now(UTC))
    assert await retracted(students) == []
    await change(students, "update known_agreement set ends_at = now()")
    await tick(students, datetime.now(UTC) + timedelta(seconds=1))
    assert await retracted(students) == [("ended", ["attendance"])]


async def test_an_opt_out_takes_back_the_name_that_was_read(students: House) -> None:
    await agree(students, Category.IDENTITY, basis=LegalBasis.DIRECTORY)
    child, guardian = await a_family(students)
    assert await seen(students, child, WORKER) == {"identity"}
    mother = principal(Role.GUARDIAN, partner_id=DISTRICT_ID, person_id=guardian)
    address = f"/v1/students/{child}/directory-information"
    answer = await ask(
        students, mother, "PUT", address, {"opted_out": True}, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 200, answer.text
    assert await retracted(students) == [("revoked", ["identity"])]


async def test_the_end_of_an_engagement_takes_back_the_parts_that_its_program_opened(
    students: House,
) -> None:
    """Nobody on the platform listens."""
    program = await a_program(students)
    await agree(students, **OFFICIAL, program_ids=[program])
    child = await a_student(students)
    made = await engage(students, child, program, stage="active")
    await read(students, child)
    assert await retracted(students) == []
    await move(students, made, "completed")
    last = (await students.events(EngagementChanged))[-1]["data"]
    await students.hear(EngagementChanged.model_validate(last))
    assert await retracted(students) == [("ended", ["attendance"])]
    await attend(students, child)
    assert await students.rows("select 1 from child_event where waiting") == []


async def test_a_part_that_stays_open_is_not_taken_back(students: House) -> None:
    await agree(students)
    other = await agree(students, Category.IDENTITY, **OFFICIAL)
    child, guardian = await a_family(students)
    word = await consent(students, child, guardian)
    assert await seen(students, child, WORKER) == {"identity", "attendance"}
    await read(students, child)
    await revoke(students, word)
    assert await retracted(students) == [("revoked", ["attendance"])]
    said = other.model_dump(exclude={"status", "categories"})
    await agree(students, *other.categories, **said, status=AgreementStatus.ENDED)
    assert (await retracted(students))[1:] == [("ended", ["identity"])]


@promise(
    "Access and privacy",
    "One retraction takes back the parts that a partner got by its stream and over the API.",
)
async def test_one_retraction_takes_back_the_parts_that_were_published_and_read(
    students: House,
) -> None:
    await listen(students)
    await agree(students)
    child, guardian = await a_family(students)
    word = await consent(students, child, guardian)
    await attend(students, child)
    await read(students, child, SYSTEM)
    assert in_short(await told(students)) == ["attendance"]
    await read(students, child)
    await revoke(students, word)
    await decide_all(students.database)  # before that reading is noted
    assert in_short(await told(students)) == ["-attendance"]
    assert await retracted(students) == [("revoked", ["attendance"])]


async def test_a_part_that_is_read_during_the_decision_is_taken_back_with_the_rest(
    students: House,
) -> None:
    await listen(students)
    await agree(students)
    child, guardian = await a_family(students)
    word = await consent(students, child, guardian)
    assert await told(students) == []
    async with students.database.transaction() as deciding:
        await deciding.execute(text("select now()"))  # it has begun
        await read(students, child)
        await revoke(students, word)
        while await decisions.share(deciding):
            pass
    assert await retracted(students) == [("revoked", ["attendance"])]


async def test_a_part_that_is_read_after_the_stream_closed_is_taken_back(students: House) -> None:
    await listen(students)
    await agree(students)
    await stop_listening(students)
    child, guardian = await a_family(students)
    word = await consent(students, child, guardian)
    await read(students, child)
    await revoke(students, word)
    assert await retracted(students) == [("revoked", ["attendance"])]


async def test_a_partner_that_read_first_and_listens_later_gets_the_whole_history(
    students: House,
) -> None:
    child, word = await a_read_child(students)
    await attend(students, child)
    assert await told(students) == []
    await listen(students)
    assert in_short(await told(students)) == ["attendance*"]
    await revoke(students, word)
    assert in_short(await told(students)) == ["-attendance"]
    assert len(await listed(students, SYSTEM)) == 1


async def test_a_reading_that_is_recorded_after_its_ground_ended_is_taken_back_too(
    students: House,
) -> None:
    """It was on its way when the family took its word back."""
    await agree(students)
    child, guardian = await a_family(students)
    word = await consent(students, child, guardian)
    await read(students, child)
    await revoke(students, word)
    await change(students, "delete from review")  # as if it had been looked at before
    assert await retracted(students) == [("revoked", ["attendance"])]
    await read(students, child, status=404)
    assert len(await retracted(students)) == 1


async def test_a_part_that_is_read_again_under_a_new_consent_is_taken_back_again(
    students: House,
) -> None:
    child, word = await a_read_child(students)
    await revoke(students, word)
    assert len(await retracted(students)) == 1
    again = await consent(students, child, word.given_by)
    await revoke(students, again)
    assert len(await retracted(students)) == 1  # nothing was read in between
    again = await consent(students, child, word.given_by)
    await read(students, child)
    await consent(students, child, word.given_by, status=ConsentStatus.REFUSED)
    assert await retracted(students) == [("revoked", ["attendance"])] * 2


async def an_engaged_child(students: House) -> tuple[UUID, dict[str, Any]]:
    """A participant, of whom the partner read its own record."""
    child = await a_student(students)
    made = await engage(students, child, await a_program(students), stage="active")
    assert await seen(students, child, WORKER) == {"identity", "engagement", "dosage", "notes"}
    for address in ("/v1/engagements", "/v1/dosage", f"/v1/students/{child}/notes"):
        assert (await ask(students, WORKER, "GET", address)).status_code == 200
    return child, made


@promise(
    "Access and privacy",
    "No retraction takes back a partner's own record while the child's is kept.",
)
async def test_a_partner_keeps_its_own_record(students: House) -> None:
    child, made = await an_engaged_child(students)
    await move(students, made, "completed")
    await reviewed(students, child)
    assert await retracted(students) == []


async def test_an_erasure_takes_back_the_partners_own_record_too(students: House) -> None:
    child, _ = await an_engaged_child(students)
    assert await retracted(students) == []
    await erase(students, child)
    [(why, parts)] = await retracted(students)
    assert (why, {"identity", "engagement"} - set(parts)) == ("destroyed", set())


@promise(
    "Access and privacy",
    "A partner that read a part over the API, and may have it no more, is asked to delete it "
    "with a receipt, whether or not it listens (decision 35).",
)
async def test_a_certificate_counts_a_partner_that_read_the_child_until_its_receipt(
    students: House,
) -> None:
    child, _ = await a_read_child(students)
    erasure = await erase(students, child)
    assert await retracted(students) == [("destroyed", ["attendance"])]
    assert (await certificate(students, erasure["id"]))["receipts_open"] == 1
    assert await students.rows("select 1 from held") == []
    [waiting] = await listed(students, SYSTEM)
    await receipt(students, SYSTEM, waiting["id"])
    assert (await certificate(students, erasure["id"]))["receipts_open"] == 0


async def test_a_part_that_was_read_just_before_the_erasure_is_taken_back(students: House) -> None:
    await agree(students, **OFFICIAL)
    child = await a_student(students)
    await read(students, child)
    await erase(students, child)
    await change(students, "delete from review")  # it was looked at before the reading was noted
    assert await retracted(students) == [("destroyed", ["attendance"])]
    assert len(await listed(students, DISTRICT)) == 1


async def test_an_erased_child_leaves_no_row_of_an_earlier_retraction(
    students: House,
) -> None:
    child, word = await a_read_child(students)
    await revoke(students, word)
    assert len(await retracted(students)) == 1
    await erase(students, child)
    assert len(await retracted(students)) == 1
    assert await students.rows("select 1 from held") == []


@pytest.mark.parametrize("noted", [True, False])
async def test_a_part_whose_period_is_over_is_taken_back_from_the_partner_that_read_it(
    students: House, *, noted: bool
) -> None:
    await agree(students, Category.ATTENDANCE, Category.IDENTITY, **OFFICIAL)
    child = await a_student(students)
    await read(students, child)
    assert "identity" in await seen(students, child, WORKER)
    if noted:
        await note_all(students.database)
    await change(students, "update student set status = 'left'")
    days = dict.fromkeys(DataClass, 1_000) | {DataClass.ATTENDANCE: 10}
    await enforce(students.database, days, NOW)
    assert await enforce(students.database, days, NOW + timedelta(11)) == 1
    assert await retracted(students) == [("destroyed", ["attendance"])]


async def an_emergency(students: House) -> tuple[UUID, dict[str, Any]]:
    child = await a_student(students)
    access = await opened(students, WORKER, child)
    assert await seen(students, child, WORKER) == {"identity", "contacts", "enrollment"}
    await roster(students, child)
    assert await retracted(students) == []  # it is open still
    return child, access


OPENED = ["contacts", "enrollment", "identity"]


@promise(
    "Access and privacy",
    "The parts that an emergency opened to a partner are taken back when it ends.",
)
async def test_the_parts_that_an_emergency_opened_are_taken_back_when_it_ends(
    students: House,
) -> None:
    _, access = await an_emergency(students)
    await act(students, WORKER, access, "ending")
    assert await retracted(students) == [("ended", OPENED)]


async def test_the_parts_that_an_unjustified_emergency_opened_are_taken_back(
    students: House,
) -> None:
    _, access = await an_emergency(students)
    body = {"justified": False, "finding": "There was no threat."}
    await act(students, DISTRICT, access, "review", body=body)
    assert await retracted(students) == [("ended", OPENED)]


@promise(
    "Access and privacy",
    "The parts that an emergency opened to a partner are taken back when it ends.",
)
async def test_an_emergency_ends_by_the_clock_and_leaves_the_parts_that_are_open_anyway(
    students: House,
) -> None:
    await tick(students, datetime.now(UTC))
    await an_emergency(students)
    await agree(students, Category.IDENTITY, **OFFICIAL)
    await change(students, "update emergency_access set ends_at = now()")
    await tick(students, datetime.now(UTC) + timedelta(seconds=1))
    assert await retracted(students) == [("ended", ["contacts", "enrollment"])]


async def test_a_partner_sees_the_number_of_children_whose_parts_it_holds(students: House) -> None:
    _, word = await a_read_child(students)
    standing = f"/v1/sharing/{PARTNER_ID}"
    before = (await ask(students, SYSTEM, "GET", standing)).json()
    await revoke(students, word)
    await share_all(students.database)
    after = (await ask(students, SYSTEM, "GET", standing)).json()
    assert (before["listening"], before["children"], before["open_receipts"]) == (False, 1, 0)
    assert (after["children"], after["open_receipts"]) == (0, 1)


@promise(
    "Access and privacy",
    "A partner that read a part over the API, and may have it no more, is asked to delete it "
    "with a receipt, whether or not it listens (decision 35).",
)
@pytest.mark.parametrize("seed", range(4))
async def test_each_reading_is_taken_back_once_in_any_order_of_events(
    students: House, seed: int
) -> None:
    """The family says yes and no, the partner reads where it may, and readings are noted and
    reviews looked at whenever. In the end the family says no."""
    chance = random.Random(seed)
    if seed % 2:
        await listen(students)
    await agree(students)
    child, guardian = await a_family(students)
    for _ in range(25):
        match chance.choice(["yes", "no", "read", "read", "note", "decide"]):
            case "yes":
                await consent(students, child, guardian)
            case "no":
                await consent(students, child, guardian, status=ConsentStatus.REFUSED)
            case "read":
                await ask(students, WORKER, "GET", f"/v1/students/{child}/attendance/days")
            case "note":
                await note_all(students.database)
            case "decide":
                await decide_all(students.database)
    await consent(students, child, guardian, status=ConsentStatus.REFUSED)
    await share_all(students.database)
    got = [row["at"] for row in await students.rows(
        "select at from disclosure where outcome = 'released' and channel <> 'event' order by at"
    )]  # fmt: skip
    taken = [row["retracted_at"] for row in await students.rows(
        "select retracted_at from retraction order by retracted_at"
    )]  # fmt: skip
    assert got and taken and got[-1] < taken[-1]
    if not seed % 2:
        between = zip([NOW, *taken], taken, strict=False)
        assert all(any(first < at < last for at in got) for first, last in between)
    assert await students.rows("select 1 from held where read <> '{}'") == []
