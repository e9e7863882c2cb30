"""The made district: its numbers, its families, its package."""

import csv
import io
import re
import zipfile
from collections import Counter
from datetime import date

from deploy.demonstration.roster import package
from deploy.demonstration.schools import GRADES, SCHOOLS
from deploy.demonstration.world import World, world
from deploy.demonstration.years import holidays, school_days

YEAR = 2027


def rows(made: World, name: str) -> list[dict[str, str]]:
    archive = zipfile.ZipFile(io.BytesIO(package(made.district)))
    return list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode())))


def test_the_same_year_gives_the_same_bytes(made: World) -> None:
    assert package(world(date(YEAR - 1, 7, 1)).district) == package(made.district)
    assert package(world(date(YEAR, 6, 30)).district) == package(made.district)


def test_another_year_gives_the_same_people_a_year_younger(made: World) -> None:
    later = world(date(YEAR, 7, 1)).district
    assert [s.given for s in later.students] == [s.given for s in made.district.students]
    assert all(
        (then.born - now.born).days in {365, 366}
        for then, now in zip(later.students, made.district.students, strict=True)
    )


def test_there_are_1500_students_in_six_schools_that_have_their_grade(made: World) -> None:
    students = made.district.students
    assert len(students) == len({s.id for s in students}) == 1500
    assert {s.school for s in students} == set(SCHOOLS)
    assert all(s.grade in s.school.grades for s in students)
    assert set(Counter(s.grade for s in students)) == set(GRADES)


def test_no_two_students_have_one_name(made: World) -> None:
    students = made.district.students
    assert len({(s.given, s.family) for s in students}) == len(students)


def test_names_come_from_many_cultures_and_scripts_beyond_ascii(made: World) -> None:
    students = made.district.students
    languages = Counter(s.language for s in students)
    assert len(languages) >= 10
    assert min(languages.values()) >= 20
    assert any(not s.family.isascii() for s in students)
    assert sum(s.hispanic for s in students) > 300


def test_every_student_has_one_or_two_contacts_and_siblings_share_them(made: World) -> None:
    students = made.district.students
    families = Counter(s.contacts[0].id for s in students)
    assert {len(s.contacts) for s in students} == {1, 2}
    assert sum(count > 1 for count in families.values()) > 200
    assert max(families.values()) <= 4
    by_family: dict[str, set[object]] = {}
    for student in students:
        by_family.setdefault(student.contacts[0].id, set()).add(student.contacts)
    assert all(len(contacts) == 1 for contacts in by_family.values())


def test_ages_fit_grades(made: World) -> None:
    for student in made.district.students:
        age = (date(YEAR - 1, 9, 1) - student.born).days / 365.25
        usual = GRADES.index(student.grade) + 4
        assert usual - 0.01 <= age < usual + 2.02, student.id


def test_addresses_and_telephone_numbers_reach_nobody(made: World) -> None:
    users = rows(made, "users")
    assert all(user["email"].endswith("@example.org") for user in users)
    assert all(re.fullmatch(r"(555-01\d\d)?", user["phone"]) for user in users)
    assert len({user["email"] for user in users}) == len(users)


def test_no_row_of_the_package_refers_to_a_missing_row(made: World) -> None:
    ids = {
        name: {row["sourcedId"] for row in rows(made, name)}
        for name in ("orgs", "academicSessions", "courses", "classes", "users")
    }
    for name, column, target in (
        ("courses", "orgSourcedId", "orgs"), ("courses", "schoolYearSourcedId", "academicSessions"),
        ("classes", "courseSourcedId", "courses"), ("classes", "schoolSourcedId", "orgs"),
        ("classes", "termSourcedIds", "academicSessions"), ("roles", "userSourcedId", "users"),
        ("roles", "orgSourcedId", "orgs"), ("enrollments", "classSourcedId", "classes"),
        ("enrollments", "userSourcedId", "users"), ("demographics", "sourcedId", "users"),
    ):  # fmt: skip
        assert {row[column] for row in rows(made, name)} <= ids[target], (name, column)
    agents = {a for row in rows(made, "users") for a in row["agentSourcedIds"].split(",") if a}
    assert agents <= ids["users"]


def test_every_row_of_a_file_has_its_own_id(made: World) -> None:
    for name in ("orgs", "courses", "classes", "users", "roles", "enrollments", "demographics"):
        found = [row["sourcedId"] for row in rows(made, name)]
        assert len(found) == len(set(found)), name


def test_every_student_has_one_class_of_bearable_size_in_every_subject(made: World) -> None:
    classes = made.district.classes
    sizes = [len(each.students) for each in classes]
    taken = Counter((s.id, each.course.subject) for each in classes for s in each.students)
    assert min(sizes) >= 8
    assert max(sizes) <= 27
    assert set(taken.values()) == {1}
    assert {id for id, _ in taken} == {s.id for s in made.district.students}
    taught = Counter(each.teacher.id for each in classes)
    assert max(taught.values()) <= 5


def test_a_school_year_has_180_days_without_week_ends_and_holidays() -> None:
    for year in range(2020, 2040):
        days = school_days(year)
        assert len(days) == len(set(days)) == 180
        assert not set(days) & holidays(year)
        assert all(day.weekday() < 5 for day in days)
        assert days[0].month == 8 and date(year, 5, 15) < days[-1] < date(year, 7, 1)
