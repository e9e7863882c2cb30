"""The types of a description's values. Each is refused with a code and a reason."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from shared.formats.texts import unfit
from shared.imports.codes import of_unfit

LIST_ITEMS = 500
TEXT_CHARACTERS = 20_000
URI_CHARACTERS = 2_000
NAME_CHARACTERS = 500
LANGUAGE_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da "
    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy "
    "hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg "
    "li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or "
    "os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta "
    "te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
LANGUAGES = frozenset(LANGUAGE_CODES.split())
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~]+")
SCRIPT = re.compile(r"(?i)(javascript|vbscript|data|file):")
DATE = re.compile(
    r"(\d{4}-\d\d-\d\d)([Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)?)?",
    re.ASCII,
)
AGE_RANGE = re.compile(r"(\d{1,3})(?:-(\d{1,3})?)?", re.ASCII)
DURATION = re.compile(
    r"-?P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+[DW])?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?",
    re.ASCII,
)


def text(value: str) -> str:
    found = unfit(value)
    if found is not None:
        code, reason = of_unfit(*found)
        raise PydanticCustomError(code.value, "{reason}", {"reason": reason})
    return value


def uri(value: str) -> str:
    if not URI.fullmatch(value):
        raise PydanticCustomError("uri", "A URI is needed, such as https://example.org/resource")
    if SCRIPT.match(value):
        raise PydanticCustomError("uri-scheme", "An address that runs or embeds code is refused")
    return value


def day(value: str) -> str:
    """A date, or the day of a time. A time without a zone is accepted too."""
    match = DATE.fullmatch(value)
    try:
        date.fromisoformat(match[1] if match else "")
    except ValueError:
        reason = "A date is needed: YYYY-MM-DD, with or without a time"
        raise PydanticCustomError("date", reason) from None
    return value


def language(value: str) -> str:
    if value not in LANGUAGES:
        raise PydanticCustomError("language", "A language of ISO 639-1 is needed, such as en")
    return value


def given(value: Any) -> Any:
    if value is None:
        raise PydanticCustomError("null", "Leave the field out instead of giving null")
    return value


def matching(pattern: re.Pattern[str], code: str, reason: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.search(value):
            raise PydanticCustomError(code, reason)
        return value

    return AfterValidator(check)


def whole(pattern: re.Pattern[str], code: str, reason: str) -> AfterValidator:
    return matching(re.compile(rf"\A(?:{pattern.pattern})\Z", pattern.flags), code, reason)


Given = BeforeValidator(given)
Name = Annotated[str, Field(min_length=1, max_length=NAME_CHARACTERS), AfterValidator(text)]
Text = Annotated[str, Field(max_length=TEXT_CHARACTERS), AfterValidator(text)]
Uri = Annotated[str, Field(max_length=URI_CHARACTERS), AfterValidator(uri)]
Day = Annotated[str, AfterValidator(day)]
Language = Annotated[str, AfterValidator(language)]
Digits = Annotated[str, whole(re.compile(r"\d+"), "digits", "Only digits are allowed, as text")]
Labels = Annotated[dict[Language, Text], Field(max_length=LIST_ITEMS)]
Duration = Annotated[
    str, Field(max_length=100), whole(DURATION, "duration", "A duration is needed, such as PT45M")
]
AgeRange = Annotated[
    str, whole(AGE_RANGE, "age-range", "An age or a range of ages is needed, such as 7-9")
]
Limited = Field(max_length=LIST_ITEMS)
