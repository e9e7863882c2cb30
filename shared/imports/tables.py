"""Reads a CSV file that comes from anybody, in chunks of rows, with the line of each.

UTF-8 with or without a byte order mark, RFC 4180, whatever ends the lines. A row has the number of
the line on which it begins, as an editor counts: a quoted cell may hold line breaks. Blank lines are
passed over with a remark, also before the header, and count toward the limit of lines: they are cheap
to send and not to read. A row of another width than the header, or with a cell that is too long or
holds a character that no text may, is a finding and left out. Cells come clean
(`shared/formats/texts.py`).
"""

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, compress, islice

from shared.formats.texts import spelled, unfit
from shared.imports.codes import Code, of_unfit
from shared.imports.findings import NAME_CHARACTERS, Findings, Place, Unreadable

BLOCK_BYTES = 2**20
CHUNK_ROWS = 5_000
# Of a line, and of a cell over several: more is not held in memory to be judged.
LINE_CHARACTERS = 8 * 2**20
csv.field_size_limit(LINE_CHARACTERS)

# Without any of these in a block, no cell of it has spaces at its ends.
SPACES = "\x0b\x0c\x85\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000"
PADDED = (
    *SPACES,
    *(pair for each in ',"\r\n' for space in " \t" for pair in (each + space, space + each)),
)

Chunk = tuple[list[list[str]], Sequence[int]]


@dataclass(frozen=True, slots=True)
class TableLimits:
    """Of one table. `lines` counts blank ones too."""

    lines: int = 10_000_000
    cell_characters: int = 1_000_000


def blocks_of(content: bytes) -> Iterator[bytes]:
    """A file that is at hand, in pieces of which a few are held as text at a time."""
    return (content[at : at + BLOCK_BYTES] for at in range(0, len(content), BLOCK_BYTES))


def _always(_: str) -> bool:
    return True


