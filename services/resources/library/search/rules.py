"""The search as typed values, and the SQL that answers it. Values are always bound."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.resources.library.resources.rules import token
from shared.contracts.resources.search import Facet
from shared.formats.texts import asked

COUNTED = 5_000
RANKED = 5_000
VALUES = 50
WORDS = 12
WORD = re.compile(r"[^\W_]+")
QUERY = "(to_tsquery('english', :words) || to_tsquery('simple', :words))"
WELL = 33  # divides by the logarithm of the length, and brings the rank between 0 and 1


@dataclass(frozen=True)
class Wanted:
    """`tokens`: the alternatives of each facet that narrows the search."""

    words: str = ""
    tokens: Mapping[Facet, list[str]] = field(default_factory=dict)
    age: int | None = None
    partner_id: UUID | None = None

    @property
    def everything(self) -> bool:
        return not (self.words or self.tokens or self.age is not None or self.partner_id)


def words(text: str) -> str:
    """A tsquery in which all words must occur, folded; the last one may be the beginning of a word.

    >>> words("Adding fracti")
    "'adding' & 'fracti':*"
    """
    parts = (part for word in asked(text) for part in word)
    found = [word for part in parts for word in WORD.findall(part)][:WORDS]
    return " & ".join(f"'{word}'" for word in found) + ":*" if found else ""


def tokens(facet: Facet, values: list[str]) -> list[str]:
    return sorted({token(facet, value) for value in values})


def parameters(wanted: Wanted) -> dict[str, Any]:
    named: dict[str, Any] = {facet.value: each for facet, each in wanted.tokens.items()}
    if wanted.words:
        named["words"] = wanted.words
    if wanted.age is not None:
        named["age"] = wanted.age
    if wanted.partner_id is not None:
        named["partner_id"] = wanted.partner_id
    return named


def where(wanted: Wanted, *, but: Facet | None = None) -> str:
    """The conditions for a match, without those of one facet."""
    conditions = ["r.status = 'shared'"]
    if wanted.words:
        conditions.append(f"r.folded_words @@ {QUERY}")
    conditions += [
        f"r.facets && cast(:{facet} as text[])" for facet in wanted.tokens if facet is not but
    ]
    if wanted.age is not None:
        conditions.append("r.typical_age_min <= :age")
        conditions.append("(r.typical_age_max is null or r.typical_age_max >= :age)")
    if wanted.partner_id is not None:
        conditions.append("r.partner_id = :partner_id")
    return " and ".join(conditions)


def newest_page(wanted: Wanted, columns: str, *, after: bool) -> str:
    """Without words the newest come first; ids are in the order of time."""
    return f"""
        select {columns}, 0.0 as score, p.name as partner_name
        from resource r left join known_partner p on p.partner_id = r.partner_id
        where {where(wanted)} {"and r.id < :after_id" if after else ""}
        order by r.id desc limit :limit
    """


def ranked_page(wanted: Wanted, columns: str, *, after: bool) -> str:
    """With words the best matches come first, among the first 5,000."""
    beyond = "where (score, id) < (cast(:after_score as float8), cast(:after_id as uuid))"
    return f"""
        with {matches("matched", f"id, ts_rank(r.folded_words, {QUERY}, {WELL})::float8 as score", wanted)},
        best as (
          select id, score from (select * from matched limit {RANKED}) ranked
          {beyond if after else ""} order by score desc, id desc limit :limit
        )
        select {columns}, best.score, p.name as partner_name
        from best join resource r using (id)
          left join known_partner p on p.partner_id = r.partner_id
        order by best.score desc, id desc
    """


def matches(name: str, columns: str, wanted: Wanted, *, but: Facet | None = None) -> str:
    """The matches. The outer statement limits them: a limit within would lead the planner to scan
    the whole table for the first few, and rows that are not read cost nothing."""
    return f"""{name} as materialized (
      select r.{columns} from resource r where {where(wanted, but=but)}
    )"""


def counts(wanted: Wanted) -> str:
    """Each facet's values with their counts: of the matches, or, for a facet that narrows, of the
    matches without it. One pass over the matches, and one more per narrowing facet."""
    others = "".join(
        f""", {matches(f"but_{facet}", "facets", wanted, but=facet)}""" for facet in wanted.tokens
    )
    narrowing = "".join(
        f"""
          union all
          select value, count(*) from (select facets from but_{facet} limit {COUNTED}) m,
            unnest(facets) value where value like '{facet}:%' group by value"""
        for facet in wanted.tokens
    )
    own = "".join(f" and value not like '{facet}:%'" for facet in wanted.tokens)
    return f"""
        with {matches("matched", "facets", wanted)} {others}, counted as (
          select 'total:' as value, count(*) as resources
          from (select from matched limit {COUNTED + 1}) m
          union all
          select value, count(*) from (select facets from matched limit {COUNTED}) m,
            unnest(facets) value where true{own} group by value
          {narrowing}
        )
        {most_frequent("counted")}
    """


def all_counts() -> str:
    """The counts of the whole library, which every writer keeps up to date."""
    return most_frequent("facet_total")


def most_frequent(table: str) -> str:
    return f"""
        select facet, value, resources from (
          select split_part(value, ':', 1) as facet,
            substr(value, strpos(value, ':') + 1) as value, resources,
            row_number() over (
              partition by split_part(value, ':', 1) order by resources desc, value
            ) as place
          from {table} where resources > 0
        ) placed where place <= {VALUES} order by facet, place
    """
