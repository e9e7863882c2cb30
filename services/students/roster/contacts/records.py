"""The tables of contacts. The adult's name and telephone are in its `person`."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, String
from sqlmodel import Field, SQLModel

from shared.persistence.records import new_id


class StudentContactRow(SQLModel, table=True):
    """One adult's relation to one child."""

    __tablename__ = "student_contact"

    student_id: UUID = Field(primary_key=True, foreign_key="student.id")
    contact_id: UUID = Field(primary_key=True, index=True, foreign_key="person.id")
    relation: str = Field(sa_type=String)
    legal_guardian: str = Field(sa_type=String)
    legal_recorded: bool = False
    """Somebody recorded the legal status by hand; a roster no longer changes it."""
    lives_with: bool | None = None
    may_pick_up: bool | None = None
    emergency: bool | None = None
    rostered: bool = False
    """True for a contact that came with a roster and follows it; false once somebody keeps it by
    hand."""
    listed_by_child: bool = False
    listed_by_contact: bool = False
    ended_on: date | None = None


student_contact: Any = StudentContactRow


class ContactRestrictionRow(SQLModel, table=True):
    """An act that a court forbids this contact with regard to this child, between two days."""

    __tablename__ = "contact_restriction"
    __table_args__: ClassVar = (
        Index("contact_restriction_of_contact", "student_id", "contact_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    student_id: UUID = Field(foreign_key="student.id")
    contact_id: UUID = Field(foreign_key="person.id")
    kind: str = Field(sa_type=String)
    begins_on: date
    ends_on: date | None = None
    document_reference: str


contact_restriction: Any = ContactRestrictionRow