class Table:
    """A file being read. `header`: the first filled row; None where it cannot be read, which is a
    finding then. `chunks` reads on, once, for whoever knows the header. `is_kept`: whether the
    importer keeps a column; an unsound cell of another is emptied, with a remark. `as_sent`: the
    cells are not cleaned, since they go out again as they came."""

    def __init__(
        self, file: str, blocks: Iterable[bytes], limits: TableLimits, findings: Findings,
        is_kept: Callable[[str], bool] = _always, *, as_sent: bool = False,
    ) -> None:  # fmt: skip
        self._file, self._limits, self._findings = file, limits, findings
        self._is_kept, self._as_sent = is_kept, as_sent
        self._end: Unreadable | None = None
        self._is_over = False
        self._has_blank = False
        self._to_judge = False  # a cell may be too long, or hold what no text may
        self._is_padded = False  # a cell may have spaces around it
        self._reader = csv.reader(chain.from_iterable(self._lines(blocks)), strict=True)
        self.line_count = 0
        rows, numbers = next((chunk for chunk in self._chunks() if chunk[0]), ([], [1]))
        self._rest: Chunk = rows[1:], numbers[1:]
        self.header_line = numbers[0]
        self.header = self._judged_header(rows)

    def chunks(self) -> Iterator[Chunk]:
        """Filled rows of the header's width, some thousands at a time, with the line of each."""
        for rows, numbers in chain([self._rest], self._chunks()):
            good = self._sound(*self._of_width(rows, numbers))
            if good[0]:
                yield good
        if self._end is not None:
            self._findings.add(self._end.place, self._end.code, self._end.reason)

    def _judged_header(self, rows: list[list[str]]) -> list[str] | None:
        header = rows[0] if rows else []
        if not rows and self._end is not None:
            self._findings.add(self._end.place, self._end.code, self._end.reason)
            return None
        if self._to_judge and not self._is_sound(header, header, self.header_line):
            return None
        return header

    def _chunks(self) -> Iterator[Chunk]:
        """The filled rows; `_end` is set where the file cannot be read on."""
        while not self._is_over:
            first, rows = self.line_count + 1, list[list[str]]()
            fault: csv.Error | Unreadable | None = None
            try:
                rows.extend(islice(self._reader, CHUNK_ROWS))  # keeps those before a fault
            except (csv.Error, Unreadable) as error:
                fault = error
            numbers: Sequence[int] = range(first, first + len(rows))
            self.line_count += len(rows)
            if self._reader.line_num != self.line_count:
                begins = list(accumulate(map(_lines_of, rows), initial=first))
                numbers, self.line_count = begins[:-1], begins[-1] - 1
                self._to_judge = True
            self._is_over = len(rows) < CHUNK_ROWS
            self._end = self._ended(fault)
            if self._reader.line_num > self._limits.lines:
                reason = f"At most {self._limits.lines} lines, blank ones too."
                self._end = Unreadable(Place(self._file), Code.TOO_MANY_LINES, reason)
                self._is_over = True
                return
            if [] in rows:
                self._remark_blank(numbers[rows.index([])])
                rows, numbers = list(filter(None, rows)), list(compress(numbers, rows))
            yield rows, numbers

    def _remark_blank(self, line: int) -> None:
        """The first of them stands for all."""
        if not self._has_blank:
            self._has_blank = True
            self._findings.remark(Place(self._file, line), Code.BLANK_LINE)

    def _ended(self, fault: csv.Error | Unreadable | None) -> Unreadable | None:
        """A row that cannot be told from the next has the line on which it begins."""
        if not isinstance(fault, csv.Error):
            return fault
        too_long = "field larger" in str(fault)
        code = Code.FIELD_TOO_LONG if too_long else Code.CSV_MALFORMED
        return Unreadable(Place(self._file, self.line_count + 1), code)

    def _lines(self, blocks: Iterable[bytes]) -> Iterator[list[str]]:
        """Whole lines with their ends, a block at a time: one by one they would cost more than to
        check them."""
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        rest = ""
        for block in blocks:
            text = rest + self._decoded(decoder, block)
            # A carriage return at the end may be half of a line's end.
            cut = max(text.rfind("\n"), text.rfind("\r", 0, len(text) - 1)) + 1
            rest = text[cut:]
            yield self._split(text[:cut])
            if len(rest) > LINE_CHARACTERS:
                place = Place(self._file, self._reader.line_num + 1)
                raise Unreadable(place, Code.FIELD_TOO_LONG)
        yield self._split(rest + self._decoded(decoder, b"", final=True))

    def _split(self, text: str) -> list[str]:
        text = text if self._as_sent else spelled(text)
        lines = io.StringIO(text, newline="").readlines()
        longest = max(map(len, lines), default=0)
        if longest > self._limits.cell_characters or unfit(text) is not None:
            self._to_judge = True
        if text[:1].isspace() or text[-1:].isspace() or any(pair in text for pair in PADDED):
            self._is_padded = True
        return lines

    def _decoded(
        self, decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False
    ) -> str:
        try:
            return decoder.decode(block, final)
        except UnicodeDecodeError as error:
            line = self._reader.line_num + line_of(error.object, error.start)
            raise Unreadable(Place(self._file, line), Code.ENCODING) from None

    def _of_width(self, rows: list[list[str]], numbers: Sequence[int]) -> Chunk:
        width, widths = len(self.header or []), list(map(len, rows))
        if widths.count(width) == len(rows):
            return rows, numbers
        fits = [found == width for found in widths]
        for row, line, found in zip(rows, numbers, widths, strict=True):
            if found == 1 != width and not row[0].strip():
                self._remark_blank(line)
            elif found != width:
                reason = f"{found} cells where the header has {width}."
                self._findings.add(Place(self._file, line), Code.CELLS_WRONG_NUMBER, reason)
        return list(compress(rows, fits)), list(compress(numbers, fits))

    def _sound(self, rows: list[list[str]], numbers: Sequence[int]) -> Chunk:
        if self._is_padded and not self._as_sent:
            rows = [[cell.strip() for cell in row] for row in rows]
        if not self._to_judge:
            return rows, numbers
        header = self.header or []
        sound = [self._is_sound(header, *each) for each in zip(rows, numbers, strict=True)]
        return list(compress(rows, sound)), list(compress(numbers, sound))

    def _is_sound(self, header: list[str], row: list[str], line: int) -> bool:
        before, most = self._findings.total, self._limits.cell_characters
        for at, (name, cell) in enumerate(zip(header, row, strict=True)):
            found = unfit(cell)
            if len(cell) <= most and found is None:
                continue
            place = Place(self._file, line, name[:NAME_CHARACTERS] or None)
            code, reason = Code.FIELD_TOO_LONG, f"At most {most} characters."
            if found is not None:
                code, reason = of_unfit(*found)
            if row is header or self._is_kept(name.strip()):
                self._findings.add(place, code, reason)
            else:
                self._findings.remark(place, code, reason)
                row[at] = ""
        return self._findings.total == before


def line_of(content: bytes, at: int) -> int:
    """The number of the line that this byte stands on."""
    before = content[:at]
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1


def _lines_of(row: list[str]) -> int:
    """A quoted cell may hold line breaks."""
    return 1 + sum(
        cell.count("\n") + cell.count("\r") - cell.count("\r\n")
        for cell in row
        if "\n" in cell or "\r" in cell
    )
