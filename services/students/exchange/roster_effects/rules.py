"""The SQL that compares a roster's records in force before and after a merge. `:source` is the
district's partner id.

A record is known by two ids, of which the second is a contact's, and else the first again.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from shared.contracts.imports import ImportEffect, PartEffect

SOURCE = "cast(:source as uuid)"
# Written in this transaction.
_FRESH = "{}.xmin = pg_current_xact_id()::xid"
# Of each kind of record: its two ids, its school, whether it was written just now, and those in force.
_RECORDS = {
    "children": ("c.id", "c.id", "c.school_id", _FRESH.format("c"),
                 f"student c where c.source = {SOURCE} and c.status = 'active'"),
    "contacts": ("k.student_id", "k.contact_id", "c.school_id", _FRESH.format("k"),
                 f"""student_contact k join student c on c.id = k.student_id
                 where c.source = {SOURCE} and k.ended_on is null"""),
    "demographics": ("d.student_id", "d.student_id", "c.school_id", _FRESH.format("d"),
                     f"""demographic d join student c on c.id = d.student_id
                     where c.source = {SOURCE}"""),
    "staff": ("r.id", "r.id", "r.org_id", f"{_FRESH.format('r')} or {_FRESH.format('p')}",
              f"""person_role r join person p on p.id = r.person_id
              where r.source = {SOURCE} and r.status = 'active' and p.status = 'active'
                and r.role not in ('student', 'parent', 'guardian', 'relative')"""),
    "classes": ("c.id", "c.id", "c.school_id", _FRESH.format("c"),
                f"class c where c.source = {SOURCE} and c.status = 'active'"),
    "enrollments": ("e.id", "e.id", "c.school_id", _FRESH.format("e"),
                    f"""enrollment e join class c on c.id = e.class_id
                    where e.source = {SOURCE} and e.status = 'active'"""),
}  # fmt: skip
NOUNS = tuple(_RECORDS)
_IN_FORCE = " union all ".join(
    f"select '{noun}' as noun, {id} as id, {other} as other, {school} as school_id,"
    f" {fresh} as fresh from {rows}"
    for noun, (id, other, school, fresh, rows) in _RECORDS.items()
)
NOTE = f"create temporary table in_force on commit drop as {_IN_FORCE}"
EFFECTS = f"""
    select m.noun, m.school_id, o.name, count(m.before) as known,
           count(*) filter (where m.before is null) as added,
           count(*) filter (where m.after is null) as ended,
           count(*) filter (where m.before is not null and m.fresh) as changed
    from (
      select noun, coalesce(b.school_id, a.school_id) as school_id, b.id as before,
             a.id as after, a.fresh
      from in_force b full join ({_IN_FORCE}) a using (noun, id, other)
    ) m
    left join org o on o.id = m.school_id
    group by m.noun, m.school_id, o.name order by m.noun, o.name, m.school_id"""


def effects(rows: Iterable[Any]) -> list[ImportEffect]:
    """One for each kind of record, with the schools in which something ends. `rows`: of `EFFECTS`."""
    by_noun = {noun: list(of) for noun, of in groupby(rows, lambda row: str(row["noun"]))}
    return [_effect(noun, by_noun.get(noun, [])) for noun in NOUNS]


def _effect(noun: str, rows: list[Any]) -> ImportEffect:
    sums = {
        name: sum(row[name] for row in rows) for name in ("added", "changed", "ended", "known")
    }
    parts = [
        PartEffect(id=row["school_id"], name=row["name"], known=row["known"], ended=row["ended"])
        for row in rows
        if row["ended"] and row["school_id"] is not None
    ]
    return ImportEffect(noun=noun, parts=parts, **sums)
