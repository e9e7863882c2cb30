"""What services keep of each other's facts, worked out anew from the sources and compared."""

import itertools
from collections import Counter, defaultdict
from typing import Any

from tests.faults.held import Held

# By another way than the code's: no upsert, no running sums.
DOSAGE = """
    select e.id, coalesce(e.minutes_per_week * e.weeks,
        (select sum(minutes) from program_session s where s.program_id = e.program_id
           and s.status <> 'canceled' and s.held_on >= e.started_on
           and s.held_on <= coalesce(e.ended_on, 'infinity'::date)), 0)::int as planned,
      coalesce((select sum(m.minutes_attended) from session_mark m
        join program_session s on s.id = m.session_id and s.status = 'complete'
          and s.held_on >= e.started_on and s.held_on <= coalesce(e.ended_on, 'infinity'::date)
        where m.engagement_id = e.id), 0)::int as delivered
    from engagement e where e.started_on is not null
"""
KEPT_DOSAGE = "select engagement_id, planned_minutes, delivered_minutes from dosage"
MEASURED_DOSAGE = "select engagement_id, planned_minutes, delivered_minutes from dosage_measure"
# Of a day with marks of several schools the mean of them; of each school its own marks.
MARKS = """
    select student_id, extract(year from held_on + interval '6 months')::int as school_year, held_on,
      school_id, coalesce(hundredths, (category not like '%Absence')::int * 100) as part
    from attendance_mark
"""
ATTENDANCE = f"""
    select student_id, school_year, count(*)::int as enrolled, sum(part)::int as attended
    from (select student_id, school_year, held_on, round(avg(part)) as part from ({MARKS}) m
          group by 1, 2, 3) d group by 1, 2
"""
KEPT_ATTENDANCE = (
    "select student_id, school_year, days_enrolled, hundredths_attended from attendance_total"
)
MEASURED = (
    "select student_id, school_year, days_enrolled, hundredths_attended from attendance_measure"
)
AT_SCHOOLS = f"""
    select student_id, school_year,
      coalesce(nullif(school_id::text, '00000000-0000-0000-0000-000000000000'), ''), count(*)::int, sum(part)::int from ({MARKS}) m
    group by 1, 2, 3
"""
MEASURED_AT_SCHOOLS = """
    select student_id, school_year, p.place, p.days_enrolled, p.hundredths_attended
    from attendance_measure, jsonb_to_recordset(parts)
      as p (place text, days_enrolled int, hundredths_attended int) where p.place <> 'all'
"""
ADDED_UP = """
    select school_year, place, grade, students, judged, chronically_absent, days_enrolled::bigint,
      hundredths_attended::bigint from attendance_sum
    where (students, days_enrolled, hundredths_attended) <> (0, 0, 0)
"""
ADD_UP = """
    select m.school_year, p.place, coalesce(m.grade, 'Other'), count(*),
      count(*) filter (where p.days_enrolled >= 10), count(*) filter (where p.days_enrolled >= 10
      and 100 * p.days_enrolled - p.hundredths_attended >= 10 * p.days_enrolled),
      sum(p.days_enrolled)::bigint, sum(p.hundredths_attended)::bigint
    from attendance_measure m, jsonb_to_recordset(m.parts)
      as p (place text, days_enrolled int, hundredths_attended int) group by 1, 2, 3
"""
PROGRAMS = "select id, name, status, capacity from program"
OFFERED = "select program_id, name, status, capacity from offered_program"
MEMBERS = "select partnership_id, partner_id from partnership_member where left_on is null"
CONTRIBUTIONS = "select partnership_id, partner_id from contribution"
# Alone is who was in a partnership and is in none.
ALONE = """
    select partner_id from partnership_member group by 1 having bool_and(left_on is not null)
"""
KNOWN_ALONE = "select partner_id from known_partner where alone"
NAMES = "select id, name from partner"
HEARD_NAMES = {
    "students": "select partner_id, name from offering_partner",
    "resources": "select partner_id, name from known_partner",
    "outcomes": "select partner_id, name from contributor",
}
FINISHED = "select assignment_id, count(*)::int from completion group by 1"
COUNTED = "select id, finished_count from assignment where finished_count > 0"


async def derived_differences(rig: Held) -> dict[str, int]:
    """By what is compared: rows that are on one side only."""

    async def differ(one: tuple[str, str], other: tuple[str, str]) -> int:
        return different(await rig.rows(*one), await rig.rows(*other))

    found = {
        "students' dosage, from sessions and marks": await differ(
            ("students", DOSAGE), ("students", KEPT_DOSAGE)),
        "outcomes' dosage, from students'": await differ(
            ("students", DOSAGE), ("outcomes", MEASURED_DOSAGE)),
        "students' attendance totals, from marks": await differ(
            ("students", ATTENDANCE), ("students", KEPT_ATTENDANCE)),
        "outcomes' attendance, from students' marks": await differ(
            ("students", ATTENDANCE), ("outcomes", MEASURED)),
        "outcomes' attendance at each school, from students' marks": await differ(
            ("students", AT_SCHOOLS), ("outcomes", MEASURED_AT_SCHOOLS)),
        "outcomes' attendance by place and grade": await differ(
            ("outcomes", ADD_UP), ("outcomes", ADDED_UP)),
        "students' programs, from partners": await differ(
            ("partners", PROGRAMS), ("students", OFFERED)),
        "outcomes' contributors, from partners' members": await differ(
            ("partners", MEMBERS), ("outcomes", CONTRIBUTIONS)),
        "resources' partners that are alone": await differ(
            ("partners", ALONE), ("resources", KNOWN_ALONE)),
        "resources' finished assignments, from completions": await differ(
            ("resources", FINISHED), ("resources", COUNTED)),
    }  # fmt: skip
    for service, sql in HEARD_NAMES.items():
        found[f"{service}' names of partners"] = await differ(("partners", NAMES), (service, sql))
    measures = await _in_order(rig)
    return found | {"outcomes' measures announced out of order": measures}


def different(one: list[Any], other: list[Any]) -> int:
    left, right = Counter(map(tuple, one)), Counter(map(tuple, other))
    return max((left - right).total(), (right - left).total())


async def _in_order(rig: Held) -> int:
    """What outcomes announced of each child's year follows what students did, step by step: days
    only become more here, so that a step back is an effect too late, and the same again one done
    again."""
    steps: dict[Any, list[tuple[int, str]]] = defaultdict(list)
    rows = await rig.rows("outcomes", """
        select aggregate_id, (data::jsonb ->> 'denominator')::int as days, data from outbox
        where type = 'outcomes.measure.changed.v1'
          and data::jsonb ->> 'measure' = 'attendance_rate'
        order by aggregate_id, aggregate_version""")  # fmt: skip
    for row in rows:
        steps[row["aggregate_id"]].append((row["days"], row["data"]))
    return sum(
        after[0] < before[0] or after[1] == before[1]
        for told in steps.values()
        for before, after in itertools.pairwise(told)
    )
