"""The SQL that places each line of a register at a school, in this order:

1. the school that the line names;
2. the school of the mark that the day has: a correction keeps it. Where several schools have marks,
   the line is `ambiguous`;
3. the one school at which the child has a role whose dates cover the day;
4. where no dates cover it, the only school at which the roster has ever told the child to be, as
   far as the dates that it gives allow;
5. the child's present school, for a day after the last mark of every school that it has left
   without a date.

Where none of these says it, the day has no school: none is invented.
"""

from shared.contracts.students.school import ABOVE_SCHOOLS, NO_SCHOOL

ABOVE = ", ".join(f"'{kind}'" for kind in ABOVE_SCHOOLS)
STAGE = """
    create temporary table staged_day (student_id uuid, held_on date, category text, line int,
      school_id uuid, hundredths smallint) on commit drop
"""
# An ended role without an end may have ended on any day.
PLACE = f"""
    create temporary table placed_day on commit drop as
    with open as (
      select student_id, held_on from staged_day where school_id is null
    ), marked as (
      select m.student_id, m.held_on, (array_agg(m.school_id))[1] as school_id,
        count(*) > 1 as ambiguous
      from attendance_mark m join open using (student_id, held_on)
      where m.school_id <> '{NO_SCHOOL}' group by 1, 2
    ), stay as (
      select r.person_id as student_id, r.org_id as school_id, r.begins_on, r.ends_on,
        r.status = 'active' as active,
        r.begins_on is not null and (r.status = 'active' or r.ends_on is not null) as dated
      from person_role r join org o on o.id = r.org_id and o.type not in ({ABOVE})
      where r.role = 'student' and r.person_id in (select student_id from open)
    ), candidate as (
      select d.student_id, d.held_on, s.school_id, bool_or(s.dated) as dated,
        bool_or(s.active) as active
      from open d join stay s on s.student_id = d.student_id
        and (s.begins_on is null or s.begins_on <= d.held_on)
        and (s.ends_on is null or s.ends_on >= d.held_on)
      group by 1, 2, 3
    ), told as (
      select student_id, held_on,
        case when count(*) filter (where dated) = 1
             then (array_agg(school_id) filter (where dated))[1]
             when count(*) = 1 then (array_agg(school_id))[1]
             when count(*) filter (where dated) = 0 and count(*) filter (where active) = 1
             then (array_agg(school_id) filter (where active))[1] end as school_id,
        count(*) > 1 and count(*) filter (where dated) = 0 as moved
      from candidate group by 1, 2
    ), last_mark as (
      select m.student_id, m.school_id, max(m.held_on) as held_on
      from attendance_mark m where m.student_id in (select student_id from told where moved)
      group by 1, 2
    ), early as (
      select distinct t.student_id, t.held_on
      from told t join candidate c using (student_id, held_on)
      left join last_mark l on l.student_id = c.student_id and l.school_id = c.school_id
      where t.moved and c.school_id <> t.school_id
        and (l.held_on is null or l.held_on >= t.held_on)
    )
    select d.student_id, d.held_on, d.category, d.line, d.hundredths,
      coalesce(d.school_id, m.school_id, case when e.held_on is null then t.school_id end,
        '{NO_SCHOOL}') as school_id,
      d.school_id is null and coalesce(m.ambiguous, false) as ambiguous
    from staged_day d
    left join marked m using (student_id, held_on)
    left join told t using (student_id, held_on)
    left join early e using (student_id, held_on)
"""
