"""The district's roster as a OneRoster 1.2 package, in bulk: the same bytes every time."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from deploy.demonstration.classes import SchoolClass, Staff, classes, courses, leaders
from deploy.demonstration.families import Contact, Student, families
from deploy.demonstration.schools import DISTRICT_ID, DISTRICT_NAME, SCHOOLS
from deploy.demonstration.years import first_day, last_day

EPOCH = (1980, 1, 1, 0, 0, 0)
ABSENT = (
    "categories", "classResources", "courseResources", "lineItems",
    "lineItemLearningObjectiveIds", "lineItemScoreScales", "resources", "results",
    "resultLearningObjectiveIds", "resultScoreScales", "scoreScales", "userProfiles",
    "userResources",
)  # fmt: skip
RACES = (
    "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican",
    "nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces",
)  # fmt: skip
Row = Sequence[str]


@dataclass(frozen=True)
class District:
    year: int
    students: list[Student]
    classes: list[SchoolClass]
    leaders: list[Staff]

    @property
    def teachers(self) -> list[Staff]:
        return list({each.teacher.id: each.teacher for each in self.classes}.values())

    @property
    def contacts(self) -> list[Contact]:
        every = (contact for student in self.students for contact in student.contacts)
        return list({contact.id: contact for contact in every}.values())


def district(year: int) -> District:
    students = families(year)
    return District(year, students, classes(students), leaders())


def package(of: District) -> bytes:
    """The zip: a manifest and a file per kind of row."""
    files = {
        "orgs": (ORGS, orgs()),
        "academicSessions": (SESSIONS, sessions(of.year)),
        "courses": (COURSES, course_rows(of.year)),
        "classes": (CLASSES, class_rows(of)),
        "users": (USERS, users(of)),
        "roles": (ROLES, roles(of)),
        "enrollments": (ENROLLMENTS, enrollments(of)),
        "demographics": (DEMOGRAPHICS, demographics(of.students)),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "manifest.csv", manifest(files))
        for name, (header, rows) in files.items():
            _add(archive, f"{name}.csv", [header.split(), *rows])
    return content.getvalue()


def _add(archive: zipfile.ZipFile, name: str, rows: Iterable[Row]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    entry = zipfile.ZipInfo(name, EPOCH)
    archive.writestr(entry, text.getvalue(), zipfile.ZIP_DEFLATED)


def manifest(present: Iterable[str]) -> Iterator[Row]:
    yield "propertyName", "value"
    yield "manifest.version", "1.0"
    yield "oneroster.version", "1.2"
    yield from ((f"file.{name}", "bulk") for name in present)
    yield from ((f"file.{name}", "absent") for name in ABSENT)
    yield "source.systemName", "Larkhaven student information system"
    yield "source.systemCode", "LARKHAVEN"


ORGS = "sourcedId status dateLastModified name type identifier parentSourcedId"
SESSIONS = (
    "sourcedId status dateLastModified title type startDate endDate parentSourcedId schoolYear"
)
COURSES = (
    "sourcedId status dateLastModified schoolYearSourcedId title courseCode grades orgSourcedId "
    "subjects subjectCodes"
)
CLASSES = (
    "sourcedId status dateLastModified title grades courseSourcedId classCode classType location "
    "schoolSourcedId termSourcedIds subjects subjectCodes periods"
)
USERS = (
    "sourcedId status dateLastModified enabledUser username userIds givenName familyName "
    "middleName identifier email sms phone agentSourcedIds grades password userMasterIdentifier "
    "preferredGivenName preferredMiddleName preferredFamilyName primaryOrgSourcedId pronouns"
)
ROLES = (
    "sourcedId status dateLastModified userSourcedId roleType role beginDate endDate orgSourcedId "
    "userProfileSourcedId"
)
ENROLLMENTS = (
    "sourcedId status dateLastModified classSourcedId schoolSourcedId userSourcedId role primary "
    "beginDate endDate"
)
DEMOGRAPHICS = (
    f"sourcedId status dateLastModified birthDate sex {' '.join(RACES)} "
    "hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth "
    "publicSchoolResidenceStatus"
)


def orgs() -> Iterator[Row]:
    yield DISTRICT_ID, "", "", DISTRICT_NAME, "district", "LK-01", ""
    for number, school in enumerate(SCHOOLS, 1):
        yield school.id, "", "", school.name, "school", f"LK-01-{number:02}", DISTRICT_ID


def sessions(year: int) -> Iterator[Row]:
    whole, middle = session_id(year), date(year, 1, 20)
    first, last, named = first_day(year), last_day(year), f"{year - 1}-{year}"
    yield whole, "", "", named, "schoolYear", f"{first}", f"{last}", "", str(year)
    for title, begins, ends in (("Fall", first, middle), ("Spring", middle, last)):
        id = f"{whole}-{title.lower()}"
        yield id, "", "", f"{title} {named}", "semester", f"{begins}", f"{ends}", whole, str(year)


def session_id(year: int) -> str:
    return f"ses-{year}"


def course_rows(year: int) -> Iterator[Row]:
    for each in courses():
        yield (
            each.id, "", "", session_id(year), each.title, each.code, each.grade, DISTRICT_ID,
            each.subject, "",
        )  # fmt: skip


def class_rows(of: District) -> Iterator[Row]:
    for each in of.classes:
        yield (
            each.id, "", "", each.title, each.course.grade, each.course.id, each.code,
            "homeroom" if each.homeroom else "scheduled", f"Room {each.room}", each.school.id,
            session_id(of.year), each.course.subject, "", each.period,
        )  # fmt: skip


def users(of: District) -> Iterator[Row]:
    for student in of.students:
        agents = ",".join(contact.id for contact in student.contacts)
        email = f"{student.id}@example.org"
        state_id = f"LK{100_000 + student.number * 7}"
        yield _user(
            student.id, student.given, student.family, email, identifier=state_id, agents=agents,
            grade=student.grade, preferred=student.preferred, org=student.school.id,
        )  # fmt: skip
    for contact in of.contacts:
        yield _user(contact.id, contact.given, contact.family, contact.email, phone=contact.phone)
    for staff in of.leaders + of.teachers:
        yield _user(
            staff.id, staff.given, staff.family, staff.email, identifier=staff.id.upper(),
            org=staff.org_id,
        )  # fmt: skip


def _user(
    id: str, given: str, family: str, email: str, *, identifier: str = "", agents: str = "",
    phone: str = "", grade: str = "", preferred: str = "", org: str = "",
) -> Row:  # fmt: skip
    return (
        id, "", "", "true", id, "", given, family, "", identifier, email, phone, phone, agents,
        grade, "", "", preferred, "", "", org, "",
    )  # fmt: skip


def roles(of: District) -> Iterator[Row]:
    first, last = f"{first_day(of.year)}", f"{last_day(of.year)}"
    for student in of.students:
        yield _role(student.id, "student", first, last, student.school.id)
    for contact in of.contacts:
        yield _role(contact.id, contact.relation, "", "", DISTRICT_ID)
    for staff in of.leaders + of.teachers:
        yield _role(staff.id, staff.role, first, "", staff.org_id)


def _role(user_id: str, role: str, begins: str, ends: str, org_id: str) -> Row:
    return f"rol-{user_id}", "", "", user_id, "primary", role, begins, ends, org_id, ""


def enrollments(of: District) -> Iterator[Row]:
    first, last = f"{first_day(of.year)}", f"{last_day(of.year)}"
    for each in of.classes:
        people = [(each.teacher.id, "teacher", "true")]
        people += [(student.id, "student", "false") for student in each.students]
        for user_id, role, primary in people:
            id = f"enr-{each.id[4:]}-{user_id}"
            yield id, "", "", each.id, each.school.id, user_id, role, primary, first, last


def demographics(students: Iterable[Student]) -> Iterator[Row]:
    for each in students:
        races = ["true" if each.race == race else "false" for race in RACES]
        hispanic = "true" if each.hispanic else "false"
        yield (each.id, "", "", f"{each.born}", each.sex, *races, hispanic, "", "", "", "")
