"""Adding up observations.

`OBSERVED` and `DERIVED` add up the observations that `wanted` selects. `wanted` is a SELECT of
`owner`, `definition_id`, `derivation` and `place_ids`. They give a row per owner, definition and
period; the lists in a row have the same order. For an attendance rate the denominator is days and
`people` the students; for all others `people` is the denominator. Days count in hundredths.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import text

from services.outcomes.observations.figures.rules import Figures, Wanted, wanted_json
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
# By grade and over all grades at once; `grade` is null for all.
DERIVED = GATHERED.format(
    sums="""
    select t.owner, t.definition_id, period.id as period_id, g.id as group_id, t.numerator,
           t.denominator, t.people, t.as_of, 1 as revision
    from (
      select w.owner, w.definition_id, t.school_year, t.grade,
        sum(case w.derivation when 'chronic_absence' then t.chronically_absent
            else t.hundredths_attended end)::bigint as numerator,
        sum(case w.derivation when 'chronic_absence' then t.judged
            else 100 * t.days_enrolled end)::bigint as denominator,
        sum(case w.derivation when 'chronic_absence' then t.judged
            else t.students end)::bigint as people, max(t.as_of)::timestamptz as as_of
      from ({wanted}) w
      join observed_place p on p.id = any(w.place_ids) and p.kind in ('roster', 'school')
      join attendance_sum t on t.place = p.key and (t.place = 'all') = (p.kind = 'roster')
        and case w.derivation when 'chronic_absence' then t.judged else t.students end > 0
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
    join indicator_definition d on d.indicator_id = i.id
      and (i.derivation is null or d.number = i.definition)
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
# The places are given, not a scorecard's.
WANTED = """
    select * from jsonb_to_recordset(cast(:wanted as jsonb))
      as given (owner int, definition_id uuid, derivation text, place_ids int[])
    where (derivation is null) = {observed}
"""
OF_WANTED = f"""
    select f.owner, f.definition_id, period.label, f.group_ids, f.numerators, f.denominators,
           f.people, f.as_of
    from ({OBSERVED.format(wanted=WANTED.format(observed="true"))}
      union all
      {DERIVED.format(wanted=WANTED.format(observed="false"))}) f
    join reporting_period period on period.id = f.period_id
"""


async def figures(
    reader: Reading, scorecard_id: UUID, indicators: Sequence[UUID]
) -> list[Figures]:
    """The figures of these indicators of a scorecard, under each of their definitions, added up
    over its places, by period. A derived indicator is counted in one way, whatever its definition
    says: its figures belong to the one in force."""
    wanted = {"scorecard_id": scorecard_id, "indicators": list(indicators)}
    return [Figures(*row) for row in await reader.execute(text(FIGURES), wanted)]


async def sums_of(reader: Reading, wanted: Iterable[Wanted]) -> dict[tuple[int, str], Figures]:
    """The figures of each owner, added up over its places, by period."""
    found = await reader.execute(text(OF_WANTED), {"wanted": wanted_json(wanted)})
    return {(row[0], row[2]): Figures(*row[1:]) for row in found}
