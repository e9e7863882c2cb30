"""How a register is recognized that holds hardly any attendance, and how its days are filled in.

A child's year is *sparse* where, with all marks that the platform then has of it, fewer than half of
the weekdays between its first and last mark have one, and most marks are not plain attendance. A full
register is not, not even of a child that was never there; nor are corrections of a full register. A
file is refused for a sparse year only where it has less than half plain attendance of the child's
school, since in a full register a new child may be absent before and after a holiday.

A school's register of a year is one *by exceptions* from the file on that has less than half plain
attendance of the school, and a sparse year of one of its children, while fewer than half of the days
have a mark on which the roster says that the school's children were there. That first file needs a
confirmation. Of such a register a file is completed where a calendar is known: each school day without a
mark, of each child that the roster says was at the school, is a day attended; up to the last day that the
file names, or once the year is over, to its end. Before, days without a line stay *open*.
"""

from services.students.roster.school_calendar.rules import CALENDARS, IS_SCHOOL_DAY
from shared.contracts.students.school import NO_SCHOOL

PLAIN = "category in ('In Attendance', 'Present')"
YEAR = "extract(year from {day} + interval '6 months')::int"
COVERS = """
    ({stay}.begins_on is null or {stay}.begins_on <= {day})
      and ({stay}.ends_on is null or {stay}.ends_on >= {day})"""
SPARSE = f"""
    with suspect as (
      select student_id, {YEAR.format(day="held_on")} as school_year, min(line) as line
      from placed_day group by 1, 2 having count(*) filter (where {PLAIN}) * 2 < count(*)
    ), mark as (
      select p.student_id, {YEAR.format(day="p.held_on")} as school_year, p.held_on, p.category
      from placed_day p
      union all
      select m.student_id, y.school_year, m.held_on, m.category
      from suspect y join attendance_mark m on m.student_id = y.student_id
        and m.held_on >= make_date(y.school_year - 1, 7, 1)
        and m.held_on < make_date(y.school_year, 7, 1)
      where not exists (select from placed_day p where p.student_id = m.student_id
        and p.held_on = m.held_on)
    )
    select s.student_id, s.school_year, s.line
    from suspect s join mark using (student_id, school_year)
    group by 1, 2, 3
    having count(*) filter (where {PLAIN}) * 2 < count(*)
      and count(distinct held_on) * 2 * 7 < (max(held_on) - min(held_on) + 1) * 5
"""
# Of the file's own lines, whether or not its days are filled in already.
MOSTLY_EXCEPTIONS = f"""
    select school_id, {YEAR.format(day="held_on")} as school_year, max(held_on) as last_named
    from placed_day where line is not null group by 1, 2
    having count(*) filter (where {PLAIN}) * 2 < count(*)
"""
SPARSE_LINES = f"""
    select s.line from ({SPARSE}) s where exists (
      select from placed_day p join ({MOSTLY_EXCEPTIONS}) k using (school_id)
      where p.student_id = s.student_id and k.school_year = s.school_year
        and {YEAR.format(day="p.held_on")} = s.school_year)
    order by s.line limit :most
"""
KEEP_SPARSE = f"create temporary table sparse_year on commit drop as {SPARSE}"
CONCERNED = f"select exists ({MOSTLY_EXCEPTIONS})"
BY_CHILD = "create index on placed_day (student_id, held_on)"


