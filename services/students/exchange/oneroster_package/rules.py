"""A OneRoster package: its zip, and the manifest that says what is in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.students.exchange.oneroster_schema.rules import LAYOUTS, ORDER, STORED
from services.students.roster.merging.rules import Mode
from shared.imports.archives import Archive, ZipLimits, open_zip
from shared.imports.codes import Code
from shared.imports.findings import Findings, Place
from shared.imports.tables import Table, TableLimits

# The files are read in pieces, so that they may be large.
ZIP = ZipLimits(members=100, member_bytes=2 * 2**30, total_bytes=4 * 2**30)
MANIFEST = "manifest.csv"
MANIFEST_BYTES = 64 * 2**10

Properties = dict[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Manifest:
    version: str
    modes: Mapping[str, Mode]
    """Only the files that are there, bulk or delta, in the order to read them in."""

    @property
    def is_delta(self) -> bool:
        return Mode.DELTA in self.modes.values()


def opened(content: bytes, findings: Findings) -> tuple[Archive, Manifest]:
    """Raises `ImportRefused` for what is no package."""
    package = open_zip(content, ZIP, findings)
    _ensure_flat(package, findings)
    findings.refuse()
    properties = _properties(package, findings)
    findings.refuse()
    manifest = read_manifest(properties, findings)
    findings.refuse()
    _ensure_as_announced(package, manifest, findings)
    findings.refuse()
    return package, manifest


def table(package: Archive, file: str, findings: Findings) -> Table:
    name = f"{file}.csv"
    return Table(name, package.blocks(name), TableLimits(), findings)


def _ensure_flat(package: Archive, findings: Findings) -> None:
    for name in package.members:
        if "/" in name:
            reason = "The files lie at the top of the zip, or all in one folder."
            findings.add(Place(name), Code.ZIP_PATH, reason)


def _properties(package: Archive, findings: Findings) -> Properties:
    """With the line of each."""
    if MANIFEST not in package.members:
        findings.add(Place(MANIFEST), Code.FILE_MISSING, "The zip has no manifest.csv.")
    elif package.size(MANIFEST) > MANIFEST_BYTES:
        findings.add(Place(MANIFEST), Code.ZIP_TOO_LARGE, "The manifest is too long.")
    else:
        rows = _rows(Table(MANIFEST, package.blocks(MANIFEST), TableLimits(), findings), findings)
        return {row[0].strip(): (line, row[1].strip()) for line, row in rows}
    return {}


def _rows(manifest: Table, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    if manifest.header is None:
        return
    if len(manifest.header) != len(("property", "value")):
        place = Place(MANIFEST, manifest.header_line)
        findings.add(
            place,
            Code.CELLS_WRONG_NUMBER,
            "Each line of the manifest has two cells: property and value.",
        )
        return
    yield manifest.header_line, manifest.header
    for rows, lines in manifest.chunks():
        yield from zip(lines, rows, strict=True)


def read_manifest(properties: Properties, findings: Findings) -> Manifest:
    """Without findings it can be relied on."""
    line, version = properties.get("oneroster.version", (None, ""))
    if version not in LAYOUTS:
        reason = f"`oneroster.version` must be one of {', '.join(LAYOUTS)}."
        place = Place(MANIFEST, line, "oneroster.version")
        findings.add(place, Code.VERSION_UNSUPPORTED, reason)
        return Manifest(version, {})
    modes: dict[str, Mode] = {}
    for name, (line, value) in properties.items():
        file, place = name.removeprefix("file."), Place(MANIFEST, line, name[:100])
        if file == name:
            continue
        if file not in LAYOUTS[version]:
            findings.add(place, Code.FILE_UNKNOWN, f"OneRoster {version} has no such file.")
        elif value not in set(Mode):
            findings.add(place, Code.VALUE_UNKNOWN, "This takes absent, bulk or delta.")
        else:
            modes[file] = Mode(value)
    there = {file: modes[file] for file in ORDER if modes.get(file, Mode.ABSENT) != Mode.ABSENT}
    return Manifest(version, there)


def _ensure_as_announced(package: Archive, manifest: Manifest, findings: Findings) -> None:
    """The manifest and the zip speak of the same files."""
    there = {name.removesuffix(".csv") for name in package.members if name != MANIFEST}
    for file, mode in manifest.modes.items():
        if file not in there:
            findings.add(
                Place(f"{file}.csv"),
                Code.FILE_MISSING,
                f"The manifest says {mode}, but the zip lacks the file.",
            )
        elif file not in STORED:
            findings.remark(Place(f"{file}.csv"), Code.FILE_PASSED_OVER)
    for file in sorted(there & set(ORDER) - set(manifest.modes)):
        reason = "The manifest does not announce this file."
        findings.add(Place(f"{file}.csv"), Code.FILE_UNDECLARED, reason)
    for name in sorted(package.members):
        if name != MANIFEST and name.removesuffix(".csv") not in ORDER:
            reason = "A OneRoster package has no such file."
            findings.add(Place(name), Code.FILE_UNKNOWN, reason)
