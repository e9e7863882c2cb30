"""The likeness of two records, as SQL that finds it among the records of a district.

The records are grouped, never joined with each other: during an import PostgreSQL does not know how
many there are, and would compare each with each.
"""

from services.students.access.same_child.rules import folded, protecting
from services.students.roster.merging.rules import SOURCE, UUID7
from shared.contracts.students.possible_duplicate import DuplicateReason, DuplicateStatus

ONE = "select cast(:student_id as uuid)"
TOUCHED = "select id from touched union select id from rostered"
FAMILY, GIVEN = folded("p.family_name"), folded("p.given_name")
CALLED = folded("coalesce(p.preferred_given_name, p.given_name)")
_GIVEN_ALIKE = "({a}.given in ({b}.given, {b}.called) or {a}.called in ({b}.given, {b}.called))"


MOST_RECORDS = 20
"""More records than this of one number, or of the same names and birth date, are no child's: the
register fills in a number, or has records for trials."""
_NUMBER = "lower(regexp_replace(i.kind, '[^A-Za-z]', '', 'g'))"
STATES = (
    "'^(state((assigned|student|unique)*(id|identifier|number))?|ssid|sasid|suid"
    "|usermasteridentifier)$'"
)
"""The kinds of the state's number (`State` in the CEDS Student Identification System), as registers
spell them, and OneRoster's `userMasterIdentifier`."""
_NUMBERS = f"""
    select i.student_id, i.value, {_NUMBER} = 'usermasteridentifier' as master
    from student_identifier i where i.source = {SOURCE} and {_NUMBER} ~ {STATES}"""
_KNOWN = f"""
    select s.id, s.birth_date, {FAMILY} as family, {GIVEN} as given, {CALLED} as called
    from student s join person p on p.id = s.id
    where s.source = {SOURCE}"""


_WRITE = f"""insert into possible_duplicate as d
      (id, version, created_at, updated_at, source, student_id, earlier_id, reason, status)
    select {UUID7}, 1, now(), now(), {SOURCE}, student_id, earlier_id, reason,
           '{DuplicateStatus.OPEN}'"""


def _only(column: str, of: str, whom: str | None) -> str:
    return "" if whom is None else f"and {column} = any(array({of} in ({whom})))"


def find(whom: str | None = None) -> str:
    """Writes a row for each new likeness, and gives its id and the two records. A likeness that the
    district knows already stays as it is; but a shared number becomes a likeness that protects
    where the names or the birth date were corrected since. `whom`: the SQL of the ids of few
    records to compare with all others; without it, all are compared."""
    return f"""
    with dated as (
      select k.*, count(*) over (partition by birth_date, family, given) as records
      from ({_KNOWN} {_only("s.birth_date", "select o.birth_date from student o where o.id", whom)}) k
      where birth_date is not null and (family <> '' or given <> '')),
    families as (
      select array_agg(id) as ids, array_agg(given) as given, array_agg(called) as called
      from dated where records <= {MOST_RECORDS}
      group by birth_date, family having count(*) > 1),
    named as (
      select a.id as a, b.id as b from families f
      cross join lateral unnest(f.ids, f.given, f.called) a (id, given, called)
      cross join lateral unnest(f.ids, f.given, f.called) b (id, given, called)
      where a.id > b.id and {_GIVEN_ALIKE.format(a="a", b="b")}),
    numbers as (
      select array_agg(distinct student_id) as ids
      from ({_NUMBERS} {_only("i.value", "select o.value from student_identifier o where o.student_id", whom)}) n
      group by value, master having count(distinct student_id) > 1),
    numbered as (
      select ids[a] as a, ids[b] as b, cardinality(ids) > {MOST_RECORDS} as crowded from numbers
      cross join lateral generate_series(1, cardinality(ids)) a
      cross join lateral generate_series(a + 1, case when cardinality(ids) <= {MOST_RECORDS}
                                                then cardinality(ids)
                                                else least(a + 1, cardinality(ids)) end) b),
    found as materialized (
      select greatest(a, b) as student_id, least(a, b) as earlier_id,
             bool_or(crowded is null) as named, bool_and(crowded) as crowded
      from (select a, b, null::boolean as crowded from named
            union all select a, b, crowded from numbered) f
      group by 1, 2),
    judged as (
      select f.student_id, f.earlier_id,
             case when f.crowded is null then '{DuplicateReason.NAMES_AND_BIRTH_DATE}'
                  when not f.named and (f.crowded or l.birth_date <> e.birth_date
                                        and not {_GIVEN_ALIKE.format(a="l", b="e")})
                  then '{DuplicateReason.STATE_IDENTIFIER_SHARED}'
                  else '{DuplicateReason.STATE_IDENTIFIER}' end as reason
      from found f
      cross join lateral ({_KNOWN} and s.id = f.student_id limit 1) l
      cross join lateral ({_KNOWN} and s.id = f.earlier_id limit 1) e)
    {_WRITE} from judged
    on conflict (student_id, earlier_id) do update
      set version = d.version + 1, updated_at = now(), reason = excluded.reason
      where d.status = '{DuplicateStatus.OPEN}'
        and d.reason = '{DuplicateReason.STATE_IDENTIFIER_SHARED}'
        and excluded.reason <> d.reason
    returning id, student_id, earlier_id"""


CHAINED = f"""
    with protecting as (
      select d.student_id as a, d.earlier_id as b from possible_duplicate d
      where d.source = {SOURCE} and {protecting("d")}),
    likes as (
      select array_agg(b) as ids
      from (select a, b from protecting union all select b, a from protecting) linked
      group by a having count(*) > 1),
    judged as (
      select distinct a.id as student_id, b.id as earlier_id,
             '{DuplicateReason.ANOTHER_RECORD}' as reason
      from likes cross join lateral unnest(ids) a (id) cross join lateral unnest(ids) b (id)
      where a.id > b.id)
    {_WRITE} from judged
    on conflict (student_id, earlier_id) do nothing
    returning id, student_id, earlier_id"""
"""Writes a row for two records that are like a third one each. Again, until it gives none: what
protects a child is read from record to record, one step far."""
FOUND = """
    select d.id as aggregate_id, d.version,
           jsonb_build_object('possible_duplicate_id', d.id, 'student_id', d.student_id,
                              'earlier_id', d.earlier_id, 'why', d.reason,
                              'status', d.status) as data
    from possible_duplicate d where d.id = any(:found)"""
