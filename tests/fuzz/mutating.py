"""Valid files broken: flipped, cut, spliced, swollen, encoded otherwise, packed otherwise. The same
chance gives the same file."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random

from shared.imports.archives import DAMAGED
from tests.fuzz.packing import repacked

Mutate = Callable[[bytes, Random], bytes]
NO_ZIP = DAMAGED
HUGE = 200_000
DEEP = 3_000
NUMBER = re.compile(rb"-?\d+(\.\d+)?")
DATE = re.compile(rb"\d{4}-\d\d-\d\d(T[0-9:.]+(Z|[+-]\d\d:\d\d)?)?")
WORD = re.compile(rb'"(?:[^"\\]|\\.)*"|[^",\r\n{}\[\]]+')
NUMBERS = (
    b"1e400", b"-1e400", b"NaN", b"Infinity", b"-0", b"00", b"9223372036854775808", b"1" * 5_000,
    b"-1", b"0.1", b"1e-400", b"0x10", b"1_000", "١٢".encode(), b"null", b"true", b"[]", b"{}",
)  # fmt: skip
DATES = (
    b"0001-01-01", b"9999-12-31", b"0000-00-00", b"2026-02-30", b"2026-2-3", b"20260203", b"0",
    b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00", b"2026-01-01T24:00:00Z",
    b"2026-01-01T00:00:60Z", b"2026-01-01T00:00:00", b"2026-W01-1", b"-0001-01-01",
)  # fmt: skip
WORDS = (
    b"", b'""', b'"\\u0000"', b'"\\ud800"', b'"\\udfff\\ud800"', b"\0", b'"', b"=1+1", b"+1|A", b"@a", b"\t",
    b"null", b"[]", b"{}", b'"' + b"x" * 300 + b'"', b"../../etc/passwd", b'"a\nb"', b'"a\r\nb"',
    "\u202e".encode(), "\ufeff".encode(), "e\u0301".encode(), "\U0001f600".encode(), b"\xed\xa0\x80", b"\xff", b"\xc3",
    b"urn:uuid:00000000-0000-0000-0000-000000000000", b'"__proto__"', b"%00", b"\x1b[31m", b"\x85",
    "\u2028".encode(),
)  # fmt: skip
MARKS = (
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\0",
    b"PK\x03\x04",
    b"\n",
    b"\r",
    b" ",
    b"\x1a",
)
ENDS = (b"\r", b"\r\n", b"\n\n", b"\x0b", b"\x0c", b"\x85", "\u2028".encode(), b"\0")
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-7", "cp037")


def mutated(valid: Sequence[bytes], chance: Random) -> bytes:
    """One of the valid files, broken in one to four ways."""
    file = chance.choice(valid)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
        file = _once(file, valid, chance)
    return file


def _once(file: bytes, valid: Sequence[bytes], chance: Random) -> bytes:
    if file.startswith(b"PK") and chance.random() < 0.8:
        with suppress(*NO_ZIP):  # broken already
            return repacked(file, lambda content: _bytes(content, valid, chance), chance)
    return _bytes(file, valid, chance)


def _bytes(file: bytes, valid: Sequence[bytes], chance: Random) -> bytes:
    if chance.random() < 0.1:
        return spliced(file, chance.choice(valid), chance)
    return chance.choice(WAYS)(file, chance)


def _cut(file: bytes, chance: Random) -> tuple[int, int]:
    first = chance.randrange(len(file) + 1)
    return first, min(len(file), first + chance.choice((0, 1, 2, 8, 64, 512)))


def flipped(file: bytes, chance: Random) -> bytes:
    out = bytearray(file)
    for _ in range(chance.choice((1, 1, 2, 8, 64)) if out else 0):
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def truncated(file: bytes, chance: Random) -> bytes:
    return file[: chance.randrange(len(file) + 1)]


def beheaded(file: bytes, chance: Random) -> bytes:
    return file[chance.randrange(len(file) + 1) :]


def removed(file: bytes, chance: Random) -> bytes:
    first, last = _cut(file, chance)
    return file[:first] + file[last:]


def repeated(file: bytes, chance: Random) -> bytes:
    first, last = _cut(file, chance)
    return file[:last] + file[first:last] * chance.choice((1, 1, 2, 100)) + file[last:]


def spliced(file: bytes, other: bytes, chance: Random) -> bytes:
    return file[: chance.randrange(len(file) + 1)] + other[chance.randrange(len(other) + 1) :]


def noise(file: bytes, chance: Random) -> bytes:
    first, last = _cut(file, chance)
    return file[:first] + chance.randbytes(last - first) + file[last:]


def swollen(file: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(file) + 1)
    return (
        file[:at] + chance.choice((b"x", b"9", b" ", b'"', b",", b"\n", b"\\")) * HUGE + file[at:]
    )


def deep(file: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(file) + 1)
    begin, end = chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"[", b"")))
    return file[:at] + begin * DEEP + end * DEEP + file[at:]


def marked(file: bytes, chance: Random) -> bytes:
    at = chance.choice((0, len(file), chance.randrange(len(file) + 1)))
    return file[:at] + chance.choice(MARKS) + file[at:]


def ended_otherwise(file: bytes, chance: Random) -> bytes:
    return file.replace(b"\r\n", b"\n").replace(b"\n", chance.choice(ENDS))


def encoded(file: bytes, chance: Random) -> bytes:
    return file.decode("utf-8", "replace").encode(chance.choice(ENCODINGS), "replace")


def _replaced(pattern: re.Pattern[bytes], by: Sequence[bytes]) -> Mutate:
    def replace(file: bytes, chance: Random) -> bytes:
        found = list(pattern.finditer(file))
        if not found:
            return file
        match = chance.choice(found)
        return file[: match.start()] + chance.choice(by) + file[match.end() :]

    return replace


def swapped(file: bytes, chance: Random) -> bytes:
    """One word in the place of another: the same id twice, an id where a name was."""
    words = list(WORD.finditer(file))
    if not words:
        return file
    one, other = chance.choice(words), chance.choice(words)
    return file[: one.start()] + other[0] + file[one.end() :]


def lines_moved(file: bytes, chance: Random) -> bytes:
    lines = file.splitlines(keepends=True)
    if lines:
        lines.insert(chance.randrange(len(lines)), chance.choice(lines))
        if chance.random() < 0.5:
            lines.pop(chance.randrange(len(lines)))
    return b"".join(lines)


WAYS: tuple[Mutate, ...] = (
    flipped, flipped, truncated, beheaded, removed, repeated, noise, swollen, deep, marked,
    ended_otherwise, encoded, swapped, swapped, swapped, lines_moved, lines_moved,
    _replaced(NUMBER, NUMBERS), _replaced(DATE, DATES), _replaced(WORD, WORDS), _replaced(WORD, WORDS),
    _replaced(WORD, DATES), _replaced(WORD, NUMBERS),
)  # fmt: skip


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
