"""The arithmetic of attendance with the SQL that counts it.

Sources: the GPRA indicators of Promise Neighborhoods (3.1: days attended ÷ days enrolled; 3.2:
chronic absence is missing at least 10 % of the days enrolled, for any reason, so that excused
absences count) and vocabulary 5.3. Tardy, partial days and early departures are days attended.

A mark on a day that the calendar of its school makes no school day does not count. A day belongs to
the school of its mark. Of a day with marks of several schools a student attended
the mean of them, and it is one day of the student's year.
"""

from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from services.students.roster.school_calendar.rules import CALENDARS, IS_SCHOOL_DAY
from shared.contracts.students.attendance import ABSENCES, AttendanceCategory
from shared.contracts.students.school import NO_SCHOOL
from shared.core.refusals import Conflict, Forbidden, NotFound

OLDEST_YEAR = 1990
PART_UNFIT = "The part of an absence is below 1, and the part of an attended day is above 0."
CHRONIC_PER_CENT = 10
HUNDREDTHS = 100
# Half a year after its day, a mark lies in the calendar year in which its school year ends.
YEARS_OF_MARKS = """
    (select distinct student_id,
            extract(year from held_on + interval '6 months')::int as school_year from {given} g)
"""
_ESCAPED = CALENDARS.replace("{", "{{").replace("}", "}}")  # of a text that is formatted
PREPARE = """
    insert into attendance_total
      (id, version, created_at, updated_at, student_id, school_year, days_enrolled, days_attended,
       days_excused, days_tardy, as_of)
    select gen_random_uuid(), 0, now(), now(), student_id, school_year, 0, 0, 0, 0, 'epoch'
    from {years} y order by student_id, school_year
    on conflict (student_id, school_year) do nothing
"""
LOCK = """
    select t.id from attendance_total t join {years} y using (student_id, school_year)
    order by t.student_id, t.school_year for update of t
"""
COUNT = f"""
    with wanted as materialized (
      select y.student_id, y.school_year, s.source
      from {{years}} y join student s on s.id = y.student_id
    ), calendar as materialized (
      {_ESCAPED} and (y.source, y.school_year) in (select source, school_year from wanted)
    ), mark as (
      select y.student_id, y.school_year, m.held_on, m.school_id, m.category,
        coalesce(m.hundredths,
          case when m.category like '%Absence' then 0 else {HUNDREDTHS} end) as hundredths
      from wanted y join attendance_mark m
        on m.student_id = y.student_id and m.held_on >= make_date(y.school_year - 1, 7, 1)
        and m.held_on < make_date(y.school_year, 7, 1)
      left join calendar c on c.source = y.source and c.school_id = m.school_id
        and c.school_year = y.school_year
      where c.source is null or {IS_SCHOOL_DAY.format(day="m.held_on")}
    ), day as (
      select student_id, school_year, held_on, round(avg(hundredths)) as hundredths,
        bool_or(category = 'Excused Absence') as excused, bool_or(category = 'Tardy') as tardy
      from mark group by 1, 2, 3
    ), whole as (
      select student_id, school_year, count(*) as enrolled, sum(hundredths)::int as hundredths,
        count(*) filter (where excused) as excused, count(*) filter (where tardy) as tardy,
        max(held_on) as as_of
      from day group by 1, 2
    ), part as (
      select student_id, school_year, school_id, count(*) as enrolled, max(held_on) as as_of,
        sum(hundredths) as hundredths
      from mark group by 1, 2, 3
    ), parts as (
      select student_id, school_year,
        nullif((array_agg(school_id order by as_of desc, school_id))[1], '{NO_SCHOOL}')
          as last_school,
        jsonb_agg(jsonb_build_object(
          'school_id', nullif(school_id, '{NO_SCHOOL}'), 'days_enrolled', enrolled,
          'hundredths_attended', hundredths, 'as_of', as_of) order by school_id) as schools
      from part group by 1, 2
    ), found as (
      select y.student_id, y.school_year, coalesce(w.enrolled, 0) as enrolled,
        coalesce(w.hundredths, 0) as hundredths, coalesce(w.excused, 0) as excused,
        coalesce(w.tardy, 0) as tardy, w.as_of, p.last_school, coalesce(p.schools, '[]') as schools
      from wanted y left join whole w using (student_id, school_year)
      left join parts p using (student_id, school_year)
    ), compared as (
      select t.id, f.*, t.counted is null or t.counted not in (0, t.version) or
        (t.days_enrolled, t.hundredths_attended, t.days_excused, t.days_tardy, t.schools)
        is distinct from (f.enrolled, f.hundredths, f.excused, f.tardy, f.schools) as changed
      from attendance_total t join found f using (student_id, school_year)
      where t.counted is distinct from t.version
        or (t.days_enrolled, t.hundredths_attended, t.days_excused, t.days_tardy, t.schools)
        is distinct from (f.enrolled, f.hundredths, f.excused, f.tardy, f.schools)
    ), kept as (
      update attendance_total t set
        days_enrolled = c.enrolled, days_attended = round(c.hundredths / {HUNDREDTHS}.0),
        hundredths_attended = c.hundredths, days_excused = c.excused, days_tardy = c.tardy,
        school_id = c.last_school, as_of = coalesce(c.as_of, t.as_of), schools = c.schools,
        version = t.version + c.changed::int, counted = t.version + c.changed::int,
        updated_at = now()
      from compared c where c.id = t.id returning t.id, c.changed
    )
    select id from kept where changed
"""
COUNTED = """
    select id as aggregate_id, version, jsonb_build_object(
      'student_id', student_id, 'school_id', school_id, 'school_year', school_year,
      'days_enrolled', days_enrolled, 'days_attended', days_attended, 'as_of', as_of,
      'hundredths_attended', hundredths_attended, 'schools', schools) as data
    from attendance_total where id = any(:ids)
"""
STALE = """
    select student_id, school_year from attendance_total
    where counted is distinct from version order by student_id, school_year limit :most
"""
YEARS_GIVEN = """
    (select student_id, school_year from unnest(cast(:students as uuid[]), cast(:years as int[]))
       as g (student_id, school_year))
"""
# Counted again; not announced where they stay as they are.
STALE_NOW = """
    update attendance_total set counted = 0 where id in (
      select t.id from attendance_total t join student s on s.id = t.student_id
      where s.source = :source and t.school_year = :year and t.counted is not null
      order by t.student_id, t.school_year for update of t)
"""
ANNOUNCE_AGAIN = f"""
    update attendance_total set counted = null where id in (
      select t.id from attendance_total t join {YEARS_GIVEN} y using (student_id, school_year)
      order by t.student_id, t.school_year for update of t)
"""


