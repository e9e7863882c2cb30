"""Adding up observations.

`OBSERVED` and `DERIVED` take the observations of what is wanted, `wanted` being a SELECT of `owner`,
`definition_id`, `derivation` and `place_ids`; they answer with a row per owner, definition and
period, whose lists go together. Of an attendance rate the denominator is days and `people` the
students; of all else `people` is the denominator.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from services.outcomes.observations.figures.rules import Figures
from shared.persistence.database import Reading

GATHERED = """
    select owner, definition_id, period_id,
           array_agg(group_id order by group_id) as group_ids,
           array_agg(numerator order by group_id) as numerators,
           array_agg(denominator order by group_id) as denominators,
           array_agg(people order by group_id) as people,
           max(as_of) as as_of, max(revision) as revision
    from ({sums}) sums group by owner, definition_id, period_id
"""
OBSERVED = GATHERED.format(
    sums="""
    select w.owner, w.definition_id, o.period_id, o.group_id,
           sum(o.numerator)::bigint as numerator, sum(o.denominator)::bigint as denominator,
           sum(o.denominator)::bigint as people, max(o.as_of) as as_of,
           max(o.revision) as revision
    from ({wanted}) w
    join observation o on o.definition_id = w.definition_id
      and o.place_id = any(w.place_ids) and o.superseded_at is null
    group by w.owner, w.definition_id, o.period_id, o.group_id
"""
)
# Grade and all grades at once; `grade` is null for all.
DERIVED = GATHERED.format(
    sums="""
    select t.owner, t.definition_id, period.id as period_id, g.id as group_id, t.numerator,
           t.denominator, t.people, t.as_of, 1 as revision
    from (
      select w.owner, w.definition_id, t.school_year, t.grade,
        sum(case w.derivation when 'chronic_absence' then t.chronically_absent
            else t.days_attended end)::bigint as numerator,
        sum(case w.derivation when 'chronic_absence' then t.students
            else t.days_enrolled end)::bigint as denominator,
        sum(t.students)::bigint as people, max(t.as_of)::timestamptz as as_of
      from ({wanted}) w
      join observed_place p on p.id = any(w.place_ids) and p.kind in ('roster', 'school')
      join school_attendance t on p.kind = 'roster' or t.school_id::text = p.key
      where t.students > 0
      group by grouping sets (
        (w.owner, w.definition_id, t.school_year, t.grade),
        (w.owner, w.definition_id, t.school_year))
    ) t
    join reporting_period period
      on period.label = (t.school_year - 1)::text || '-' || t.school_year::text
    join disaggregate g on g.dimension = case when t.grade is null then 'all' else 'grade_level' end
      and g.value = coalesce(t.grade, 'all')
"""
)
OF_SCORECARD = """
    select s.id as owner, d.id as definition_id, i.derivation, s.place_ids
    from scorecard s
    join indicator i on i.id = any(s.indicator_ids) and (i.derivation is null) = {observed}
      and i.id = any(cast(:indicators as uuid[]))
    join indicator_definition d on d.indicator_id = i.id and d.number = i.definition
    where s.id = :scorecard_id
"""
FIGURES = f"""
    select f.definition_id, period.label, f.group_ids, f.numerators, f.denominators, f.people,
           f.as_of
    from ({OBSERVED.format(wanted=OF_SCORECARD.format(observed="true"))}
      union all
      {DERIVED.format(wanted=OF_SCORECARD.format(observed="false"))}) f
    join reporting_period period on period.id = f.period_id
    order by period.starts_on, period.rank, period.ends_on
"""


async def figures(
    reader: Reading, scorecard_id: UUID, indicators: Sequence[UUID]
) -> list[Figures]:
    """Of these indicators of a scorecard, added up over its places, by period."""
    wanted = {"scorecard_id": scorecard_id, "indicators": list(indicators)}
    return [Figures(*row) for row in await reader.execute(text(FIGURES), wanted)]
