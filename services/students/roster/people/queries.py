"""Pieces of statements about people that several nouns need."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, literal_column, or_, true

from services.students.roster.people.records import PersonRow

P: Any = PersonRow
MOST_WORDS = 5


def json_rows(statement: Select[Any]) -> Any:
    """All rows of a correlated statement as one JSON array, so that a read stays one statement."""
    fields = [part for c in statement.selected_columns for part in (literal(c.key), c)]
    rows = func.jsonb_agg(func.jsonb_build_object(*fields))
    whole = func.coalesce(rows, literal_column("'[]'::jsonb"))
    return statement.with_only_columns(whole).scalar_subquery()


def named(words: str) -> ColumnElement[bool]:
    """Whose family, given or preferred name begins so; of several words, each."""
    return and_(true(), *(_begins(word) for word in words.lower().split()[:MOST_WORDS]))


def _begins(word: str) -> ColumnElement[bool]:
    return or_(
        P.search_name.startswith(word, autoescape=True),
        func.lower(P.given_name).startswith(word, autoescape=True),
        func.lower(P.preferred_given_name).startswith(word, autoescape=True),
    )
