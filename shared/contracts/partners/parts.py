"""The parts that organizations, places and services have in common, as HSDS 3.0 spells them.

An answer takes whatever is stored; a draft of the same name takes only well-formed values.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from shared.contracts.base import Answer, Body, Sent
from shared.contracts.written import Clock

PARTS = 50  # of one kind


def _not_null(value: Any) -> Any:
    if value is None:
        raise ValueError("null is no value for this; leave it out to keep it")
    return value


class Given:
    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(_not_null, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        made = handler(schema)
        kept = [each for each in made.pop("anyOf", []) if each != {"type": "null"}]
        return made | (kept[0] if len(kept) == 1 else {"anyOf": kept} if kept else {})


GIVEN = Given()
"""For a field of a change: it may be left out, but not be null."""

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
Address = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^https?://\S+$")]
Email = Annotated[str, Field(max_length=320, pattern=r"^[^@\s]+@[^@\s]+$")]
Age = Annotated[int, Field(ge=0, le=150)]


class LocationType(StrEnum):
    PHYSICAL = "physical"
    POSTAL = "postal"
    VIRTUAL = "virtual"


class Weekday(StrEnum):
    MO = "MO"
    TU = "TU"
    WE = "WE"
    TH = "TH"
    FR = "FR"
    SA = "SA"
    SU = "SU"


class Frequency(StrEnum):
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


class Language(Answer):
    """`code`: ISO 639-1 or 639-3."""

    name: str | None = None
    code: str | None = None
    note: str | None = None


class LanguageDraft(Sent, Language):
    model_config = Body.model_config


class Phone(Answer):
    number: str
    extension: int | float | None = None
    type: str | None = None
    description: str | None = None


class PhoneDraft(Sent, Phone):
    model_config = Body.model_config

    number: str = Field(min_length=1, max_length=100)
    extension: int | None = Field(default=None, ge=0, le=10_000_000)


class ContactPoint(Answer):
    """A named contact of an organization: staff, never a family."""

    name: str | None = None
    title: str | None = None
    department: str | None = None
    email: str | None = None
    phones: list[Phone] = []


class ContactPointDraft(Sent, ContactPoint):
    model_config = Body.model_config

    email: Email | None = None
    phones: list[PhoneDraft] = Field(default=[], max_length=PARTS)  # type: ignore[assignment]


class PostalAddress(Answer):
    attention: str | None = None
    address_1: str
    address_2: str | None = None
    city: str
    region: str | None = None
    state_province: str
    postal_code: str
    country: str
    address_type: LocationType


class PostalAddressDraft(Sent, PostalAddress):
    model_config = Body.model_config

    country: str = Field(min_length=2, max_length=2, examples=["US"])


class Accessibility(Answer):
    description: str | None = None
    details: str | None = None
    url: str | None = None


class AccessibilityDraft(Sent, Accessibility):
    model_config = Body.model_config


class Schedule(Answer):
    """When something takes place: an RFC 5545 recurrence, one part in each field."""

    valid_from: date | None = None
    valid_to: date | None = None
    dtstart: date | None = None
    timezone: int | float | None = Field(default=None, description="Hours from UTC")
    until: date | None = None
    count: int | float | None = None
    wkst: Weekday | None = None
    freq: Frequency | None = None
    interval: int | float | None = None
    byday: str | None = None
    byweekno: str | None = None
    bymonthday: str | None = None
    byyearday: str | None = None
    description: str | None = None
    opens_at: str | None = None
    closes_at: str | None = None
    schedule_link: str | None = None
    attending_type: str | None = None
    notes: str | None = None


class ScheduleDraft(Sent, Schedule):
    model_config = Body.model_config

    timezone: float | None = Field(default=None, ge=-12, le=14)
    count: int | None = Field(default=None, ge=1, le=10_000)
    interval: int | None = Field(default=None, ge=1, le=1000)
    opens_at: Clock | None = None  # type: ignore[assignment]
    closes_at: Clock | None = None  # type: ignore[assignment]


class CostOption(Answer):
    valid_from: date | None = None
    valid_to: date | None = None
    option: str | None = None
    currency: str | None = None
    amount: int | float | None = None
    amount_description: str | None = None


class CostOptionDraft(Sent, CostOption):
    model_config = Body.model_config

    currency: str | None = Field(default=None, min_length=3, max_length=3)
    amount: float | None = Field(default=None, ge=0, le=1_000_000_000)


class PublicIdentifier(Answer):
    """A number in another body's register; `identifier_scheme` as on org-id.guide."""

    identifier_scheme: str | None = None
    identifier_type: str | None = None
    identifier: str


class PublicIdentifierDraft(Sent, PublicIdentifier):
    model_config = Body.model_config

    identifier_type: str = Field(min_length=1, max_length=200)
    identifier: str = Field(min_length=1, max_length=200)


class Named(Answer):
    """An id with its name, for a list of choices."""

    id: UUID
    name: str
