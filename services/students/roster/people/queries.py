"""Pieces of statements about people that several nouns need."""

from typing import Any

from sqlalchemy import ColumnElement, case, cast, false, func, literal
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from services.students.roster.people.records import NAMES, person
from shared.persistence.folding import Begun, tsquery

MOST_WORDS = 12


def named(words: str) -> ColumnElement[bool]:
    """The condition that each word is one of the person's names, or begins one; of no word, nobody."""
    return _has(person, tsquery(words, Begun.EACH, MOST_WORDS))


def rank(words: str) -> ColumnElement[int]:
    """0 where each word is a whole one of the person's names, else 1."""
    whole = _has(person, tsquery(words, Begun.NONE, MOST_WORDS))
    return case((whole, literal(0)), else_=literal(1))


def words_of(whom: Any) -> Any:
    """The words of every name of the person."""
    return func.name_words(*(getattr(whom, name) for name in NAMES), type_=TSVECTOR)


def _has(whom: Any, query: str) -> ColumnElement[bool]:
    if not query:
        return false()
    return words_of(whom).bool_op("@@")(cast(query, TSQUERY))  # type: ignore[no-any-return]
