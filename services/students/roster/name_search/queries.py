"""Searching the children of a whole district by name, the best first, by the way that costs less."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Select,
    String,
    Uuid,
    bindparam,
    case,
    false,
    literal_column,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import aliased

from services.students.roster.name_search.rules import FIRST_LOOK, worth_looking_at
from services.students.roster.people.queries import MOST_WORDS, words_of
from services.students.roster.people.records import NAMES, WORDS, person
from services.students.roster.students.records import student
from shared.contracts.students.student import StudentSummary
from shared.http.paging import Page, PageRequest, in_order, page_of_ranks
from shared.persistence.database import Reading
from shared.persistence.folding import Begun, likely, tsquery

somebody: Any = aliased(person, name="somebody")
_FURTHER = ", ".join(NAMES[2:])
# `search_name` has the given and the family name.
MAY_BE = f"""
    (search_name ~ :likely or coalesce({_FURTHER}) is not null
     and lower(concat_ws(' ', {_FURTHER}) collate "C") ~ :likely)"""
"""A condition that holds for everybody whose names match, and is found sooner than their words."""
BEFORE_ALL = ("", UUID(int=0))
"""A name and an id that come before those of everybody."""


@dataclass(frozen=True)
class Rank:
    """The people of one rank of a search: the words of their names match `query`, and their names
    `likely`. `common`: how many of the next `FIRST_LOOK` people are of this rank. `everybody`: how many
    people there are, as PostgreSQL counted them the last time. `anybody`: whether any may be of this
    rank."""

    query: str
    likely: str
    common: int
    everybody: int
    anybody: bool

    def given(self, after: Sequence[Any]) -> dict[str, Any]:
        """The parameters of `BY_WORDS` and of `by_name`. `after`: a name and an id."""
        return {"words": self.query, **_near(self.likely, after)}


async def best_first(
    reader: Reading, found: Select[Any], given: dict[str, Any], words: str, paging: PageRequest
) -> Page[StudentSummary]:
    """One page of the children of `found` who are named so, the best first, each rank by name.
    `given`: the parameters of `found`."""
    begins = (paging.after() or [0, *BEFORE_ALL])[1:]
    ranks = await _ranked(reader, words, begins)
    lists = [partial(_of_rank, reader, found, given, each) for each in ranks]
    return await page_of_ranks(lists, StudentSummary, paging, keys=len(BEFORE_ALL))


async def _of_rank(
    reader: Reading, found: Select[Any], given: dict[str, Any], named_so: Rank,
    wanted: int, after: Sequence[Any] | None,
) -> tuple[Iterable[str], Sequence[Any]]:  # fmt: skip
    """The next children of this rank, by the way that is likely to cost less. Both give the same
    children; those who are found among the next by name count where they fill the page."""

    async def read(people: Any) -> tuple[Iterable[str], Sequence[Any]]:
        those = found.join(people, people.c.id == student.id)
        by = [people.c.search_name, people.c.id]
        asked = given | named_so.given(after or BEFORE_ALL)
        rows = await reader.execute(in_order(those, by, wanted, after), asked)
        return rows.keys(), rows.all()

    if not named_so.anybody:
        return (), ()
    look_at = worth_looking_at(wanted, named_so.common, named_so.everybody)
    if look_at:
        names, rows = await read(by_name(look_at))
        if len(rows) == wanted:
            return names, rows
    return await read(BY_WORDS)


async def _ranked(reader: Reading, words: str, after: Sequence[Any]) -> list[Rank]:
    """The ranks of a search, the best first: those with each word whole, and those with each word
    whole or begun but for these. `after`: the name and the id where the page begins."""
    whole, begun = (tsquery(words, which, MOST_WORDS) for which in (Begun.NONE, Begun.EACH))
    if not whole:
        return []
    looks, begun = likely(words, MOST_WORDS), f"({begun}) & !({whole})"
    asked = {"whole": whole, "begun": begun, **_near(looks, after)}
    counted = (await reader.execute(COUNTED, asked)).one()
    return [
        Rank(whole, looks, counted.common_whole, counted.everybody, counted.any_whole),
        Rank(begun, looks, counted.common_begun, counted.everybody, counted.any_begun),
    ]


def _near(looks: str, after: Sequence[Any]) -> dict[str, Any]:
    name, id = after
    return {"likely": looks, "after_name": name, "after_id": id}


def _query(name: str) -> Any:
    return bindparam(name, type_=TSQUERY())


def _columns(whose: Any) -> Select[Any]:
    return select(whose.id, whose.search_name)


def _next_people(look_at: int) -> Any:
    """So many people that come next in the order of names. Their number stands in the statement, since
    PostgreSQL plans a limit that it does not know as a tenth of the table."""
    after = tuple_(bindparam("after_name", type_=String()), bindparam("after_id", type_=Uuid()))
    place = tuple_(somebody.search_name, somebody.id)
    names = [getattr(somebody, name) for name in NAMES]
    found = _columns(somebody).add_columns(*names).where(place > after)
    found = found.order_by(somebody.search_name, somebody.id)
    return found.limit(literal_column(str(look_at))).subquery("next_people").c


COUNTED = text(f"""
    with near as materialized (
      select {WORDS} as words
      from (select search_name, {", ".join(NAMES)} from person
            where (search_name, id) > (:after_name, :after_id)
            order by search_name, id limit {FIRST_LOOK}) next_people
      where {MAY_BE}
    ),
    whole as materialized (select from person where {WORDS} @@ cast(:whole as tsquery)),
    begun as materialized (select from person where {WORDS} @@ cast(:begun as tsquery))
    select common_whole, common_begun,
      common_whole > 0 or exists (select from whole) as any_whole,
      common_whole > 0 or common_begun > 0 or exists (select from begun) as any_begun,
      (select cast(reltuples as bigint) from pg_class where oid = 'person'::regclass) as everybody
    from (select count(*) filter (where words @@ cast(:whole as tsquery)) as common_whole,
                 count(*) filter (where words @@ cast(:begun as tsquery)) as common_begun from near) c
""")
"""How many of the next people are of either rank, and whether anybody may be. The parts are
materialized, so that PostgreSQL finds all by their words, although one row is enough."""


def _by_words() -> Any:
    # An offset keeps PostgreSQL from taking the order of names as its way to them.
    found = _columns(somebody).where(words_of(somebody).bool_op("@@")(_query("words")))
    one = found.offset(0).subquery("found").c
    return _columns(one).order_by(one.search_name, one.id).offset(0).subquery("named")


@cache
def by_name(look_at: int) -> Any:
    """The people of a rank among so many that come next in the order of names, by `search_name`. Of a
    common name they fill a page at once; of a rare one hardly ever."""
    near = _next_people(look_at)
    may_be: Any = text(MAY_BE).bindparams(bindparam("likely", type_=String()))
    # Of a CASE PostgreSQL expects every other row. Of the condition alone it expects one in 200, and
    # would join them with all schools.
    are = case((may_be, words_of(near).bool_op("@@")(_query("words"))), else_=false())
    return _columns(near).where(are).subquery("named")


BY_WORDS = _by_words()
"""The people of a rank by `search_name`, found by their words, however many come before them in the
order of names. The bearers of a rare name are few; those of a common one are all sorted."""
