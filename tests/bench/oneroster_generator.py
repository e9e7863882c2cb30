"""A OneRoster 1.2 bulk package of any size: plausible, diverse, the same for the same arguments.

`python -m tests.bench.oneroster_generator 1500 roster.zip`
"""

import csv
import io
import random
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from services.students.exchange.oneroster_schema.rules import LAYOUTS, ORDER, STORED, V12

STUDENTS_PER_SCHOOL = 500
STUDENTS_PER_CLASS = 25
STUDENTS_PER_TEACHER = 16
CLASSES_PER_STUDENT = (5, 6)
GRADES = ["KG", *(f"{n:02d}" for n in range(1, 13))]
SUBJECTS = ["Mathematics", "English Language Arts", "Science", "Social Studies", "Art", "Music"]
GIVEN = [
    "Amara",
    "Luis",
    "Mei",
    "Noah",
    "Fatima",
    "Diego",
    "Aisha",
    "Liam",
    "Sofia",
    "Kwame",
    "Yuki",
    "Elena",
    "Omar",
    "Grace",
    "Ivan",
    "Leila",
    "Mateo",
    "Zoe",
    "Tariq",
    "Ana",
    "Chen",
    "Ruth",
    "Samir",
    "Nia",
    "Pavel",
    "Rosa",
    "Jin",
    "Maya",
    "Tomás",
    "Ines",
    "Kofi",
    "Hana",
]
FAMILY = [
    "Diallo",
    "García",
    "Nguyen",
    "Johnson",
    "Patel",
    "Okafor",
    "Kim",
    "Silva",
    "Haddad",
    "Kowalski",
    "Brown",
    "Tanaka",
    "Rossi",
    "Mensah",
    "Ali",
    "Novak",
    "Cruz",
    "Williams",
    "Chen",
    "Osei",
    "Ivanova",
    "Lopez",
    "Schmidt",
    "Mbeki",
    "O'Neill",
    "Sato",
    "Reyes",
    "Abebe",
    "Singh",
    "Hernández",
    "Dubois",
    "Jones",
]
RACES = ("americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican", "white")

Row = dict[str, str]


