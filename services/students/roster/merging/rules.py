"""The SQL of a merge, from the columns it sets. `:source` is the district's partner id.

What changed is noted in the temporary table `touched`, by the person it belongs to where it
belongs to one: an import that touches nothing announces nothing.
"""

from collections.abc import Mapping
from enum import StrEnum


class Mode(StrEnum):
    ABSENT = "absent"
    BULK = "bulk"
    DELTA = "delta"


UUID7 = """encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
    substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
    from 1 for 6), 52, 1), 53, 1), 'hex')::uuid"""
"""UUIDv7 (RFC 9562). PostgreSQL has its own only from 18 on."""

SOURCE = "cast(:source as uuid)"
STATUS = "case when s.status = 'tobedeleted' then 'ended' else 'active' end"


def upsert(
    table: str, values: Mapping[str, str], origin: str, *, touches: str = "id"
) -> tuple[str, str]:
    """Updates the rows that differ from those of `origin` (a FROM in which `s` is the staged
    file), and inserts those that are missing. A row that ends without ever having been here is
    left out. Whoever runs them holds the roster's lock, so that nobody inserts the same rows."""
    names = ", ".join(values)
    chosen = ", ".join(f"{expression} as {name}" for name, expression in values.items())
    new, old = (", ".join(f"{alias}.{name}" for name in values) for alias in ("w", "t"))
    wanted = f"(select s.sourcedid as source_id, {chosen} from {origin}) w"
    change = f"""
        with changed as (
          update {table} t set ({names}) = row({new}) from {wanted}
          where t.source = {SOURCE} and t.source_id = w.source_id
            and ({old}) is distinct from ({new})
          returning t.{touches} as touched
        )
        insert into touched select touched from changed"""
    add = f"""
        with added as (
          insert into {table} as t (id, source, source_id, {names})
          select {UUID7}, {SOURCE}, w.source_id, {new} from {wanted}
          where w.status <> 'ended' and not exists (
            select from {table} o where o.source = {SOURCE} and o.source_id = w.source_id)
          returning t.{touches} as touched
        )
        insert into touched select touched from added"""
    return change, add


def end_missing(table: str, stage: str, *, touches: str = "id") -> str:
    """Ends what a bulk file no longer has. Rows entered by hand have no `source_id` and stay."""
    return f"""
        with ended as (
          update {table} t set status = 'ended'
          where t.source = {SOURCE} and t.status = 'active' and t.source_id is not null
            and not exists (select from {stage} s where s.sourcedid = t.source_id)
          returning t.{touches} as touched
        )
        insert into touched select touched from ended"""


def set_parent(table: str, stage: str) -> str:
    return f"""
        with moved as (
          update {table} t set parent_id = p.id
          from {stage} s
          left join {table} p on p.source = {SOURCE} and p.source_id = s.parentsourcedid
          where t.source = {SOURCE} and t.source_id = s.sourcedid
            and t.parent_id is distinct from p.id
          returning t.id
        )
        insert into touched select id from moved"""


def list_of(column: str) -> str:
    """A list within a cell as an array of text."""
    split = f"regexp_split_to_array(trim({column}), '\\s*,\\s*')"
    return f"case when {column} is null then array[]::varchar[] else {split}::varchar[] end"


def of_source(table: str, alias: str, source_id: str, *, left: bool = False) -> str:
    """A join to the row of this source that a staged row refers to."""
    kind = "left join" if left else "join"
    return (
        f"{kind} {table} {alias} on {alias}.source = {SOURCE} and {alias}.source_id = {source_id}"
    )
