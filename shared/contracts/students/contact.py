"""The adults around a child, and the rights of each."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from shared.contracts.base import Answer, Body
from shared.contracts.students.student import LEFT_OUT, ONE_NAME, Label, Name


class ContactRelation(StrEnum):
    """OneRoster's family roles, and `other` for any other adult."""

    PARENT = "parent"
    GUARDIAN = "guardian"
    RELATIVE = "relative"
    OTHER = "other"


class LegalGuardian(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class RestrictionKind(StrEnum):
    """The act that a court order forbids this contact with regard to this child."""

    NO_CONTACT = "no-contact"
    NO_RECORDS = "no-records"


class Restriction(Answer):
    id: UUID
    kind: RestrictionKind
    begins_on: date
    ends_on: date | None
    document_reference: str
    student_id: UUID | None = Field(
        default=None,
        description="The record that has the order: this one, or another one that is, or may be, of the"
        " same child.",
    )


class Contact(Answer):
    """One adult's relation to one child. It is part of the child's record, and `version` is the
    child's."""

    id: UUID
    version: int
    student_id: UUID
    given_name: str
    family_name: str = Field(description=ONE_NAME)
    relation: ContactRelation
    legal_guardian: LegalGuardian
    lives_with: bool | None
    may_pick_up: bool | None
    emergency: bool | None
    ended_on: date | None
    details_withheld: bool
    """True where the details below are withheld from the caller; they are null then."""
    language: str | None
    phone: str | None
    sms: str | None
    email: str | None
    do_not_publish: bool | None = Field(
        default=None,
        description="The telephone and the e-mail are kept from the child's other contacts, and"
        " from the child (Ed-Fi `DoNotPublishIndicator`).",
    )
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
"""A BCP 47 tag, such as `es` or `zh-Hant`."""


KEPT = (
    "Keep the telephone and the e-mail from the child's other contacts: for an address that a court or"
    " a state's confidentiality program protects, or an unlisted number (Ed-Fi"
    " `DoNotPublishIndicator`). It holds for every child of this adult, and no roster changes it."
)


class ContactDraft(Body):
    """A new contact, by its name or names; or, by `contact_id`, an adult who already is a contact of another
    child."""

    contact_id: UUID | None = None
    given_name: Name | None = None
    family_name: Name | None = Field(default=None, description=LEFT_OUT)
    relation: ContactRelation
    legal_guardian: LegalGuardian = LegalGuardian.UNKNOWN
    lives_with: bool | None = None
    may_pick_up: bool | None = None
    emergency: bool | None = None
    language: Language | None = None
    phone: Phone | None = None
    sms: Phone | None = None
    email: Email | None = None
    do_not_publish: bool = Field(default=False, description=KEPT)

    @model_validator(mode="after")
    def names_or_id(self) -> Self:
        details = (
            self.given_name, self.family_name, self.language, self.phone, self.sms, self.email,
        )  # fmt: skip
        told = self.do_not_publish or any(detail is not None for detail in details)
        if self.contact_id is not None and told:
            raise ValueError("an existing contact is linked by contact_id alone")
        if self.contact_id is None and not self.given_name:
            raise ValueError("given_name, or contact_id, is needed")
        return self


class ContactChange(Body):
    """Only the fields that are sent change. `null` empties a field that may be empty."""

    given_name: Name = Field(default_factory=str)
    family_name: Name | None = Field(default=None, description=LEFT_OUT)
    relation: ContactRelation = Field(default_factory=lambda: ContactRelation.OTHER)
    legal_guardian: LegalGuardian = Field(default_factory=lambda: LegalGuardian.UNKNOWN)
    lives_with: bool | None = None
    may_pick_up: bool | None = None
    emergency: bool | None = None
    language: Language | None = None
    phone: Phone | None = None
    sms: Phone | None = None
    email: Email | None = None
    do_not_publish: bool = Field(default=False, description=KEPT)


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
    """The last day on which the restriction is in force."""

    ends_on: date
