"""What a cell of a OneRoster file may hold, judged a whole column at a time.

Each rule gets the distinct filled values of one column of one chunk and gives back those that
break it: a file of a million good rows costs a few set operations per column, and a line is
looked for only when something is wrong.
Sources: 1EdTech OneRoster 1.1 and 1.2 CSV bindings, data types and vocabularies.
"""

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from services.students.roster.identifiers.rules import WHY, is_refused, looks_governmental
from shared.imports.codes import Code
from shared.imports.formulas import BEGINNINGS, formulas

ID_CHARS = 255
NAME_CHARS = 255
TEXT_CHARS = 2_000
LIST_CHARS = 10_000
FIRST_YEAR, LAST_YEAR = 1900, 2200

Bad = Callable[[AbstractSet[str]], AbstractSet[str]]

SESSION_TYPES = frozenset(["gradingPeriod", "semester", "schoolYear", "term"])
ORG_TYPES = frozenset(["department", "school", "district", "local", "state", "national"])
CLASS_TYPES = frozenset(["homeroom", "scheduled"])
ROLES_11 = frozenset(
    ["administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher"]
)
ROLES_12 = frozenset(
    [
        "aide",
        "counselor",
        "districtAdministrator",
        "guardian",
        "parent",
        "principal",
        "proctor",
        "relative",
        "siteAdministrator",
        "student",
        "systemAdministrator",
        "teacher",
    ]
)
VOCABULARIES: dict[str, frozenset[str]] = {
    "status": frozenset(("active", "tobedeleted")),
    "sessiontype": SESSION_TYPES,
    "orgtype": ORG_TYPES,
    "classtype": CLASS_TYPES,
    "role11": ROLES_11,
    "role12": ROLES_12,
    "roletype": frozenset(("primary", "secondary")),
    "enrollmentrole": frozenset(("administrator", "proctor", "student", "teacher")),
    "sex": frozenset(("male", "female", "other", "unspecified")),
    "scorestatus": frozenset(
        ("exempt", "fully graded", "not submitted", "partially graded", "submitted", "late")
    ),
    "importance": frozenset(("primary", "secondary")),
    "objectivesource": frozenset(("case", "unknown")),
}
EXTENSIBLE = frozenset(
    ("sessiontype", "orgtype", "classtype", "role12", "enrollmentrole", "scorestatus")
)

