"""The table of partners. Lists of parts are stored as HSDS spells them; `source` has the values of
an import that no column takes."""

from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Column, Computed, Index, String
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlmodel import Field

from shared.contracts.partners.partner import PartnerStatus
from shared.persistence.records import Record

# Names in any language; descriptions also without their English endings. All of it folded, as search
# asks for it (shared/persistence/folding.py).
WORDS = (
    "setweight(to_tsvector('simple', searchable(name || ' ' || coalesce(alternate_name, ''))), 'A')"
    " || setweight(to_tsvector('english', searchable(coalesce(description, ''))), 'C')"
    " || setweight(to_tsvector('simple', searchable(coalesce(description, ''))), 'D')"
)

# What the release before this one searches. The next release drops it.
WORDS_BEFORE = (
    "setweight(to_tsvector('simple', name || ' ' || coalesce(alternate_name, '')), 'A') || "
    "setweight(to_tsvector('english', coalesce(description, '')), 'C') || "
    "setweight(to_tsvector('simple', coalesce(description, '')), 'D')"
)


class PartnerRow(Record, table=True):
    __tablename__ = "partner"
    __table_args__: ClassVar = (
        Column("words", TSVECTOR, Computed(WORDS_BEFORE, persisted=True), nullable=True),
        Column("folded_words", TSVECTOR, Computed(WORDS, persisted=True), nullable=True),
        Index("partner_words", "words", postgresql_using="gin"),
        Index("partner_folded_words", "folded_words", postgresql_using="gin"),
    )

    name: str = Field(index=True)
    kind: str = Field(sa_type=String)
    status: str = Field(default=PartnerStatus.ACTIVE, sa_type=String)
    alternate_name: str | None = None
    description: str | None = None
    url: str | None = None
    email: str | None = None
    year_incorporated: int | None = None
    legal_status: str | None = None
    logo: str | None = None
    uri: str | None = None
    parent_id: UUID | None = Field(default=None, index=True, foreign_key="partner.id")
    phones: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    contacts: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    identifiers: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    source: dict[str, Any] = Field(default={}, sa_type=JSONB)


partner: Any = PartnerRow
