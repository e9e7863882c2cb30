"""A CSV file of observations: its columns, what each may hold, and every reason to refuse a row.

The header is `COLUMNS`, in this order; `value`, `n` and `place_name` may be left out. A share has
`numerator` and `denominator`, a mean has `value` and `n`; the other pair stays empty. UTF-8, with or
without a byte order mark. `as_of` is a date or an RFC 3339 time with its offset.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, NamedTuple
from uuid import UUID

from services.outcomes.indicators.disaggregates.rules import ensure_group
from services.outcomes.indicators.indicators.rules import KnownDefinition
from services.outcomes.indicators.periods.rules import Period, period
from services.outcomes.observations.import_cells.rules import (
    TEXT_CHARACTERS,
    WHOLE,
    Fault,
    counts,
    instant,
    member,
    words,
)
from shared.contracts.outcomes.group import Dimension
from shared.contracts.outcomes.place import PlaceKind
from shared.core.days import day_of
from shared.imports.codes import Code
from shared.imports.findings import Findings, Place
from shared.imports.headers import only, read_columns, respelled
from shared.imports.tables import Table, TableLimits, blocks_of

COLUMNS: Final = (
    "indicator", "definition_version", "place_kind", "place", "period", "dimension", "group",
    "numerator", "denominator", "value", "n", "as_of", "source", "place_name",
)  # fmt: skip
FILE: Final = "observations.csv"
TABLE: Final = TableLimits(cell_characters=TEXT_CHARACTERS)
COLUMNS_TOLD: Final = 100
OPTIONAL: Final = frozenset({"value", "n", "place_name"})
PLACE_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/-]{0,99}", re.ASCII)


class Row(NamedTuple):
    """A row as it is staged. Places, periods and groups are numbers into `Names`."""

    line: int
    definition_id: UUID
    place: int
    period: int
    group: int
    numerator: int
    denominator: int
    as_of: datetime
    source: str


@dataclass
class Names:
    """What a file names, each once, in the order of first use."""

    places: dict[tuple[PlaceKind, str], int]
    place_names: dict[int, str]
    periods: dict[Period, int]
    groups: dict[tuple[Dimension, str], int]


def header_faults(header: Sequence[str]) -> list[Fault]:
    """Which columns are missing, double or out of place; of a header that lacks one, also those that
    are unknown, since one of them may be meant."""
    unknown = dict.fromkeys(name[:TEXT_CHARACTERS] for name in header if name not in COLUMNS)
    faults = [
        Fault(name, Code.COLUMN_MISSING, "This column is required.")
        for name in COLUMNS
        if name not in header and name not in OPTIONAL
    ]
    if faults:
        faults += [
            Fault(name, Code.COLUMN_UNKNOWN, "There is no such column.")
            for name in islice(unknown, COLUMNS_TOLD)
        ]
    twice = [name for name, times in Counter(header).items() if times > 1]
    faults += [
        Fault(
            name[:TEXT_CHARACTERS] or None, Code.COLUMN_TWICE, "The table has this column twice."
        )
        for name in islice(twice, COLUMNS_TOLD)
    ]
    known = [name for name in header if name in COLUMNS]
    if not faults and known != [name for name in COLUMNS if name in header]:
        order = ", ".join(COLUMNS)
        faults.append(
            Fault(None, Code.COLUMNS_OUT_OF_ORDER, f"The columns in their order: {order}.")
        )
    return faults


class Parser:
    """Reads rows; what the cells of a column repeat is parsed once."""

    def __init__(self, known: Mapping[str, Mapping[int, KnownDefinition]]) -> None:
        self.names = Names({}, {}, {}, {})
        self.indicator_ids: set[UUID] = set()
        self.definition_ids: set[UUID] = set()
        self._known = known
        self._definitions: dict[tuple[str, str], KnownDefinition] = {}
        self._places: dict[tuple[str, str], int] = {}
        self._periods: dict[str, tuple[int, Period]] = {}
        self._groups: dict[tuple[str, str], int] = {}
        self._times: dict[str, datetime] = {}
        self._sources: set[str] = set()

    def row(self, line: int, cells: Mapping[str, str]) -> tuple[Row | None, list[Fault]]:
        """The row, or all its faults."""
        faults: list[Fault] = []

        def tried(parse: Callable[..., Any], *arguments: Any) -> Any:
            try:
                return parse(*arguments)
            except Fault as fault:
                faults.append(fault)
                return None

        definition = tried(self._definition, cells["indicator"], cells["definition_version"])
        place = tried(
            self._place, cells["place_kind"], cells["place"], cells.get("place_name", "")
        )
        found = tried(self._period, cells["period"])
        group = tried(self._group, cells["dimension"], cells["group"])
        as_of = tried(self._time, cells["as_of"])
        source = tried(self._source, cells["source"])
        pair = tried(counts, definition.unit, cells) if definition else None
        if definition and found and found[1].kind is not definition.period_kind:
            kind = definition.period_kind.replace("_", " ")
            faults.append(
                Fault(
                    "period",
                    Code.PERIOD_KIND_WRONG,
                    f"The definition's periods are {kind}s.",
                )
            )
        if found and as_of and day_of(as_of) < found[1].starts_on:
            faults.append(
                Fault("as_of", Code.PERIOD_NOT_BEGUN, "The period begins after this time.")
            )
        if faults or pair is None:
            return None, faults
        return Row(
            line, definition.id, place, found[0], group, pair[0], pair[1], as_of, source
        ), []

    def _definition(self, key: str, version: str) -> KnownDefinition:
        if found := self._definitions.get((key, version)):
            return found
        versions = self._known.get(words("indicator", key))
        if versions is None:
            raise Fault("indicator", Code.INDICATOR_UNKNOWN, "There is no indicator of this key.")
        number = int(version) if WHOLE.fullmatch(version) else -1
        definition = versions.get(number)
        if definition is None:
            raise Fault(
                "definition_version",
                Code.DEFINITION_UNKNOWN,
                "The indicator has no definition of this number.",
            )
        if definition.derived:
            raise Fault(
                "indicator",
                Code.INDICATOR_DERIVED,
                "The platform computes this indicator; no file gives its figures.",
            )
        self.indicator_ids.add(definition.indicator_id)
        self.definition_ids.add(definition.id)
        return self._definitions.setdefault((key, version), definition)

    def _place(self, kind: str, key: str, name: str) -> int:
        number = self._places.get((kind, key))
        if number is None:
            place = (member("place_kind", PlaceKind, kind), words("place", key))
            if place[0] is PlaceKind.ROSTER:
                raise Fault(
                    "place_kind",
                    Code.VALUE_UNKNOWN,
                    "The platform computes the figures of the roster; no file gives them.",
                )
            if not PLACE_KEY.fullmatch(key):
                raise Fault("place", Code.KEY_MALFORMED, "A key is letters, digits and ' ._:/-'.")
            number = self.names.places.setdefault(place, len(self.names.places))
            self._places[kind, key] = number
        if name and self.names.place_names.get(number) != name:
            self.names.place_names[number] = words("place_name", name)
        return number

    def _period(self, label: str) -> tuple[int, Period]:
        found = self._periods.get(label)
        if found is None:
            words("period", label)
            try:
                parsed = period(label)
            except ValueError as error:
                raise Fault("period", Code.PERIOD_IMPOSSIBLE, f"{error}.".capitalize()) from error
            number = self.names.periods.setdefault(parsed, len(self.names.periods))
            found = self._periods[label] = (number, parsed)
        return found

    def _group(self, dimension: str, value: str) -> int:
        number = self._groups.get((dimension, value))
        if number is None:
            known = member("dimension", Dimension, dimension)
            try:
                ensure_group(known, words("group", value))
            except ValueError as error:
                if isinstance(error, Fault):
                    raise
                raise Fault(
                    "group", Code.VALUE_UNKNOWN, "The dimension has no such group."
                ) from error
            number = self.names.groups.setdefault((known, value), len(self.names.groups))
            self._groups[dimension, value] = number
        return number

    def _time(self, text: str) -> datetime:
        found = self._times.get(text)
        if found is None:
            found = self._times[text] = instant(words("as_of", text))
        return found

    def _source(self, text: str) -> str:
        if text not in self._sources:
            self._sources.add(words("source", text))
        return text


def pieces(parser: Parser, file: bytes, findings: Findings) -> Iterator[list[Row]]:
    """The file's rows, some thousands at a time."""
    table = Table(FILE, blocks_of(file), TABLE, findings)
    if table.header is None:
        return
    place = Place(FILE, table.header_line)
    names = respelled(table.header, COLUMNS, place, findings)
    for fault in header_faults(names):
        findings.add(Place(FILE, table.header_line, fault.field), fault.code, fault.reason)
    if findings.total:
        return
    columns = read_columns(names, COLUMNS, place, findings)
    header = [names[number] for number in columns]
    for rows, lines in table.chunks():
        yield list(_parsed(parser, header, only(columns, rows), lines, findings))
    if not (findings.total or parser.definition_ids):
        findings.add(Place(FILE), Code.ROWS_MISSING, "There is no row.")


def _parsed(
    parser: Parser,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    lines: Sequence[int],
    findings: Findings,
) -> Iterator[Row]:
    for cells, line in zip(rows, lines, strict=True):
        row, faults = parser.row(line, dict(zip(header, cells, strict=True)))
        for fault in faults:
            findings.add(Place(FILE, line, fault.field), fault.code, fault.reason)
        if row is not None:
            yield row
