"""The tables of programs and of the sites where they take place."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Column, Computed, Index, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlmodel import Field, SQLModel

from services.partners.directory.partners.records import WORDS, WORDS_BEFORE
from shared.contracts.partners.program import ProgramStatus
from shared.persistence.records import Record


class ProgramRow(Record, table=True):
    __tablename__ = "program"
    __table_args__: ClassVar = (
        Column("words", TSVECTOR, Computed(WORDS_BEFORE, persisted=True), nullable=True),
        Column("folded_words", TSVECTOR, Computed(WORDS, persisted=True), nullable=True),
        Index("program_words", "words", postgresql_using="gin"),
        Index("program_folded_words", "folded_words", postgresql_using="gin"),
    )

    partner_id: UUID = Field(index=True, foreign_key="partner.id")
    name: str = Field(index=True)
    status: str = Field(default=ProgramStatus.ACTIVE, sa_type=String)
    alternate_name: str | None = None
    description: str | None = None
    url: str | None = None
    email: str | None = None
    application_process: str | None = None
    fees_description: str | None = None
    eligibility_description: str | None = None
    interpretation_services: str | None = None
    accreditations: str | None = None
    alert: str | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    grades: list[str] = Field(default=[], sa_type=ARRAY(String))
    capacity: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    closed_on: date | None = None
    languages: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    schedules: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    cost_options: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    phones: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    contacts: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    source: dict[str, Any] = Field(default={}, sa_type=JSONB)


program: Any = ProgramRow


class ProgramSiteRow(SQLModel, table=True):
    """Says that a program takes place at a site. `source` has the imported values (HSDS
    service_at_location)."""

    __tablename__ = "program_site"

    program_id: UUID = Field(primary_key=True, foreign_key="program.id")
    site_id: UUID = Field(primary_key=True, index=True, foreign_key="site.id")
    position: int = 0
    source: dict[str, Any] = Field(default={}, sa_type=JSONB)


program_site: Any = ProgramSiteRow
