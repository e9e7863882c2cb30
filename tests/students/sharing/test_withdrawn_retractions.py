"""A retraction that a mistaken roster caused is withdrawn when the next one brings the child back."""

from pathlib import Path
from typing import Any
from uuid import UUID

from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.student import StudentRostered, StudentStatus
from shared.security.principal import Role
from tests.bench.oneroster_generator import package
from tests.houses import House, principal
from tests.promised import promise
from tests.students.packages import zip_of_folder
from tests.students.people import DISTRICT, PARTNER_ID
from tests.students.sharing.test_partner_reads import a_read_child
from tests.students.sharing.test_retractions import change, listed, told_of_a_child
from tests.students.streams import agree, attend, consent, in_short, listen, revoke, told

SYSTEM = principal(Role.PARTNER_SYSTEM, partner_id=PARTNER_ID)


async def roster(students: House, child: UUID, *, there: bool) -> None:
    """As an import leaves it: the child, and the contact who consented, end and come back."""
    status = StudentStatus.ACTIVE if there else StudentStatus.LEFT
    await change(
        students, "update student set status = :status where id = :child",
        status=str(status), child=child,
    )  # fmt: skip
    ended = "null" if there else "current_date"
    await change(
        students,
        f"update student_contact set rostered = true, ended_on = {ended} where student_id = :child",
        child=child,
    )
    await students.hear(
        StudentRostered(student_id=child, school_id=None, grade=None, status=status)
    )


@promise(
    "Imports",
    "A child that comes back with the next roster takes its retractions back, where no receipt "
    "was given, and partners are told so.",
)
async def test_a_child_that_comes_back_takes_its_retraction_back_and_the_partner_is_told(
    students: House,
) -> None:
    child, _ = await told_of_a_child(students)
    await roster(students, child, there=False)
    [retracted] = await told(students)
    assert in_short([retracted]) == ["-attendance"]
    assert len(await listed(students, SYSTEM, open="true")) == 1

    await roster(students, child, there=True)
    events = await told(students)
    assert in_short(events) == ["-attendance", "+attendance", "attendance*"]
    withdrawn = events[1]
    assert withdrawn["retraction_id"] == retracted["retraction_id"]
    assert [event["version"] for event in events] == [2, 3, 4]
    assert await listed(students, SYSTEM, open="true") == []
    [row] = await listed(students, SYSTEM)
    assert row["withdrawn_at"] is not None and row["received_at"] is None


async def test_where_the_receipt_was_given_it_stays_and_the_child_is_shared_anew(
    students: House,
) -> None:
    child, _ = await told_of_a_child(students)
    await roster(students, child, there=False)
    [retracted] = await told(students)
    receipt = {"categories": ["attendance"], "deleted_at": retracted["retracted_at"]}
    async with students.calling(SYSTEM) as http:
        given = await http.post(
            f"/v1/retractions/{retracted['retraction_id']}/receipt", json=receipt
        )
        assert given.status_code == 201, given.text
    await roster(students, child, there=True)
    assert in_short(await told(students)) == ["-attendance", "attendance*"]
    [row] = await listed(students, SYSTEM)
    assert row["withdrawn_at"] is None


async def test_a_receipt_that_crosses_the_withdrawal_is_accepted(students: House) -> None:
    child, _ = await told_of_a_child(students)
    await roster(students, child, there=False)
    [retracted] = await told(students)
    await roster(students, child, there=True)
    await told(students)
    receipt = {"categories": ["attendance"], "deleted_at": retracted["retracted_at"]}
    async with students.calling(SYSTEM) as http:
        given = await http.post(
            f"/v1/retractions/{retracted['retraction_id']}/receipt", json=receipt
        )
    assert given.status_code == 201, given.text


async def test_a_no_of_the_family_in_between_leaves_the_retraction(students: House) -> None:
    child, word = await told_of_a_child(students)
    await roster(students, child, there=False)
    await told(students)
    await revoke(students, word)
    await consent(students, child, word.given_by)
    await roster(students, child, there=True)
    assert in_short(await told(students)) == ["-attendance", "attendance*"]
    assert len(await listed(students, SYSTEM, open="true")) == 1


async def test_what_stays_closed_to_the_partner_stays_to_be_deleted(students: House) -> None:
    child, word = await told_of_a_child(students)
    await roster(students, child, there=False)
    await told(students)
    await roster(students, child, there=True)
    await change(students, "update known_agreement set ends_at = now()")
    assert in_short(await told(students)) == ["-attendance"]
    assert len(await listed(students, SYSTEM, open="true")) == 1
    assert word.student_id == child


async def test_a_revocation_after_the_return_asks_for_the_earlier_data_too(
    students: House,
) -> None:
    child, word = await told_of_a_child(students)
    for there in (False, True):
        await roster(students, child, there=there)
        await told(students)
    await revoke(students, word)
    events = await told(students)
    assert in_short(events) == ["-attendance", "-attendance"]
    [row] = await listed(students, SYSTEM, open="true")
    assert (row["why"], row["categories"]) == ("revoked", ["attendance"])


async def test_a_partner_without_a_stream_finds_its_retraction_withdrawn(
    students: House,
) -> None:
    child, word = await a_read_child(students)
    await roster(students, child, there=False)
    assert await told(students) == []
    [asked] = await listed(students, SYSTEM, open="true")
    await roster(students, child, there=True)
    assert await told(students) == []
    assert await listed(students, SYSTEM, open="true") == []
    await revoke(students, word)
    await told(students)
    [again] = await listed(students, SYSTEM, open="true")
    assert again["id"] != asked["id"] and set(again["categories"]) >= set(asked["categories"])


async def test_the_good_roster_after_an_empty_one_withdraws_all_retractions(
    students: House, real_data: Path
) -> None:
    good = package(30)

    async def take(content: bytes, state: str = "done") -> dict[str, Any]:
        job = await students.import_file("oneroster", content, DISTRICT)
        assert job["state"] == state, job
        return job

    async def share() -> None:
        for row in await students.rows("select id, status from student"):
            await students.hear(
                StudentRostered(
                    student_id=row["id"], school_id=None, grade=None, status=row["status"]
                )
            )

    await take(good)
    [school] = await students.rows("select id from org where source_id = 'school-0'")
    await listen(students)
    await agree(
        students, Category.ATTENDANCE, basis=LegalBasis.STUDIES, purpose=Purpose.STUDY,
        school_ids=[school["id"]],
    )  # fmt: skip
    for row in await students.rows("select id from student where school_id = :id", **school):
        await attend(students, row["id"])
    number = len(await told(students))
    assert number > 0

    job = await take(zip_of_folder(real_data / "reported/empty-bulk-roster"), "needs_confirmation")
    await share()
    assert len(await told(students)) == number
    async with students.calling(DISTRICT) as http:
        assert (await http.post(f"/v1/imports/{job['id']}/confirmation")).is_success
    await take(b"no zip", "refused")  # lets the confirmed one go first
    await share()
    assert in_short(await told(students)) == ["-attendance"] * number
    assert len(await listed(students, SYSTEM, open="true")) == number

    await take(good)
    await share()
    short = in_short(await told(students))
    assert {sign: short.count(sign) for sign in short} == {
        "-attendance": number, "+attendance": number, "attendance*": number,
    }  # fmt: skip
    assert await listed(students, SYSTEM, open="true") == []
