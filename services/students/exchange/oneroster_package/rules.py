"""What a OneRoster package must be before any row of it is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.students.exchange.oneroster_schema.rules import LAYOUTS, ORDER
from services.students.roster.merging.rules import Mode
from shared.contracts.imports import FileProblem

MEMBERS = 100
MEMBER_BYTES = 2 * 2**30
PACKAGE_BYTES = 4 * 2**30
BOMB_RATIO = 200
BOMB_BYTES = 8 * 2**20
MANIFEST_BYTES = 64 * 2**10
MANIFEST = "manifest.csv"


@dataclass(frozen=True, slots=True)
class Member:
    """An entry of the zip, as its directory declares it."""

    name: str
    size: int
    compressed_size: int
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    version: str
    modes: Mapping[str, Mode]
    """Only the files that are there, bulk or delta, in the order to read them in."""

    @property
    def is_delta(self) -> bool:
        return Mode.DELTA in self.modes.values()


def member_problems(members: Iterable[Member]) -> list[FileProblem]:
    """What forbids opening the zip at all."""
    members = list(members)
    if len(members) > MEMBERS:
        return [_package(MANIFEST, "package.too_many_files", f"more than {MEMBERS} files")]
    problems = [problem for member in members for problem in _member_problem(member)]
    names = [member.name for member in members]
    problems += [
        _package(name, "package.duplicate_file", "the zip holds this file twice")
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
    if sum(member.size for member in members) > PACKAGE_BYTES:
        problems.append(_package(MANIFEST, "package.zip_bomb", "more than 4 GiB unpacked"))
    packed = sum(member.compressed_size for member in members)
    if not problems and _swells(sum(member.size for member in members), packed):
        problems.append(_package(MANIFEST, "package.zip_bomb", "its files swell together"))
    return problems


def _swells(size: int, compressed_size: int) -> bool:
    return size > BOMB_BYTES and size > BOMB_RATIO * max(compressed_size, 1)


def _member_problem(member: Member) -> list[FileProblem]:
    name, short = member.name, member.name[:100].replace("\x00", "")
    if "/" in name or "\\" in name or "\x00" in name or name in {"", ".", ".."}:
        reason = "files lie at the top of the zip, without folders or paths"
        return [_package(short, "package.path_in_zip", reason)]
    if member.encrypted:
        return [_package(short, "package.encrypted", "the file is encrypted")]
    if member.size > MEMBER_BYTES or _swells(member.size, member.compressed_size):
        reason = f"unpacks to {member.size} bytes from {member.compressed_size}"
        return [_package(short, "package.zip_bomb", reason)]
    return []


def read_manifest(rows: list[list[str]]) -> tuple[Manifest, list[FileProblem]]:
    """The manifest and what is wrong with it; without problems it can be relied on."""
    lines = {row[0].strip(): (number, row[1].strip()) for number, row in _properties(rows)}
    problems = [_at(n, "manifest.wrong_field_count", "two cells: property and value", None)
                for n, row in enumerate(rows, 1) if row and len(row) != len(("name", "value"))]  # fmt: skip
    version = lines.get("oneroster.version", (None, ""))[1]
    if version not in LAYOUTS:
        line = lines.get("oneroster.version", (None, ""))[0]
        reason = f"oneroster.version must be one of {', '.join(LAYOUTS)}"
        problems.append(_at(line, "manifest.unsupported_version", reason, "oneroster.version"))
        return Manifest(version, {}), problems
    modes, mode_problems = _modes(version, lines)
    return Manifest(version, modes), problems + mode_problems


def _properties(rows: list[list[str]]) -> list[tuple[int, list[str]]]:
    return [(n, row) for n, row in enumerate(rows, 1) if len(row) == len(("name", "value"))]


def _modes(
    version: str, lines: Mapping[str, tuple[int, str]]
) -> tuple[dict[str, Mode], list[FileProblem]]:
    modes: dict[str, Mode] = {}
    problems: list[FileProblem] = []
    for name, (line, value) in lines.items():
        file = name.removeprefix("file.")
        if file == name:
            continue
        if file not in LAYOUTS[version]:
            reason = f"OneRoster {version} has no such file"
            problems.append(_at(line, "manifest.unknown_file", reason, name[:100]))
        elif value not in set(Mode):
            problems.append(_at(line, "manifest.invalid_enum", "absent, bulk or delta", name))
        else:
            modes[file] = Mode(value)
    ordered = {file: modes[file] for file in ORDER if modes.get(file, Mode.ABSENT) != Mode.ABSENT}
    return ordered, problems


def presence_problems(manifest: Manifest, names: Iterable[str]) -> list[FileProblem]:
    """The manifest and the zip must speak of the same files."""
    there = {name.removesuffix(".csv") for name in names if name != MANIFEST}
    missing = [
        _package(f"{file}.csv", "package.missing_file", f"the manifest says {mode}")
        for file, mode in manifest.modes.items()
        if file not in there
    ]
    undeclared = [
        _package(f"{file}.csv", "package.undeclared_file", "the manifest does not announce it")
        for file in sorted(there & set(ORDER) - set(manifest.modes))
    ]
    unknown = [
        _package(name[:100], "package.unknown_file", "not a file of a OneRoster package")
        for name in sorted(set(names))
        if name != MANIFEST and name.removesuffix(".csv") not in ORDER
    ]
    return missing + undeclared + unknown


def _package(file: str, code: str, reason: str) -> FileProblem:
    return FileProblem(file=file, code=code, reason=reason)


def _at(line: int | None, code: str, reason: str, field: str | None) -> FileProblem:
    return FileProblem(file=MANIFEST, line=line, field=field, code=code, reason=reason)
