"""Pieces of statements about people that several nouns need."""

from sqlalchemy import ColumnElement, and_, func, or_, true

from services.students.roster.people.records import person

MOST_WORDS = 5


def named(words: str) -> ColumnElement[bool]:
    """The condition that the family, given or preferred name begins so; of several words, that a
    name begins with each."""
    return and_(true(), *(_begins(word) for word in words.lower().split()[:MOST_WORDS]))


def _begins(word: str) -> ColumnElement[bool]:
    return or_(
        person.search_name.startswith(word, autoescape=True),
        func.lower(person.given_name).startswith(word, autoescape=True),
        func.lower(person.preferred_given_name).startswith(word, autoescape=True),
    )