_GUID_BYTES = bytes(c for c in range(0x21, 0x7F) if chr(c) not in ',"')
_GUID = re.compile(rf"[!#-+\--~]{{1,{ID_CHARS}}}")
_EXTENSION = re.compile(r"ext:[\w.\-]{1,60}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt][\d:.]{5,}(?:[Zz]|[+-]\d\d:?\d\d)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_FLOAT = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:[eE][+-]?\d{1,2})?", re.ASCII)
_PAIR = re.compile(r"\{([^{}:]{1,255}):([^{}]{1,255})\}")
_PAIRS = re.compile(r"\{[^{}:]+:[^{}]+\}(?:, ?\{[^{}:]+:[^{}]+\})*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_BREAK_OR_TAB = re.compile(r"[\t\r\n]")


class ColumnRule(NamedTuple):
    """A rule with the code and the words of its fault."""

    code: Code
    reason: str
    bad: Bad


def too_long(limit: int) -> Bad:
    return lambda values: {value for value in values if len(value) > limit}


def bad_guids(values: AbstractSet[str]) -> AbstractSet[str]:
    joined = "".join(values)
    if joined.isascii() and not joined.encode().translate(None, _GUID_BYTES):
        return too_long(ID_CHARS)(values)
    return {value for value in values if not _GUID.fullmatch(value)}


def bad_guid_lists(values: AbstractSet[str]) -> AbstractSet[str]:
    joined = ",".join(values)
    plain = joined.isascii() and not joined.encode().translate(None, _GUID_BYTES + b",")
    if plain and ",," not in f",{joined}," and not too_long(ID_CHARS)(values):
        return frozenset()
    lists = {value: frozenset(split_list(value)) for value in values}
    return {value for value, ids in lists.items() if "" in ids or bad_guids(ids)}


def bad_lists(values: AbstractSet[str]) -> AbstractSet[str]:
    return {v for v in values if "," in v and not all(split_list(v))}


def bad_pairs(values: AbstractSet[str]) -> AbstractSet[str]:
    return {value for value in values if not _PAIRS.fullmatch(value)}


def refused_ids(values: AbstractSet[str]) -> AbstractSet[str]:
    return {
        value for value in values if any(is_refused(kind, id) for kind, id in split_pairs(value))
    }


def governmental(values: AbstractSet[str]) -> AbstractSet[str]:
    return {value for value in values if looks_governmental(value)}


def bad_dates(values: AbstractSet[str]) -> AbstractSet[str]:
    return {value for value in values if not is_date(value)}


def bad_moments(values: AbstractSet[str]) -> AbstractSet[str]:
    return {value for value in values if not _is_moment(value)}


def bad_years(values: AbstractSet[str]) -> AbstractSet[str]:
    return {v for v in values if len(v) != len("2026") or not _is_year(v)}


def bad_integers(values: AbstractSet[str]) -> AbstractSet[str]:
    return {value for value in values if not _INTEGER.fullmatch(value)}


def bad_floats(values: AbstractSet[str]) -> AbstractSet[str]:
    return {value for value in values if not _FLOAT.fullmatch(value)}


def bad_booleans(values: AbstractSet[str]) -> AbstractSet[str]:
    return values - {"true", "false"}


def computed_names(values: AbstractSet[str]) -> AbstractSet[str]:
    """No name is a number with a sign. A lone hyphen is how registers write 'no name'."""
    return {value for value in values if value[:1] in BEGINNINGS and value != "-"}


def line_breaks(values: AbstractSet[str]) -> AbstractSet[str]:
    return {value for value in values if _LINE_BREAK_OR_TAB.search(value)}


def control_characters(values: AbstractSet[str]) -> AbstractSet[str]:
    if "".join(values).isprintable():
        return frozenset()
    return {value for value in values if _CONTROL.search(value)}


def outside(vocabulary: str) -> Bad:
    allowed = VOCABULARIES[vocabulary]

    def bad(values: AbstractSet[str]) -> AbstractSet[str]:
        unknown = values - allowed
        if vocabulary in EXTENSIBLE:
            return {value for value in unknown if not _EXTENSION.fullmatch(value)}
        return unknown

    return bad


def split_list(value: str) -> list[str]:
    """A list within a cell is separated by commas."""
    return [part.strip() for part in value.split(",")]


def split_pairs(value: str) -> list[tuple[str, str]]:
    """`{type:id},{type:id}` as pairs."""
    return [(kind.strip(), item.strip()) for kind, item in _PAIR.findall(value)]


@lru_cache(maxsize=100_000)
def is_date(value: str) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        return FIRST_YEAR <= date.fromisoformat(value).year <= LAST_YEAR
    except ValueError:
        return False


def _is_moment(value: str) -> bool:
    if not _MOMENT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True


def _is_year(value: str) -> bool:
    return value.isascii() and value.isdigit() and FIRST_YEAR <= int(value) <= LAST_YEAR


def _vocabulary_rule(name: str) -> ColumnRule:
    words = ", ".join(sorted(VOCABULARIES[name]))
    tail = " or ext:<name>" if name in EXTENSIBLE else ""
    return ColumnRule(Code.VALUE_UNKNOWN, f"This takes one of {words}{tail}.", outside(name))


LONG_ID = f"{ID_CHARS} visible ASCII characters, without space, comma or quotation mark"
_CONTROLS = ColumnRule(
    Code.CONTROL_CHARACTER, "The text holds a control character.", control_characters
)
_FORMULAS = ColumnRule(
    Code.FORMULA_CELL, "A spreadsheet would read this cell as a formula.", formulas
)
_NAME = (
    _CONTROLS,
    ColumnRule(
        Code.FIELD_TOO_LONG, f"This takes at most {NAME_CHARS} characters.", too_long(NAME_CHARS)
    ),
    _FORMULAS._replace(bad=computed_names),
    ColumnRule(Code.CONTROL_CHARACTER, "A name holds no tab and no line break.", line_breaks),
)
_LONG_LIST = (
    _CONTROLS,
    _FORMULAS,
    ColumnRule(
        Code.FIELD_TOO_LONG, f"This takes at most {LIST_CHARS} characters.", too_long(LIST_CHARS)
    ),
)

_TEXT = (
    _CONTROLS,
    _FORMULAS,
    ColumnRule(
        Code.FIELD_TOO_LONG, f"This takes at most {TEXT_CHARS} characters.", too_long(TEXT_CHARS)
    ),
)
_PAIRS_LISTED = (
    *_LONG_LIST,
    ColumnRule(Code.LIST, "This takes a list of {type:value}, separated by commas.", bad_pairs),
)

RULES: dict[str, tuple[ColumnRule, ...]] = {
    "guid": (
        ColumnRule(Code.ID_MALFORMED, f"An id is 1 to {LONG_ID}.", bad_guids),
        _FORMULAS,
    ),
    "guids": (
        *_LONG_LIST,
        ColumnRule(Code.ID_MALFORMED, f"Each id of the list is 1 to {LONG_ID}.", bad_guid_lists),
    ),
    "name": _NAME,
    "text": _TEXT,
    "list": (
        *_LONG_LIST,
        ColumnRule(
            Code.LIST, "This takes a list separated by commas, without empty parts.", bad_lists
        ),
    ),
    "pairs": _PAIRS_LISTED,
    "userids": (*_PAIRS_LISTED, ColumnRule(Code.IDENTIFIER_REFUSED, WHY, refused_ids)),
    "identifier": (*_TEXT, ColumnRule(Code.IDENTIFIER_REFUSED, WHY, governmental)),
    "date": (
        ColumnRule(Code.DATE, "This takes a day of the calendar, such as 2026-09-01.", bad_dates),
    ),
    "datetime": (
        ColumnRule(
            Code.MOMENT,
            "This takes a date and time of ISO 8601, such as 2026-09-01T10:00:00Z.",
            bad_moments,
        ),
    ),
    "year": (ColumnRule(Code.YEAR, "This takes a year of four digits.", bad_years),),
    "integer": (ColumnRule(Code.NUMBER, "This takes a whole number.", bad_integers),),
    "float": (ColumnRule(Code.NUMBER, "This takes a number.", bad_floats),),
    "boolean": (ColumnRule(Code.BOOLEAN, "This takes true or false.", bad_booleans),),
} | {name: (_vocabulary_rule(name),) for name in VOCABULARIES}
