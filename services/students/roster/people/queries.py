"""Pieces of statements about people that several nouns need."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, true

from services.students.roster.people.records import PersonRow

P: Any = PersonRow
MOST_WORDS = 5


def named(words: str) -> ColumnElement[bool]:
    """Whose family, given or preferred name begins so; of several words, each."""
    return and_(true(), *(_begins(word) for word in words.lower().split()[:MOST_WORDS]))


def _begins(word: str) -> ColumnElement[bool]:
    return or_(
        P.search_name.startswith(word, autoescape=True),
        func.lower(P.given_name).startswith(word, autoescape=True),
        func.lower(P.preferred_given_name).startswith(word, autoescape=True),
    )
