"""Pieces of statements about people that several nouns need."""

from typing import Any

from sqlalchemy import ColumnElement, case, cast, false, func, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import aliased

from services.students.roster.people.records import NAMES, person
from shared.persistence.folding import Begun, tsquery

MOST_WORDS = 12
somebody: Any = aliased(person, name="somebody")


def named(words: str) -> ColumnElement[bool]:
    """The condition that each word is one of the person's names, or begins one; of no word, nobody."""
    return _has(person, tsquery(words, Begun.EACH, MOST_WORDS))


def rank(words: str) -> ColumnElement[int]:
    """0 where each word is a whole one of the person's names, else 1."""
    whole = _has(person, tsquery(words, Begun.NONE, MOST_WORDS))
    return case((whole, literal(0)), else_=literal(1))


def ranked(words: str) -> list[Any]:
    """Everybody who is named so, by `search_name`, as one table for each rank. PostgreSQL finds them
    by their words first, however many people come before them in the order of names."""
    whole, begun = (tsquery(words, which, MOST_WORDS) for which in (Begun.NONE, Begun.EACH))
    found = select(somebody.id, somebody.search_name).order_by(somebody.search_name, somebody.id)
    # The offset keeps PostgreSQL from taking the order of names as its way to them.
    return [
        found.where(_has(somebody, query)).offset(0).subquery("named")
        for query in (whole, f"({begun}) & !({whole})")
        if whole
    ]


def _has(whom: Any, query: str) -> ColumnElement[bool]:
    if not query:
        return false()
    known = func.name_words(*(getattr(whom, name) for name in NAMES), type_=TSVECTOR)
    return known.bool_op("@@")(cast(query, TSQUERY))
