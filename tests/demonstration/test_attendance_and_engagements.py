"""The made attendance, and the made engagements in programs."""

from collections import Counter, defaultdict
from datetime import date

import pytest

from deploy.demonstration.attendance import attending, register
from deploy.demonstration.engagements import FULL, WEEKS, WITH_SESSIONS, minutes_of
from deploy.demonstration.families import families
from deploy.demonstration.schools import SCHOOLS, grade_in
from deploy.demonstration.world import World
from deploy.demonstration.years import first_day, school_days, school_year_of

YEAR = 2027
STAGES = {
    "applied", "denied", "waitlisted", "enrolled", "active", "completed", "withdrawn",
}  # fmt: skip


def days(made: World) -> list[list[str]]:
    return marks(register(made.district.students, first_day(YEAR)))


def marks(file: bytes) -> list[list[str]]:
    return [line.split(",") for line in file.decode().splitlines()[1:]]


def test_chronic_absence_is_between_15_and_20_percent_in_both_years(made: World) -> None:
    enrolled: Counter[tuple[str, bool]] = Counter()
    missed: Counter[tuple[str, bool]] = Counter()
    for id, day, category, _ in days(made):
        key = (id, day < f"{first_day(YEAR - 1)}")
        enrolled[key] += 1
        missed[key] += category.endswith("Absence")
    for first in (True, False):
        there = [key for key in enrolled if key[1] == first]
        chronic = sum(missed[key] * 10 >= enrolled[key] for key in there)
        assert 0.15 <= chronic / len(there) <= 0.20
    assert sum(not first for _, first in enrolled) == attending(made.district.students)


def test_the_register_has_each_student_once_a_day_and_only_days_gone_by(made: World) -> None:
    found = days(made)
    assert len(found) > 400_000
    assert len({(id, day) for id, day, *_ in found}) == len(found)
    assert max(day for _, day, *_ in found) < f"{first_day(YEAR)}"
    assert {id for id, *_ in found} <= {s.id for s in made.district.students}


def test_the_register_has_no_child_before_the_child_entered_school(made: World) -> None:
    grades = {s.id: s.grade for s in made.district.students}
    absent = {"PK"}
    assert not {id for id, *_ in days(made) if grades[id] in absent}


def test_the_register_names_a_school_that_has_the_grade_of_the_day(made: World) -> None:
    schools = {school.id: school.grades for school in SCHOOLS}
    students = {s.id: s for s in made.district.students}
    for id, day, _, school in days(made):
        earlier = 1 if day >= f"{first_day(YEAR - 1)}" else 2
        assert grade_in(students[id].grade, earlier) in schools[school]


def test_the_register_is_the_same_every_time(made: World) -> None:
    students = made.district.students[:100]
    assert register(students, date(2027, 2, 1)) == register(students, date(2027, 2, 1))


@pytest.mark.parametrize(
    "day",
    [date(2026, 7, 1), date(2026, 8, 24), date(2026, 8, 25), date(2026, 8, 26), date(2027, 1, 1),
     date(2028, 2, 29), date(2028, 3, 1), date(2027, 6, 30), date(2026, 12, 31)],
    ids=str,
)  # fmt: skip
def test_the_register_has_every_school_day_until_yesterday_and_none_later(day: date) -> None:
    year = school_year_of(day)
    students = families(year)[:50]
    found = marks(register(students, day))
    this_year = [mark for mark in found if mark[1] >= f"{first_day(year)}"]
    gone_by = {f"{each}" for each in school_days(year) if each < day}
    assert {mark[1] for mark in this_year} == gone_by
    assert len(this_year) == len(gone_by) * len(students)
    assert max(mark[1] for mark in found) < f"{day}"
    schools = {school.id: school.grades for school in SCHOOLS}
    grades = {student.id: student.grade for student in students}
    assert all(grades[id] in schools[school] for id, _, _, school in this_year)


def test_a_day_that_passes_adds_marks_and_changes_none() -> None:
    students = families(YEAR)[:50]
    friday, monday = (
        set(map(tuple, marks(register(students, date(2027, 2, day))))) for day in (5, 8)
    )
    assert friday < monday
    assert {mark[1] for mark in monday - friday} == {"2027-02-05"}


def test_a_student_is_in_a_program_at_most_once_and_fits_its_ages_and_grades(made: World) -> None:
    for program in made.programs:
        students = [each.student for each in program.engaged]
        assert len({s.id for s in students}) == len(students)
        for each in program.engaged:
            born, on = each.student.born, each.begun.on
            age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
            first, last = program.offer.ages or (0, 99)
            assert first <= age <= last
            assert each.student.grade in program.offer.grade_list


def test_all_stages_occur_and_some_programs_have_waiting_lists(made: World) -> None:
    stages = Counter(each.begun.stage for p in made.programs for each in p.engaged)
    stages.update(each.then.stage for p in made.programs for each in p.engaged if each.then)
    assert set(stages) == STAGES - {"waitlisted"}  # given by the service where none is free
    for program in made.programs:
        if program.offer.name in FULL:
            began = [each for each in program.engaged if each.weekly]
            assert len(began) > (program.offer.capacity or 0)


def test_steps_are_in_order_and_lie_before_the_school_year(made: World) -> None:
    for program in made.programs:
        for each in program.engaged:
            assert each.begun.on < first_day(YEAR)
            if each.then is not None:
                assert each.begun.on <= each.then.on < first_day(YEAR)
                assert each.then.reason or each.then.stage == "completed"


def test_sessions_are_weekly_and_their_rolls_name_the_students_with_a_place(made: World) -> None:
    held = {p.offer.name: p for p in made.programs if p.held}
    assert set(held) == set(WITH_SESSIONS)
    for program in held.values():
        assert len(program.held) == WEEKS
        assert minutes_of(program.offer) > 0
        began = {e.student.id: e.begun.on for e in program.engaged if e.weekly}
        for session in program.held:
            named = [student.id for student, _, _ in session.marks]
            assert len(named) == len(set(named)) <= (program.offer.capacity or 10**6)
            assert all(began[id] <= session.on < date(YEAR - 1, 6, 1) for id in named)


def test_the_rolls_differ_between_students(made: World) -> None:
    present: dict[str, int] = defaultdict(int)
    for program in made.programs:
        for session in program.held:
            for student, category, _ in session.marks:
                present[student.id] += category == "Present"
    assert len(set(present.values())) > 5


def test_each_account_of_the_demonstration_has_something_to_see(made: World) -> None:
    cast = made.cast
    engaged = {e.student.id for p in made.programs for e in p.engaged}
    children = [
        s for s in made.district.students if cast.guardian.id in {c.id for c in s.contacts}
    ]
    assert len(children) == 2 and len({c.id for c in children} & engaged) == 1
    assert cast.child in children and cast.child in cast.homeroom.students
    assert len({s.id for s in cast.homeroom.students} & engaged) > 1
    assert cast.student.born <= date(YEAR - 1 - 16, 7, 1) and cast.student.id in engaged
    assert len({p.subject for p in cast.people}) == len(cast.people)