def package(students: int, *, seed: int = 1, year: int = 2026) -> bytes:
    """`year`: that in which the school year ends."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as package:
        package.writestr("manifest.csv", _manifest())
        for file, rows in _files(students, random.Random(seed), year):
            with package.open(f"{file}.csv", "w") as raw:
                text = io.TextIOWrapper(raw, "utf-8", newline="", write_through=True)
                _write(text, LAYOUTS[V12][file].names, rows)
                text.flush()
                text.detach()
    return out.getvalue()


def _manifest() -> str:
    lines = ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.2"]
    lines += [f"file.{file},{'bulk' if file in STORED else 'absent'}" for file in ORDER]
    return "\r\n".join(lines) + "\r\n"


def _write(out: io.TextIOWrapper, names: Sequence[str], rows: Iterable[Row]) -> None:
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in rows)


def _files(n: int, chance: random.Random, year: int) -> Iterator[tuple[str, Iterator[Row]]]:
    schools = max(1, n // STUDENTS_PER_SCHOOL)
    teachers = max(schools, n // STUDENTS_PER_TEACHER)
    yield "orgs", _orgs(schools)
    yield "academicSessions", _sessions(year)
    yield "courses", _courses(schools)
    yield "classes", _classes(n, schools, year)
    yield "users", _users(n, schools, teachers, chance)
    yield "roles", _roles(n, schools, teachers)
    yield "enrollments", _enrollments(n, schools, teachers, year)
    yield "demographics", _demographics(n, chance, year)


def _orgs(schools: int) -> Iterator[Row]:
    yield {"sourcedId": "district", "name": "River Valley District", "type": "district",
           "identifier": "district"}  # fmt: skip
    for s in range(schools):
        yield {"sourcedId": f"school-{s}", "name": f"{FAMILY[s % len(FAMILY)]} School {s + 1}",
               "type": "school", "identifier": f"{1000 + s}",
               "parentSourcedId": "district"}  # fmt: skip


def _sessions(year: int) -> Iterator[Row]:
    title = f"{year - 1}-{year}"
    begin, end = f"{year - 1}-08-15", f"{year}-07-31"
    yield {"sourcedId": f"year-{year}", "title": title, "type": "schoolYear", "startDate": begin,
           "endDate": end, "schoolYear": str(year)}  # fmt: skip


def _courses(schools: int) -> Iterator[Row]:
    for s in range(schools):
        for k, subject in enumerate(SUBJECTS):
            yield {"sourcedId": f"course-{s}-{k}", "title": subject, "courseCode": subject[:3],
                   "orgSourcedId": f"school-{s}", "subjects": subject}  # fmt: skip


def _classes_of(n: int, schools: int, school: int) -> int:
    here = len(range(school, n, schools))
    return max(len(SUBJECTS), here * CLASSES_PER_STUDENT[1] // STUDENTS_PER_CLASS)


def _classes(n: int, schools: int, year: int) -> Iterator[Row]:
    for s in range(schools):
        for k in range(_classes_of(n, schools, s)):
            subject = k % len(SUBJECTS)
            yield {"sourcedId": f"class-{s}-{k}", "title": f"{SUBJECTS[subject]} {k}",
                   "courseSourcedId": f"course-{s}-{subject}", "classCode": f"{s}-{k}",
                   "classType": "scheduled", "schoolSourcedId": f"school-{s}",
                   "termSourcedIds": f"year-{year}", "location": f"Room {k}"}  # fmt: skip


def _contacts_of(student: int) -> list[str]:
    """Every child has one contact, every second one more; brothers and sisters share the first."""
    first = f"contact-{student - student % 5 if student % 5 < 2 else student}"
    return [first, f"contact-{student}-2"] if student % 2 else [first]


def _name(chance: random.Random) -> Row:
    return {"givenName": chance.choice(GIVEN), "familyName": chance.choice(FAMILY)}


def _users(n: int, schools: int, teachers: int, chance: random.Random) -> Iterator[Row]:
    enabled = {"enabledUser": "true"}
    for t in range(teachers):
        yield {"sourcedId": f"staff-{t}", "username": f"t{t}", "identifier": f"{70000 + t}",
               "email": f"staff{t}@district.example", "primaryOrgSourcedId": f"school-{t % schools}",
               **_name(chance), **enabled}  # fmt: skip
    for i in range(n):
        yield {"sourcedId": f"student-{i}", "username": f"s{i}", "identifier": f"{100000 + i}",
               "userIds": f"{{State:{500000 + i}}}", "grades": GRADES[i % len(GRADES)],
               "agentSourcedIds": ",".join(_contacts_of(i)),
               "primaryOrgSourcedId": f"school-{i % schools}", **_name(chance),
               **enabled}  # fmt: skip
    for contact in dict.fromkeys(c for i in range(n) for c in _contacts_of(i)):
        yield {"sourcedId": contact, "username": contact, "phone": "(555) 010 0199",
               **_name(chance), **enabled}  # fmt: skip


def _roles(n: int, schools: int, teachers: int) -> Iterator[Row]:
    def role(user: str, school: int, name: str) -> Row:
        return {"sourcedId": f"role-{user}", "userSourcedId": user, "roleType": "primary",
                "role": name, "orgSourcedId": f"school-{school}"}  # fmt: skip

    for t in range(teachers):
        yield role(f"staff-{t}", t % schools, "principal" if t < schools else "teacher")
    for i in range(n):
        yield role(f"student-{i}", i % schools, "student")
    seen = {c: i % schools for i in range(n) for c in _contacts_of(i)}
    for contact, school in seen.items():
        yield role(contact, school, "relative" if contact.endswith("7-2") else "parent")


def _enrollments(n: int, schools: int, teachers: int, year: int) -> Iterator[Row]:
    def row(id: str, school: int, k: int, user: str, role: str) -> Row:
        return {"sourcedId": id, "classSourcedId": f"class-{school}-{k}",
                "schoolSourcedId": f"school-{school}", "userSourcedId": user, "role": role,
                "primary": "true" if role == "teacher" else "", "beginDate": f"{year - 1}-08-15",
                "endDate": f"{year}-07-31"}  # fmt: skip

    for s in range(schools):
        staff = [t for t in range(teachers) if t % schools == s]
        for k in range(_classes_of(n, schools, s)):
            yield row(f"teaching-{s}-{k}", s, k, f"staff-{staff[k % len(staff)]}", "teacher")
    for i in range(n):
        s = i % schools
        classes = _classes_of(n, schools, s)
        for c in range(CLASSES_PER_STUDENT[i % 2]):
            k = (i // schools * len(SUBJECTS) + c) % classes
            yield row(f"enrollment-{i}-{c}", s, k, f"student-{i}", "student")


def _demographics(n: int, chance: random.Random, year: int) -> Iterator[Row]:
    for i in range(n):
        age = i % len(GRADES) + 6
        born = date(year - age, 1, 1) + timedelta(days=chance.randrange(365))
        races = dict.fromkeys(RACES, "false") | {chance.choice(RACES): "true"}
        yield {"sourcedId": f"student-{i}", "birthDate": born.isoformat(),
               "sex": chance.choice(["male", "female"]), "demographicRaceTwoOrMoreRaces": "false",
               "hispanicOrLatinoEthnicity": chance.choice(["true", "false"]), **races}  # fmt: skip


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(package(int(sys.argv[1])))
