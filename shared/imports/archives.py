"""Opens a zip that comes from anybody: its limits, its names, and what is passed over in it.

A name is judged before anything is unpacked. Passed over is what macOS and Windows add, and a folder
around all files, so that they are read as if they lay at the top. Only stored and deflated members
are unpacked: of the other methods Python unpacks a whole block at once, however large, so that a
kilobyte can take a gigabyte of memory.
"""

import io
import lzma
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from shared.imports.codes import Code
from shared.imports.findings import WHOLE, Findings, Place, Unreadable

SIGNATURE = b"PK"
BLOCK_BYTES = 2**20
# A member of so many times its packed size is a bomb; small ones may be.
BOMB_RATIO = 200
BOMB_BYTES = 8 * 2**20
METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
# Each way of being damaged has an error of its own.
DAMAGED = (
    zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError, OverflowError, zlib.error,
    lzma.LZMAError,
)  # fmt: skip
# Before each entry of the directory, which Python reads whole. Of the entries those that are no
# files, and those that are passed over, may be three times as many as the files.
ENTRY = b"PK\x01\x02"
ENTRIES_A_FILE = 4
FORBIDDEN = re.compile(r"[\x00-\x1f\x7f:]")
LITTER_FOLDERS = frozenset(("__MACOSX",))
LITTER = re.compile(r"\._.*|\.DS_Store|Thumbs\.db|desktop\.ini", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """Of one import. `member_bytes` and `total_bytes` are unpacked."""

    members: int
    member_bytes: int
    total_bytes: int


@dataclass(frozen=True)
class Archive:
    """The files of a zip by their names; none where it is refused."""

    zip: zipfile.ZipFile | None = None
    members: Mapping[str, zipfile.ZipInfo] = field(default_factory=dict)

    def size(self, name: str) -> int:
        """As the zip declares it; more is never unpacked."""
        return self.members[name].file_size

    def blocks(self, name: str) -> Iterator[bytes]:
        """Raises `Unreadable`."""
        if self.zip is None:
            return
        try:
            with self.zip.open(self.members[name]) as member:
                while block := member.read(BLOCK_BYTES):
                    yield block
        except DAMAGED as error:
            reason = f"The file cannot be unpacked ({type(error).__name__})."
            raise Unreadable(Place(name), Code.ZIP_UNREADABLE, reason) from None

    def content(self, name: str) -> bytes:
        """Raises `Unreadable`."""
        return b"".join(self.blocks(name))


def is_zip(content: bytes) -> bool:
    return content.startswith(SIGNATURE)


def open_zip(content: bytes, limits: ZipLimits, findings: Findings) -> Archive:
    """The zip, ready to be read; without any file where anything was found."""
    before = findings.total
    if content.count(ENTRY) > ENTRIES_A_FILE * limits.members:
        findings.add(WHOLE, Code.TOO_MANY_FILES, f"At most {limits.members} files.")
        return Archive()
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
    except DAMAGED:
        findings.add(WHOLE, Code.ZIP_UNREADABLE)
        return Archive()
    named = list(_named(packed.infolist(), findings))
    _judge(named, limits, findings)
    if findings.total > before:
        return Archive()
    return Archive(packed, _without_common_folder(dict(named), findings))


def _named(
    infos: Iterable[zipfile.ZipInfo], findings: Findings
) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """The files with their names, without litter and folders."""
    for info in infos:
        path = info.orig_filename.replace("\\", "/")  # `filename` ends where there is a NUL
        steps = [step for step in path.split("/") if step not in {"", "."}]
        # Not is_dir(): it fails for a name that a damaged zip left empty.
        if path.endswith("/") and steps:
            continue
        if not steps or ".." in steps or path.startswith("/") or FORBIDDEN.search(path):
            findings.add(Place(FORBIDDEN.sub("", path)), Code.ZIP_PATH)
        elif LITTER_FOLDERS.isdisjoint(steps) and not LITTER.fullmatch(steps[-1]):
            yield "/".join(steps), info
        else:
            findings.remark(Place("/".join(steps)), Code.LITTER)


def _judge(
    named: list[tuple[str, zipfile.ZipInfo]], limits: ZipLimits, findings: Findings
) -> None:
    if len(named) > limits.members:
        findings.add(WHOLE, Code.TOO_MANY_FILES, f"At most {limits.members} files.")
        return
    total = sum(info.file_size for _, info in named)
    if total > limits.total_bytes:
        findings.add(WHOLE, Code.ZIP_TOO_LARGE, f"At most {limits.total_bytes} bytes unpacked.")
        return
    before = findings.total
    for name, info in named:
        _judge_member(Place(name), info, limits, findings)
    for name, times in Counter(name for name, _ in named).items():
        if times > 1:
            findings.add(Place(name), Code.FILE_TWICE)
    packed = sum(info.compress_size for _, info in named)
    if findings.total == before and _swells(total, packed):
        findings.add(WHOLE, Code.ZIP_TOO_LARGE, f"Unpacks to {total} bytes from {packed}.")


def _judge_member(
    place: Place, info: zipfile.ZipInfo, limits: ZipLimits, findings: Findings
) -> None:
    size, packed = info.file_size, info.compress_size
    if info.flag_bits & 1:
        findings.add(place, Code.ZIP_ENCRYPTED)
    elif size > limits.member_bytes or _swells(size, packed):
        findings.add(place, Code.ZIP_TOO_LARGE, f"Unpacks to {size} bytes from {packed}.")
    elif info.compress_type not in METHODS:
        findings.add(place, Code.ZIP_UNREADABLE, "Only deflated and stored files are read.")


def _swells(size: int, packed: int) -> bool:
    return size > BOMB_BYTES and size > BOMB_RATIO * max(packed, 1)


def _without_common_folder(
    files: dict[str, zipfile.ZipInfo], findings: Findings
) -> dict[str, zipfile.ZipInfo]:
    """Of files that all lie in one folder the names from there."""
    folders = [name.split("/")[:-1] for name in files]
    common = 0
    for steps in zip(*folders, strict=False):
        if len(set(steps)) > 1:
            break
        common += 1
    if common:
        findings.remark(Place("/".join(folders[0][:common])), Code.COMMON_FOLDER)
    return {"/".join(name.split("/")[common:]): info for name, info in files.items()}
