"""The parts of a child's school year, how they are judged, and the SQL that adds them up.

A school answers for the days on which the child was there; for all schools together the child's
whole year counts once. Chronically absent: missed at least 10 % of the days enrolled, for any reason
(Promise Neighborhoods, GPRA 3.2), of a least number of days; below it nobody is judged.
"""

from typing import Any, Final, NamedTuple
from uuid import UUID

from shared.contracts.outcomes.place import EVERYWHERE
from shared.contracts.students.attendance import AttendanceCounted

CHRONIC_PERCENT: Final = 10
HUNDREDTHS: Final = 100
NOWHERE: Final = ""
"""The place of days whose school is not known."""
# Against the release before, which changes measures and no sums.
LOCK = """
    select id from attendance_measure where student_id = any(cast(:students as uuid[]))
    order by student_id, school_year for update
"""
# `moved` holds the years that leave the sums, as negatives, and those that enter them.
ADD_UP = """
    insert into attendance_sum as total (school_year, place, grade, students, judged,
      chronically_absent, days_enrolled, hundredths_attended, as_of)
    select m.school_year, p.place, coalesce(m.grade, 'Other'), sum(m.sign), sum(m.sign * p.judged),
      sum(m.sign * p.absent), sum(m.sign * p.days_enrolled), sum(m.sign * p.hundredths_attended),
      max(m.as_of)
    from moved m cross join lateral jsonb_to_recordset(m.parts) as p (place text,
      days_enrolled int, hundredths_attended int, judged int, absent int)
    group by 1, 2, 3 order by 1, 2, 3
    on conflict (school_year, place, grade) do update set
      students = total.students + excluded.students, judged = total.judged + excluded.judged,
      chronically_absent = total.chronically_absent + excluded.chronically_absent,
      days_enrolled = total.days_enrolled + excluded.days_enrolled,
      hundredths_attended = total.hundredths_attended + excluded.hundredths_attended,
      as_of = greatest(total.as_of, excluded.as_of)
"""
COUNT = f"""
    with incoming as (
      select i.*, s.grade from unnest(cast(:ids as uuid[]), cast(:students as uuid[]),
        cast(:years as int[]), cast(:schools as uuid[]), cast(:enrolled as int[]),
        cast(:attended as int[]), cast(:hundredths as int[]), cast(:as_of as date[]),
        cast(:parts as text[]))
        as i (id, student_id, school_year, school_id, days_enrolled, days_attended,
          hundredths_attended, as_of, parts)
      left join measured_student s using (student_id)
    ), before as (
      select m.* from attendance_measure m join incoming using (student_id, school_year)
    ), kept as (
      insert into attendance_measure as m (id, version, created_at, updated_at, student_id,
        school_year, school_id, grade, days_enrolled, days_attended, hundredths_attended, as_of,
        parts, added, judged_from)
      select id, 1, now(), now(), student_id, school_year, school_id, grade, days_enrolled,
        days_attended, hundredths_attended, as_of, parts::jsonb, 1, :least
      from incoming
      on conflict (student_id, school_year) do update set
        version = m.version + 1, added = m.version + 1, updated_at = now(),
        school_id = excluded.school_id, grade = coalesce(m.grade, excluded.grade),
        days_enrolled = excluded.days_enrolled, days_attended = excluded.days_attended,
        hundredths_attended = excluded.hundredths_attended, as_of = excluded.as_of,
        parts = excluded.parts, judged_from = excluded.judged_from
      where m.added is distinct from m.version
        or (m.school_id, m.days_enrolled, m.days_attended, m.hundredths_attended, m.as_of, m.parts,
          m.judged_from) is distinct from (excluded.school_id, excluded.days_enrolled,
          excluded.days_attended, excluded.hundredths_attended, excluded.as_of, excluded.parts,
          excluded.judged_from)
      returning m.*
    ), moved as (
      select -1 as sign, b.school_year, b.grade, b.as_of, b.parts from before b join kept using (id)
      union all
      select 1, school_year, grade, as_of, parts from kept
    ), added as ({ADD_UP})
    select id from kept
"""
# A year that was counted before the roster arrived gets its grade now.
GRADE = f"""
    with before as (
      select m.*, i.grade as told from attendance_measure m
      join unnest(cast(:students as uuid[]), cast(:grades as text[])) as i (student_id, grade)
        using (student_id)
      where m.grade is null and i.grade is not null
    ), kept as (
      update attendance_measure m set grade = b.told from before b where m.id = b.id returning m.*
    ), moved as (
      select -1 as sign, school_year, grade, as_of, parts from before union all
      select 1, school_year, grade, as_of, parts from kept
    ), added as ({ADD_UP})
    select id from kept
"""
CHANGED = f"""
    select id as aggregate_id, version, jsonb_build_object(
      'student_id', student_id, 'measure', 'attendance_rate', 'school_year', school_year,
      'engagement_id', null, 'numerator', days_attended, 'denominator', days_enrolled,
      'divided', cast(:divided as boolean),
      'holds', case when days_enrolled >= greatest(:least, 1) then
        100 * days_enrolled - hundredths_attended >= {CHRONIC_PERCENT} * days_enrolled end) as data
    from attendance_measure where id = any(cast(:ids as uuid[])) order by id
"""
STALE = """
    select student_id, school_year, school_id, days_enrolled, days_attended, hundredths_attended,
      as_of, parts, added is not distinct from version as added
    from attendance_measure
    where added is distinct from version or judged_from is distinct from :least
    order by id limit :most
"""
FORGET = "delete from attendance_measure where student_id = :id"


class Part(NamedTuple):
    """Days of a child's school year at one place, as they are in the sums."""

    place: str
    days_enrolled: int
    hundredths_attended: int

    def judged(self, least_days: int) -> dict[str, Any]:
        absent = chronically_absent(self.days_enrolled, self.hundredths_attended, least_days)
        return self._asdict() | {"judged": int(absent is not None), "absent": int(absent is True)}


def chronically_absent(
    days_enrolled: int, hundredths_attended: int, least_days: int
) -> bool | None:
    """None where there are fewer days than `least_days`, or none at all."""
    if days_enrolled < max(least_days, 1):
        return None
    missed = days_enrolled * HUNDREDTHS - hundredths_attended
    return missed >= CHRONIC_PERCENT * days_enrolled


def attended(event: AttendanceCounted) -> int:
    """The days attended in hundredths, at most those enrolled."""
    told = event.hundredths_attended
    hundredths = event.days_attended * HUNDREDTHS if told is None else told
    return min(hundredths, event.days_enrolled * HUNDREDTHS)


def parts(event: AttendanceCounted) -> list[Part]:
    """The child's whole year, and the days of each school. A release that does not tell the days of
    each school counts them all for the school of the last one."""
    whole = Part(EVERYWHERE, event.days_enrolled, attended(event))
    schools = (
        [whole._replace(place=_place(event.school_id))]
        if event.schools is None
        else [
            Part(_place(at.school_id), at.days_enrolled, at.hundredths_attended)
            for at in event.schools
        ]
    )
    return [part for part in (whole, *schools) if part.days_enrolled > 0]


def _place(school_id: UUID | None) -> str:
    return NOWHERE if school_id is None else str(school_id)
