"""OneRoster packages over HTTP, on a real database."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from shared.contracts.students.roster import RosterImported
from shared.contracts.students.student import StudentRostered
from shared.imports.codes import Code
from shared.security.principal import Role
from tests.houses import House, principal
from tests.students.packages import zip_of_folder

DISTRICT = uuid4()
ADMIN = principal(Role.DISTRICT_ADMIN, partner_id=DISTRICT)
# The codes of the conformance packages, and ours.
OURS = {
    "package.missing_manifest": Code.FILE_MISSING,
    "row.invalid_year": Code.YEAR, "row.invalid_guid": Code.ID_MALFORMED,
    "row.missing_required_value": Code.VALUE_MISSING, "row.invalid_integer": Code.NUMBER,
    "row.invalid_date": Code.DATE, "row.invalid_float": Code.NUMBER,
    "row.invalid_enum": Code.VALUE_UNKNOWN, "row.invalid_boolean": Code.BOOLEAN,
    "row.invalid_list": Code.LIST, "reference.missing_target_record": Code.DANGLING_REFERENCE,
}  # fmt: skip
GRAND_BEND = {
    "orgs": 4, "academic_sessions": 9, "courses": 84, "classes": 532, "users": 2900,
    "students": 960, "contacts": 1872, "staff": 68, "roles": 2904, "enrollments": 6693,
    "demographics": 1028,
}  # fmt: skip


async def test_grand_bend_gives_exactly_the_counts_of_its_readme_and_nothing_the_second_time(
    students: House, real_data: Path
) -> None:
    package = zip_of_folder(real_data / "grand-bend")
    first = await students.import_file("oneroster", package, ADMIN)
    assert (first["state"], first["problems"]) == ("done", [])
    assert first["counts"] == GRAND_BEND
    [stored] = await students.rows(
        """select (select count(*) from org) orgs, (select count(*) from class) classes,
           (select count(*) from person) users, (select count(*) from student) students,
           (select count(*) from person_role) roles, (select count(*) from enrollment) enrollments,
           (select count(distinct contact_id) from student_contact where ended_on is null) contacts,
           (select count(*) from demographic) demographics"""
    )
    assert stored == {
        "orgs": 4, "classes": 532, "users": 2900, "students": 960, "roles": 2904,
        "enrollments": 6693, "contacts": 1872, "demographics": 960,
    }  # fmt: skip
    assert len(await students.events(StudentRostered)) == 960
    [imported] = await students.events(RosterImported)
    assert imported["data"]["counts"] == GRAND_BEND
    assert imported["data"]["import_id"] == first["id"]

    again = await students.import_file("oneroster", package, ADMIN)

    assert again["counts"] == GRAND_BEND
    assert len(await students.events()) == 961


def _index(real_data: Path) -> list[dict[str, object]]:
    folder = real_data / "oneroster" / "packages"
    listed: list[dict[str, object]] = json.loads((folder / "index.json").read_text())
    return listed


@pytest.mark.parametrize("number", range(5))
async def test_a_conformance_package_is_accepted_or_refused_with_exactly_its_reasons(
    students: House, real_data: Path, number: int
) -> None:
    expected = _index(real_data)[number]
    package = (real_data / "oneroster" / "packages" / str(expected["file"])).read_bytes()
    job = await students.import_file("oneroster", package, ADMIN)
    codes = {problem["code"] for problem in job["problems"]}
    assert codes == {OURS[code] for code in expected.get("expectedCodes", [])}, job
    assert job["state"] == ("refused" if codes else "done")
