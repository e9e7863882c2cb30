"""Zips that nobody's program makes."""

import io
import struct
import warnings
import zipfile
from collections.abc import Callable
from random import Random

# What is read line by line or cell by cell, fewer of it: it takes as long as it is.
BOMBS = (b"\0" * 30_000_000, b"a" * 30_000_000, b"\n" * 300_000, b"," * 300_000)
METHODS = (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
NAMES = (
    "../{}", "/{}", "a/{}", "a\\{}", "C:{}", "{}\0", "", ".", "..", "{}/", "{}.bak", "é{}", "\u202e{}",
    "x" * 300, "__MACOSX/{}", " {}", "{} ", "{}\n", "CON", "%2e%2e/{}",
)  # fmt: skip
CENTRAL, LOCAL = b"PK\x01\x02", b"PK\x03\x04"

Files = list[tuple[str, bytes]]


def repacked(file: bytes, change: Callable[[bytes], bytes], chance: Random) -> bytes:
    """The zip with one of its files changed by `change`, or the zip itself broken. Raises what
    zipfile raises for what is no zip."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        files = [(info.filename, archive.read(info)) for info in archive.infolist()]
    at = chance.randrange(len(files)) if files else 0
    way = chance.random()
    if files and way < 0.7:
        files[at] = (files[at][0], change(files[at][1]))
    elif files:
        files = chance.choice(WAYS)(files, at, chance)
    packed = _packed(files, chance)
    return chance.choice(LIES)(packed, chance) if chance.random() < 0.15 else packed


def _packed(files: Files, chance: Random) -> bytes:
    out = io.BytesIO()
    method = METHODS[0] if chance.random() < 0.9 else chance.choice(METHODS)
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as archive:
        warnings.simplefilter("ignore")  # the same name twice
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def _dropped(files: Files, at: int, _: Random) -> Files:
    return files[:at] + files[at + 1 :]


def _twice(files: Files, at: int, chance: Random) -> Files:
    return [*files, (files[at][0], chance.choice(files)[1])]


def _named(files: Files, at: int, chance: Random) -> Files:
    name, content = files[at]
    files[at] = (chance.choice(NAMES).format(name), content)
    return files


def _renamed(files: Files, at: int, chance: Random) -> Files:
    files[at] = (files[at][0], chance.choice(files)[1])
    return files


def _bomb(files: Files, at: int, chance: Random) -> Files:
    files[at] = (files[at][0], files[at][1] + chance.choice(BOMBS))
    return files


def _many(files: Files, at: int, chance: Random) -> Files:
    return files + [(f"{n}{files[at][0]}", b"") for n in range(chance.choice((10, 150, 1_000)))]


def _within(files: Files, at: int, chance: Random) -> Files:
    return [("inner.zip", _packed(files, chance)), *files[:at]]


WAYS = (_dropped, _twice, _named, _named, _named, _renamed, _bomb, _many, _within)


def _sizes(packed: bytes, chance: Random) -> bytes:
    """The directory lies about how large a file is."""
    out = bytearray(packed)
    at = packed.find(CENTRAL)
    if at >= 0 and at + 28 <= len(out):
        struct.pack_into(
            "<I", out, at + chance.choice((20, 24)), chance.choice((0, 1, 2**31, 2**32 - 1))
        )
    return bytes(out)


def _flags(packed: bytes, chance: Random) -> bytes:
    """Encrypted, by an unknown method, of another version, in two places different."""
    out = bytearray(packed)
    for mark, offsets in ((CENTRAL, (6, 8, 10)), (LOCAL, (4, 6, 8))):
        at = packed.find(mark)
        if at >= 0 and at + 12 <= len(out) and chance.random() < 0.7:
            struct.pack_into(
                "<H", out, at + chance.choice(offsets), chance.choice((1, 9, 99, 2048, 65_535))
            )
    return bytes(out)


def _around(packed: bytes, chance: Random) -> bytes:
    return (
        chance.choice((b"", b"x" * 100))
        + packed
        + chance.choice((b"x" * 10, packed, b"PK\x05\x06"))
    )


def _misnamed(packed: bytes, _: Random) -> bytes:
    """The header before a file claims UTF-8 for a name that is none."""
    out = bytearray(packed)
    at = packed.rfind(LOCAL)
    if at >= 0 and at + 31 <= len(out):
        struct.pack_into("<H", out, at + 6, 2048)
        out[at + 30] = 0xFF
    return bytes(out)


LIES = (_sizes, _flags, _flags, _around, _misnamed)
