"""A file of a package, read in chunks and judged column by column; every fault with its line."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import accumulate, compress, islice
from typing import Any

from services.students.exchange.oneroster_columns.rules import split_list
from services.students.exchange.oneroster_schema.rules import Column, Layout, header_problem
from services.students.roster.merging.rules import Mode
from shared.contracts.imports import FileProblem

CHUNK_ROWS = 5_000
BLANK_LINES = 10_000
LISTED_PROBLEMS = 1_000
ENDED = "tobedeleted"
PERIODS = (("beginDate", "endDate"), ("startDate", "endDate"))

Columns = list[tuple[str, ...]]


@dataclass(slots=True)
class Findings:
    """Problems: the first thousand in full, all of them counted."""

    listed: list[FileProblem] = field(default_factory=list)
    total: int = 0

    def add(self, file: str, line: int | None, column: str | None, code: str, why: str) -> None:
        self.total += 1
        if len(self.listed) < LISTED_PROBLEMS:
            name = f"{file}.csv"
            found = FileProblem(file=name, line=line, field=column, code=code, reason=why)
            self.listed.append(found)


@dataclass(slots=True)
class Progress:
    """What is known while the files of one package are read, one after the other."""

    known: dict[str, set[str]]
    """Per file the sourcedIds that may be referred to; a file without entry cannot be judged."""
    faults: Findings = field(default_factory=Findings)
    dangling: Findings = field(default_factory=Findings)
    """Only told where there are no other faults: a refused row leaves others dangling."""
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class FileCheck:
    """One file being read."""

    layout: Layout
    mode: Mode
    progress: Progress
    seen: set[str] = field(default_factory=set)
    forward: list[tuple[int, Column, str]] = field(default_factory=list)
    """References within the file to a row that has not come yet."""

    def fault(self, line: int | None, column: str | None, code: str, reason: str) -> None:
        self.progress.faults.add(self.layout.file, line, column, code, reason)


def chunks(check: FileCheck, lines: Iterable[str]) -> Iterator[tuple[Columns, Sequence[int]]]:
    """The rows of a file as columns of the layout, checked; faulty rows of a wrong width left out.

    Reading stops at the first row that cannot be told from the next, and where blank lines go on:
    they are cheap to pack and not to read.
    """
    reader = csv.reader(lines, strict=True)
    count = blank = 0
    try:
        width = _header(check, next(reader, []))
        for numbered, left_out in _numbered(reader) if width else ():
            count += len(numbered[0])
            blank += left_out
            if blank > BLANK_LINES:
                reason = f"more than {BLANK_LINES} blank lines"
                check.fault(reader.line_num, None, "row.too_many_blank", reason)
                break
            rows, numbers = _of_width(check, width, *numbered)
            if rows:
                columns = list(zip(*rows, strict=True))[: len(check.layout.columns)]
                check_columns(check, columns, numbers)
                yield columns, numbers
    except csv.Error as error:
        code = "row.field_too_long" if "field larger" in str(error) else "row.invalid_quoting"
        check.fault(reader.line_num, None, code, f"the row cannot be read: {error}")
    check.progress.counts[check.layout.file] = count
    _settle_forward(check)


def _header(check: FileCheck, header: list[str]) -> int:
    problem = header_problem(check.layout, header)
    if problem is None:
        return len(header)
    check.fault(1, None, "file.wrong_header", problem)
    return 0


def _numbered(reader: Any) -> Iterator[tuple[tuple[list[list[str]], Sequence[int]], int]]:
    """The filled rows by chunks, each with the line on which it ends, and how many were blank."""
    line = reader.line_num
    while rows := list(islice(reader, CHUNK_ROWS)):
        numbers: Sequence[int] = range(line + 1, line + len(rows) + 1)
        if reader.line_num != numbers[-1]:
            numbers = list(accumulate((_lines_of(row) for row in rows), initial=line))[1:]
        line = reader.line_num
        read = len(rows)
        if [] in rows:
            numbers = list(compress(numbers, rows))
            rows = list(filter(None, rows))
        yield (rows, numbers), read - len(rows)


def _lines_of(row: list[str]) -> int:
    """A quoted field may hold line breaks."""
    return 1 + sum(cell.count("\n") for cell in row)


def _of_width(
    check: FileCheck, width: int, rows: list[list[str]], numbers: Sequence[int]
) -> tuple[list[list[str]], Sequence[int]]:
    widths = list(map(len, rows))
    if widths.count(width) == len(rows):
        return rows, numbers
    fits = [found == width for found in widths]
    for line, found in zip(numbers, widths, strict=True):
        if found != width:
            reason = f"{found} fields where the header has {width}"
            check.fault(line, None, "row.wrong_field_count", reason)
    return list(compress(rows, fits)), list(compress(numbers, fits))


def check_columns(check: FileCheck, columns: Columns, lines: Sequence[int]) -> None:
    """All rules of all columns, the ids, the periods, and the references of rows not ended."""
    for column, cells in zip(check.layout.columns, columns, strict=True):
        distinct = set(cells)
        _check_required(check, column, cells, distinct, lines)
        distinct.discard("")
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
        reason = "a value is required"
        _tell(check, column.name, "row.missing_required_value", reason, {""}, cells, lines)


def _tell(
    check: FileCheck, name: str, code: str, reason: str,
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
            known -= {id for id, how in zip(ids, columns[1], strict=True) if how == ENDED}


def _tell_twice(check: FileCheck, ids: Sequence[str], lines: Sequence[int]) -> None:
    earlier = set(check.seen)
    for id, line in zip(ids, lines, strict=True):
        if id and id in earlier:
            name = check.layout.columns[0].name
            check.fault(line, name, "row.duplicate_id", "the file has this id in an earlier row")
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
            check.fault(line, last, "row.end_before_begin", f"is before {first}")


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
    reason = f"no row of {column.target} has this sourcedId"
    check.progress.dangling.add(
        check.layout.file, line, column.name, "reference.missing_target_record", reason
    )


def _parts(column: Column, cell: str) -> set[str]:
    return set(split_list(cell)) if column.many else {cell}


def _settle_forward(check: FileCheck) -> None:
    known = check.progress.known.get(check.layout.file, set())
    for line, column, part in check.forward:
        if part not in known:
            _tell_dangling(check, column, line)
