"""A schema.org `LearningResource` as found in the wild: one value or many, text or an object."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from services.resources.library.value_types.rules import (
    URI,
    AgeRange,
    Day,
    Duration,
    Given,
    Limited,
    Name,
    Text,
    Uri,
)

CONTEXT = re.compile(r"https?://(www\.)?schema\.org/?")
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def named_by(context: Any) -> bool:
    """Whether a JSON-LD context names schema.org."""
    parts = context if isinstance(context, list) else [context]
    texts = [part.get("@vocab") if isinstance(part, dict) else part for part in parts]
    return any(isinstance(text, str) and CONTEXT.fullmatch(text) for text in texts)


def many(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def words(value: Any) -> Any:
    """Keywords: a list, or text with commas."""
    return [each.strip() for each in value.split(",")] if isinstance(value, str) else many(value)


def thing(value: Any) -> Any:
    """Text stands for a thing of that name, or of that address."""
    if not isinstance(value, str):
        return value
    return {"@id": value} if URI.fullmatch(value) else {"name": value}


def tag(value: str) -> str:
    if not LANGUAGE_TAG.fullmatch(value):
        raise PydanticCustomError("language", "A language tag is needed, such as en or en-US")
    return value.lower().split("-")[0]


def learning(value: list[str]) -> list[str]:
    if not any(name.removeprefix("schema:") == "LearningResource" for name in value):
        raise PydanticCustomError("type", "LearningResource has to be among the types")
    return value


class Loose(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", alias_generator=to_camel)

    @model_validator(mode="before")
    @classmethod
    def _keywords_of_json_ld(cls, value: Any) -> Any:
        """`id` and `type` are `@id` and `@type`, as JSON-LD contexts often have it."""
        if not isinstance(value, dict):
            return value
        return {("@" + key if key in {"id", "type"} else key): each for key, each in value.items()}


class Thing(Loose):
    """A term, an organization, a person, an audience, a licence: what it is called and where."""

    id: Annotated[Uri | None, Given] = Field(default=None, alias="@id")
    url: Annotated[Uri | None, Given] = None
    name: Annotated[Text | None, Given] = None
    term_code: Annotated[Text | None, Given] = None
    educational_role: Annotated[Text | None, Given] = None
    audience_type: Annotated[Text | None, Given] = None

    @property
    def address(self) -> str | None:
        return self.id or self.url

    @property
    def label(self) -> str | None:
        return self.name or self.educational_role or self.audience_type or self.term_code

    @model_validator(mode="after")
    def _called_something(self) -> "Thing":
        if not self.address and not self.label:
            raise PydanticCustomError("missing", "A name or an address is needed")
        return self


class Alignment(Loose):
    """schema.org `AlignmentObject`."""

    alignment_type: Annotated[Text | None, Given] = None
    target_name: Annotated[Text | None, Given] = None
    target_url: Annotated[Uri | None, Given] = None


One = Annotated[Thing, BeforeValidator(thing)]
Things = Annotated[list[One], BeforeValidator(many), Limited]


class Description(Loose):
    id: Annotated[Uri | None, Given] = Field(default=None, alias="@id")
    type: Annotated[list[str], BeforeValidator(many), AfterValidator(learning)] = Field(
        alias="@type"
    )
    url: Annotated[Uri | None, Given] = None
    name: Name
    description: Text = ""
    image: Annotated[One | None, Given] = None
    creator: Things = Field(default=[])
    author: Things = Field(default=[])
    publisher: Things = Field(default=[])
    provider: Annotated[One | None, Given] = None
    about: Things = Field(default=[])
    license: Annotated[One | None, Given] = None
    date_created: Annotated[Day | None, Given] = None
    date_published: Annotated[Day | None, Given] = None
    date_modified: Annotated[Day | None, Given] = None
    in_language: Annotated[
        list[Annotated[str, AfterValidator(tag)]], BeforeValidator(many), Limited
    ] = Field(default=[])
    learning_resource_type: Things = Field(default=[])
    audience: Things = Field(default=[])
    is_based_on: Things = Field(default=[])
    keywords: Annotated[list[One], BeforeValidator(words), Limited] = Field(default=[])
    teaches: Things = Field(default=[])
    assesses: Things = Field(default=[])
    educational_level: Things = Field(default=[])
    educational_alignment: Annotated[list[Alignment], BeforeValidator(many), Limited] = Field(
        default=[]
    )
    educational_use: Things = Field(default=[])
    interactivity_type: Annotated[One | None, Given] = None
    typical_age_range: Annotated[AgeRange | None, Given] = None
    time_required: Annotated[Duration | None, Given] = None
    is_accessible_for_free: Annotated[bool | None, Given] = None

    @model_validator(mode="after")
    def _somewhere(self) -> "Description":
        if not (self.id or self.url):
            raise PydanticCustomError("missing", "An @id or a url is needed")
        return self
