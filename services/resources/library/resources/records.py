"""The tables of resources."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, Column, Computed, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field

from shared.persistence.records import Record


# Once without English endings, and once as written, for all other languages.
def _words(text: str) -> str:
    """`text`: the SQL of a column's text, with the column's name at the braces."""
    return " || ".join(
        f"setweight(to_tsvector('{language}', {text.format(column)}), '{weight}')"
        for column, weight in (
            ("name", "A"), ("topics", "B"), ("description", "C"), ("makers", "D"),
        )
        for language in ("english", "simple")
    )  # fmt: skip


# Folded, as search asks for it (shared/persistence/folding.py).
WORDS = _words("searchable({})")
# What the release before this one searches. The next release drops it.
WORDS_BEFORE = _words("{}")


def texts() -> Any:
    return Field(default=[], sa_type=ARRAY(Text), nullable=False)


class ResourceRow(Record, table=True):
    """Search reads `topics`, `makers` and `facets`, which are worked out from the other columns."""

    __tablename__ = "resource"
    __table_args__: ClassVar = (
        Column("words", TSVECTOR, Computed(WORDS_BEFORE, persisted=True), nullable=True),
        Column("folded_words", TSVECTOR, Computed(WORDS, persisted=True), nullable=True),
        UniqueConstraint(
            "partner_id", "url", name="resource_url", postgresql_nulls_not_distinct=True
        ),
        # One index holds words and facets, so that only rows that match both are fetched.
        *(
            Index(
                name,
                words,
                "facets",
                postgresql_using="gin",
                postgresql_where=text("status = 'shared'"),
            )
            for name, words in (
                ("resource_search", "words"),
                ("resource_folded_search", "folded_words"),
            )
        ),
        Index("resource_newest", "id", postgresql_where=text("status = 'shared'")),
    )
    __mapper_args__: ClassVar = {"exclude_properties": ["words", "folded_words"]}

    partner_id: UUID | None = Field(default=None, index=True)
    owner_id: UUID | None = Field(default=None, index=True)
    status: str
    name: str
    url: str
    description: str = ""
    image: str | None = None
    learning_resource_type: list[str] = texts()
    about: list[str] = texts()
    about_ids: list[str] = texts()
    educational_level: list[str] = texts()
    grades: list[str] = texts()
    typical_age_min: int | None = None
    typical_age_max: int | None = None
    audience: list[str] = texts()
    in_language: list[str] = texts()
    license: str | None = None
    license_url: str | None = None
    time_required_minutes: int | None = None
    interactivity_type: str | None = None
    educational_use: list[str] = texts()
    keywords: list[str] = texts()
    creator: list[str] = texts()
    publisher: list[str] = texts()
    provider: str | None = None
    is_based_on: list[str] = texts()
    teaches: list[str] = texts()
    assesses: list[str] = texts()
    is_accessible_for_free: bool | None = None
    date_created: date | None = None
    date_published: date | None = None
    date_modified: date | None = None
    topics: str = ""
    makers: str = ""
    facets: list[str] = texts()


resource: Any = ResourceRow
