"""A file of a package, read in chunks and judged column by column; every fault with its line."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from services.students.exchange.oneroster_columns.rules import split_list
from services.students.exchange.oneroster_schema.rules import Column, Layout, header_problem
from services.students.exchange.people_names.rules import taken
from services.students.roster.merging.rules import Mode
from shared.imports.codes import Code
from shared.imports.findings import Findings, Place
from shared.imports.headers import read_columns, respelled
from shared.imports.tables import Table

ENDED = "tobedeleted"
OF_DELTAS = frozenset(("status", "dateLastModified"))
PERIODS = (("beginDate", "endDate"), ("startDate", "endDate"))

Columns = list[tuple[str, ...]]


@dataclass(slots=True)
class Progress:
    """What is known while the files of one package are read, one after the other."""

    known: dict[str, set[str]]
    """Per file the sourcedIds that may be referred to; a file without entry cannot be judged."""
    faults: Findings
    dangling: Findings = field(default_factory=Findings)
    """Only told where there are no other faults: a refused row leaves others dangling."""
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class FileCheck:
    """One file being read."""

    layout: Layout
    mode: Mode
    progress: Progress
    unkept: frozenset[str] = frozenset()
    """The columns that are checked and not kept."""
    passed_over: set[str] = field(default_factory=set)
    """The columns of which a remark has said already that they are passed over."""
    seen: set[str] = field(default_factory=set)
    """The sourcedIds of the rows so far; of a whole file the very set of those that may be referred
    to, until a row ends: a district has hundreds of thousands."""
    forward: list[tuple[int, Column, str]] = field(default_factory=list)
    """References within the file to a row that has not come yet."""

    def __post_init__(self) -> None:
        known = self.progress.known.get(self.layout.file)
        if self.mode == Mode.BULK and known is not None:
            self.seen = known

    @property
    def file(self) -> str:
        return f"{self.layout.file}.csv"

    def pass_over(self, line: int | None, column: str, code: Code, reason: str) -> None:
        self.passed_over.add(column)
        self.progress.faults.remark(Place(self.file, line, column), code, reason)

    def fault(self, line: int | None, column: str | None, code: Code, reason: str) -> None:
        self.progress.faults.add(Place(self.file, line, column), code, reason)


def chunks(check: FileCheck, table: Table) -> Iterator[tuple[Columns, Sequence[int]]]:
    """The rows of a file as columns of the layout, checked. Reading stops at the first row that
    cannot be told from the next."""
    count, kept = 0, _columns_of_header(check, table)
    if kept:
        for rows, lines in table.chunks():
            count += len(rows)
            given = list(zip(*rows, strict=True))
            columns = [given[number] for number in kept]
            check_columns(check, columns, lines)
            findings = check.progress.faults
            yield taken(check.layout.names, columns, lines, check.file, findings), lines
    check.progress.counts[check.layout.file] = count
    _settle_forward(check)


def _columns_of_header(check: FileCheck, table: Table) -> list[int]:
    """Where the columns of the layout stand; none where the header is wrong."""
    if table.header is None:
        return []
    names, findings = check.layout.names, check.progress.faults
    place = Place(check.file, table.header_line)
    header = respelled(table.header, names, place, findings)
    problem = header_problem(check.layout, header)
    if problem is not None:
        check.fault(table.header_line, None, Code.HEADER_WRONG, problem)
        return []
    return read_columns(header, names, place, findings)


def check_columns(check: FileCheck, columns: Columns, lines: Sequence[int]) -> None:
    """All rules of all columns, the ids, the periods, and the references of rows not ended."""
    for column, cells in zip(check.layout.columns, columns, strict=True):
        distinct = set(cells)
        _check_required(check, column, cells, distinct, lines)
        distinct.discard("")
        _check_passed_over(check, column.name, cells, distinct, lines)
        for rule in column.rules:
            _tell(check, column.name, rule.code, rule.reason, rule.bad(distinct), cells, lines)
    _check_ids(check, columns, lines)
    _check_periods(check, columns, lines)
    _check_references(check, columns, lines)


def _check_required(
    check: FileCheck,
    column: Column,
    cells: tuple[str, ...],
    distinct: set[str],
    lines: Sequence[int],
) -> None:
    required = column.required or (check.mode == Mode.DELTA and column.name == "status")
    if required and "" in distinct:
        reason = "A value is required."
        _tell(check, column.name, Code.VALUE_MISSING, reason, {""}, cells, lines)


def _check_passed_over(
    check: FileCheck,
    name: str,
    cells: tuple[str, ...],
    distinct: AbstractSet[str],
    lines: Sequence[int],
) -> None:
    """The first value of a column that means nothing here stands for all. In a whole file only an
    ended row has a status."""
    without_meaning = check.mode == Mode.BULK and name in OF_DELTAS
    filled = distinct - {ENDED} if without_meaning else distinct
    if not filled or name in check.passed_over or not (without_meaning or name in check.unkept):
        return
    line = next(line for cell, line in zip(cells, lines, strict=True) if cell in filled)
    if without_meaning:
        check.pass_over(line, name, Code.VALUE_PASSED_OVER, "The file is whole, as `bulk` says.")
    else:
        check.pass_over(line, name, Code.FIELD_PASSED_OVER, Code.FIELD_PASSED_OVER.meaning)


def _tell(
    check: FileCheck, name: str, code: Code, reason: str,
    bad: AbstractSet[str], cells: Sequence[str], lines: Sequence[int],
) -> None:  # fmt: skip
    if bad:
        for cell, line in zip(cells, lines, strict=True):
            if cell in bad:
                check.fault(line, name, code, reason)


def _check_ids(check: FileCheck, columns: Columns, lines: Sequence[int]) -> None:
    """Ids are given once per file, and can be referred to from here on unless they end."""
    ids, fresh = columns[0], set(columns[0])
    if len(fresh) < len(ids) or not check.seen.isdisjoint(fresh):
        _tell_twice(check, ids, lines)
    check.seen |= fresh
    if check.layout.columns[0].target is not None:
        return
    known = check.progress.known.get(check.layout.file)
    if known is not None:
        known |= fresh
        if ENDED in columns[1]:
            if check.seen is known:
                check.seen = known.copy()
            known -= {id for id, how in zip(ids, columns[1], strict=True) if how == ENDED}


def _tell_twice(check: FileCheck, ids: Sequence[str], lines: Sequence[int]) -> None:
    earlier = set(check.seen)
    for id, line in zip(ids, lines, strict=True):
        if id and id in earlier:
            name = check.layout.columns[0].name
            check.fault(line, name, Code.DUPLICATE_ID, "An earlier row of the file has this id.")
        earlier.add(id)


def _check_periods(check: FileCheck, columns: Columns, lines: Sequence[int]) -> None:
    names = check.layout.names
    for first, last in PERIODS:
        if first in names and last in names:
            begins, ends = columns[names.index(first)], columns[names.index(last)]
            if any(end and end < begin for begin, end in set(zip(begins, ends, strict=True))):
                _tell_periods(check, first, last, zip(begins, ends, lines, strict=True))


def _tell_periods(
    check: FileCheck, first: str, last: str, rows: Iterable[tuple[str, str, int]]
) -> None:
    for begin, end, line in rows:
        if end and end < begin:
            check.fault(line, last, Code.END_BEFORE_BEGIN, f"This is before {first}.")


def _check_references(check: FileCheck, columns: Columns, lines: Sequence[int]) -> None:
    for column, cells in zip(check.layout.columns, columns, strict=True):
        known = check.progress.known.get(column.target) if column.target else None
        if known is None:
            continue
        unknown = set(cells) - known - {""}
        lost = {cell for cell in unknown if not _parts(column, cell) <= known}
        if lost:
            _keep_lost(check, column, known, lost, zip(cells, columns[1], lines, strict=True))


def _keep_lost(
    check: FileCheck, column: Column, known: set[str], lost: set[str],
    rows: Iterable[tuple[str, str, int]],
) -> None:  # fmt: skip
    for cell, status, line in rows:
        if cell in lost and status != ENDED:
            for part in sorted(_parts(column, cell) - known):
                _dangles(check, column, part, line)


def _dangles(check: FileCheck, column: Column, part: str, line: int) -> None:
    if column.target == check.layout.file:
        check.forward.append((line, column, part))
    else:
        _tell_dangling(check, column, line)


def _tell_dangling(check: FileCheck, column: Column, line: int) -> None:
    reason = f"No row of {column.target} has this sourcedId."
    place = Place(check.file, line, column.name)
    check.progress.dangling.add(place, Code.DANGLING_REFERENCE, reason)


def _parts(column: Column, cell: str) -> set[str]:
    return set(split_list(cell)) if column.many else {cell}


def _settle_forward(check: FileCheck) -> None:
    known = check.progress.known.get(check.layout.file, set())
    for line, column, part in check.forward:
        if part not in known:
            _tell_dangling(check, column, line)
