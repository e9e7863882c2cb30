"""The adults around a child, and what each of them may."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from shared.contracts.base import Answer, Body
from shared.contracts.students.student import Label, Name


class ContactRelation(StrEnum):
    """OneRoster's roles of family, and `other` for who is none."""

    PARENT = "parent"
    GUARDIAN = "guardian"
    RELATIVE = "relative"
    OTHER = "other"


class LegalGuardian(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class RestrictionKind(StrEnum):
    """What a court order forbids this contact with regard to this child."""

    NO_CONTACT = "no-contact"
    NO_RECORDS = "no-records"


class Restriction(Answer):
    id: UUID
    kind: RestrictionKind
    begins_on: date
    ends_on: date | None
    document_reference: str


class Contact(Answer):
    """One adult's relation to one child. `version` is the child's, whose record it is part of."""

    id: UUID
    version: int
    student_id: UUID
    given_name: str
    family_name: str
    relation: ContactRelation
    legal_guardian: LegalGuardian
    lives_with: bool | None
    may_pick_up: bool | None
    emergency: bool | None
    ended_on: date | None
    details_withheld: bool
    """True where the caller may not have the details below; they are null then."""
    language: str | None
    phone: str | None
    sms: str | None
    email: str | None
    restrictions: list[Restriction]


Phone = Annotated[
    str, StringConstraints(min_length=3, max_length=50, pattern=r"^[0-9+(][0-9 ()./#x+\-]*$")
]
Email = Annotated[
    str,
    StringConstraints(
        min_length=3,
        max_length=254,
        pattern=r"^[A-Za-z0-9_.%'-][^@\s\x00-\x1f]*@[^@\s\x00-\x1f]+$",
    ),
]
Language = Annotated[
    str, StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
]
"""BCP 47, as `es` or `zh-Hant`."""


class ContactDraft(Body):
    """A new contact by names, or by `contact_id` one who already is the contact of another child."""

    contact_id: UUID | None = None
    given_name: Name | None = None
    family_name: Name | None = None
    relation: ContactRelation
    legal_guardian: LegalGuardian = LegalGuardian.UNKNOWN
    lives_with: bool | None = None
    may_pick_up: bool | None = None
    emergency: bool | None = None
    language: Language | None = None
    phone: Phone | None = None
    sms: Phone | None = None
    email: Email | None = None

    @model_validator(mode="after")
    def names_or_id(self) -> Self:
        details = (
            self.given_name, self.family_name, self.language, self.phone, self.sms, self.email,
        )  # fmt: skip
        if self.contact_id is not None and any(detail is not None for detail in details):
            raise ValueError("an existing contact is linked by contact_id alone")
        if self.contact_id is None and not (self.given_name and self.family_name):
            raise ValueError("given_name and family_name, or contact_id, are needed")
        return self


class ContactChange(Body):
    """Only the fields that are sent change; `null` empties one that may be empty."""

    given_name: Name = Field(default_factory=str)
    family_name: Name = Field(default_factory=str)
    relation: ContactRelation = Field(default_factory=lambda: ContactRelation.OTHER)
    legal_guardian: LegalGuardian = Field(default_factory=lambda: LegalGuardian.UNKNOWN)
    lives_with: bool | None = None
    may_pick_up: bool | None = None
    emergency: bool | None = None
    language: Language | None = None
    phone: Phone | None = None
    sms: Phone | None = None
    email: Email | None = None


class RestrictionDraft(Body):
    kind: RestrictionKind
    begins_on: date
    ends_on: date | None = None
    document_reference: Label = Field(examples=["Family Court 2026-118"])

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.ends_on is not None and self.ends_on < self.begins_on:
            raise ValueError("ends_on is before begins_on")
        return self


class RestrictionEnd(Body):
    """Its last day in force."""

    ends_on: date