def chronically_absent(days_enrolled: Any, hundredths_attended: Any, least_days: int) -> Any:
    """Whether at least 10 % of the days enrolled were missed, of a least number of days. It is
    exact, since it counts in whole hundredths of a day.

    For numbers it gives a bool; for columns of numbers, by which lists are read, a column.
    """
    missed = days_enrolled * HUNDREDTHS - hundredths_attended
    return (days_enrolled >= max(least_days, 1)) & (missed >= CHRONIC_PER_CENT * days_enrolled)


def in_hundredths(part: str) -> int:
    """A part of a day, as it is written, in hundredths rounded half up."""
    return int((Decimal(part) * HUNDREDTHS).quantize(Decimal(1), ROUND_HALF_UP))


def part_fits(category: str, hundredths: int) -> bool:
    """Whether of a day of this category the child can have been there so long."""
    if category in ABSENCES:
        return hundredths < HUNDREDTHS
    return hundredths > 0 or category == AttendanceCategory.PARTIAL


def marked_school(marked: Collection[UUID], named: UUID | None) -> UUID:
    """The school whose mark of a day is meant: the one that is named, else the only one that has a
    mark. Raises `NotFound("mark-unknown")`, and where several have one `school-ambiguous`."""
    wanted = [school for school in marked if named in (None, school)]
    if not wanted:
        raise NotFound("mark-unknown", "There is no such mark.")
    if len(wanted) > 1:
        raise Conflict("school-ambiguous", "Several schools have a mark for this day; name one.")
    return wanted[0]


def ensure_may_mark(*, at_school: bool) -> None:
    """Each school keeps its own marks."""
    if not at_school:
        raise Forbidden(
            "mark-not-own",
            "Only the school of the mark and the district take it back: the school's leaders, and"
            " whoever teaches the child there.",
        )
