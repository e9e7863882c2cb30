"""What one cell of a file of observations may hold. Each function raises `Fault`."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from services.outcomes.indicators.quantities.rules import MEAN_SCALE
from shared.contracts.outcomes.indicator import Unit
from shared.core.days import beginning
from shared.imports.codes import Code
from shared.imports.formulas import is_formula

TEXT_CHARACTERS = 200
MOST_PEOPLE = 100_000_000

PLAIN_TEXT = re.compile(r"[^\x00-\x1f\x7f]+")
WHOLE = re.compile(r"\d{1,12}", re.ASCII)
DECIMAL = re.compile(r"-?\d{1,6}(\.\d{1,4})?", re.ASCII)
TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?", re.ASCII)
NO_NUMBERS: Final = frozenset({"nan", "inf", "infinity", "-inf", "-infinity", "+inf"})


class Fault(ValueError):
    """What cannot be taken, and why; without the value itself."""

    def __init__(self, field: str | None, code: Code, reason: str) -> None:
        super().__init__(reason)
        self.field, self.code, self.reason = field, code, reason


def words(field: str, text: str) -> str:
    if not text:
        raise Fault(field, Code.VALUE_MISSING, "A value is required.")
    if is_formula(text):
        raise Fault(field, Code.FORMULA_CELL, "A spreadsheet would read this cell as a formula.")
    if not PLAIN_TEXT.fullmatch(text):
        raise Fault(field, Code.CONTROL_CHARACTER, "It holds a control character.")
    return text


def member(field: str, kind: type[StrEnum], text: str) -> Any:
    try:
        return kind(words(field, text))
    except ValueError as error:
        if isinstance(error, Fault):
            raise
        raise Fault(field, Code.VALUE_UNKNOWN, f"One of: {', '.join(map(str, kind))}.") from error


def instant(text: str) -> datetime:
    if not TIME.fullmatch(text):
        raise Fault("as_of", Code.TIME_MALFORMED, "A date, or a time with its offset (RFC 3339).")
    try:
        if len(text) == len("2000-01-01"):
            return beginning(date.fromisoformat(text))
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Fault("as_of", Code.TIME_IMPOSSIBLE, "There is no such time.") from error


def counts(unit: Unit, cells: Mapping[str, str]) -> tuple[int, int]:
    """Numerator and denominator as they are kept."""
    value, n = cells.get("value", ""), cells.get("n", "")
    if unit is Unit.MEAN:
        _empty("numerator", cells["numerator"], "A mean has value and n.")
        _empty("denominator", cells["denominator"], "A mean has value and n.")
        people = _whole("n", n)
        if not DECIMAL.fullmatch(value):
            raise _no_number("value", value, "A decimal of at most 4 places.")
        return int(Decimal(value) * MEAN_SCALE) * people, people
    _empty("value", value, "A share has numerator and denominator.")
    _empty("n", n, "A share has numerator and denominator.")
    numerator = _whole("numerator", cells["numerator"])
    denominator = _whole("denominator", cells["denominator"])
    if numerator > denominator:
        raise Fault("numerator", Code.NUMERATOR_ABOVE_DENOMINATOR, "A part exceeds its whole.")
    return numerator, denominator


def _empty(field: str, text: str, reason: str) -> None:
    if text:
        raise Fault(field, Code.VALUE_UNEXPECTED, reason)


def _whole(field: str, text: str) -> int:
    if not WHOLE.fullmatch(text):
        raise _no_number(field, text, "A whole number.")
    number = int(text)
    if number > MOST_PEOPLE:
        raise Fault(field, Code.VALUE_TOO_LARGE, f"At most {MOST_PEOPLE}.")
    return number


def _no_number(field: str, text: str, reason: str) -> Fault:
    if not text:
        return Fault(field, Code.VALUE_MISSING, "A value is required.")
    if text.lower() in NO_NUMBERS:
        return Fault(field, Code.NOT_FINITE, "NaN and infinity are not counts.")
    if is_formula(text):
        return Fault(field, Code.FORMULA_CELL, "A spreadsheet would read this cell as a formula.")
    if DECIMAL.fullmatch(text) and text.startswith("-"):
        return Fault(field, Code.VALUE_NEGATIVE, "A count is not negative.")
    return Fault(field, Code.NUMBER_MALFORMED, reason)