def _expected(days: str) -> str:
    """Each day of each child that the roster says was at the school, and whether it has a mark. `days`:
    the subqueries that give the `day`s of the `concerned` schools, whose lines are mostly exceptions."""
    return f"""
    with concerned as ({MOSTLY_EXCEPTIONS}), {days}, stay as (
      select r.person_id as student_id, r.org_id as school_id, r.begins_on, r.ends_on,
        r.status = 'active' as active,
        r.begins_on is not null and (r.status = 'active' or r.ends_on is not null) as dated,
        exists (select from person_role o where o.person_id = r.person_id and o.role = 'student'
          and o.org_id <> r.org_id) as elsewhere
      from person_role r join student c on c.id = r.person_id
      where r.role = 'student' and r.person_id in (
        select person_id from person_role where org_id in (select school_id from concerned))
    )
    select distinct d.school_id, d.school_year, d.held_on, s.student_id,
      exists (select from placed_day p where p.student_id = s.student_id
        and p.held_on = d.held_on and p.school_id in (d.school_id, '{NO_SCHOOL}'))
      or exists (select from attendance_mark m where m.student_id = s.student_id
        and m.held_on = d.held_on and m.school_id in (d.school_id, '{NO_SCHOOL}')) as marked
    from day d join stay s on s.school_id = d.school_id
      and {COVERS.format(stay="s", day="d.held_on")}
    where s.dated or (s.active and s.begins_on is null and not (s.elsewhere and exists (
      select from person_role o where o.person_id = s.student_id and o.role = 'student'
        and o.org_id <> s.school_id
        and {COVERS.format(stay="o", day="d.held_on")})))
"""


_REGISTERED = """
    exists (select from exceptions_register x where x.school_id = k.school_id
      and x.school_year = k.school_year)"""
_OF_THE_CALENDAR = f"""
    calendar as materialized ({CALENDARS}), sparse as (
      select distinct p.school_id, y.school_year from sparse_year y join placed_day p
        on p.student_id = y.student_id and {YEAR.format(day="p.held_on")} = y.school_year
    ), day as (
      select c.school_id, c.school_year, d.held_on
      from concerned k join calendar c using (school_id, school_year)
      cross join lateral (select generate_series(c.first_day, case when c.last_day < :today
        then c.last_day else least(k.last_named, c.last_day) end, interval '1 day')::date
        as held_on) d
      where {IS_SCHOOL_DAY.format(day="d.held_on")}
        and (exists (select from sparse s where s.school_id = k.school_id
              and s.school_year = k.school_year)
          or {_REGISTERED})
    )"""
_OF_THE_FILE = f"""
    day as (
      select distinct k.school_id, k.school_year, p.held_on
      from concerned k join placed_day p on p.school_id = k.school_id
        and {YEAR.format(day="p.held_on")} = k.school_year
      where not {_REGISTERED}
    )"""
# Each school day of each child at the schools whose file may be one by exceptions.
EXPECTED = f"create temporary table expected_day on commit drop as {_expected(_OF_THE_CALENDAR)}"
_HARDLY_MARKED = "group by 1, 2 having count(*) filter (where marked) * 2 < count(*)"
RECOGNIZE = f"""
    insert into exceptions_register (school_id, school_year)
    select school_id, school_year from expected_day {_HARDLY_MARKED}
    order by 1, 2 on conflict do nothing returning school_id
"""
FILL = """
    insert into placed_day (student_id, held_on, category, school_id, ambiguous)
    select e.student_id, e.held_on, 'In Attendance', e.school_id, false
    from expected_day e join exceptions_register x using (school_id, school_year)
    where not e.marked
"""
# Marks that somebody has made since, by a roll.
GIVE_WAY = f"""
    delete from placed_day d where d.line is null and exists (
      select from attendance_mark m where m.student_id = d.student_id
        and m.held_on = d.held_on and m.school_id in (d.school_id, '{NO_SCHOOL}'))
"""
# `:first`: the schools whose days are filled in for the first time.
FILLED = """
    select o.id, o.name, o.id = any(:first) as to_confirm, 0 as known, 0 as ended,
      sum(f.days)::int as filled, count(*) as of_children
    from (
      select school_id, student_id, count(*) as days from placed_day where line is null group by 1, 2
    ) f join org o on o.id = f.school_id
    group by 1, 2 order by 2, 1
"""
# The first line of each school that is not recognized, where the file has hardly any attendance, and
# most children have no mark of its days.
OPEN_LINES = f"""
    select min(p.line) from placed_day p
    join (select school_id, school_year from ({_expected(_OF_THE_FILE)}) e {_HARDLY_MARKED}) s
      on s.school_id = p.school_id and s.school_year = {YEAR.format(day="p.held_on")}
    where p.line is not null group by p.school_id order by 1
"""
