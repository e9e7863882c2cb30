"""What of a package is staged, and who may import for whom."""

import csv
import io
from collections.abc import Iterator, Mapping
from uuid import UUID

from services.students.exchange.file_validation.rules import FileCheck, Progress, chunks
from services.students.exchange.oneroster_package.rules import Manifest
from services.students.exchange.oneroster_schema.rules import LAYOUTS, REFERRED_TO, V11
from services.students.roster.merging.rules import Mode
from shared.contracts.students.roster import RosterKind
from shared.core.refusals import ImportRefused
from shared.imports.codes import Code
from shared.imports.findings import WHOLE, Findings
from shared.imports.tables import Table


def district_of(partner_id: UUID | None) -> UUID:
    """A roster and its attendance are imported in the name of the caller's own district."""
    if partner_id is None:
        reason = "Import a roster or a register under a membership at its district."
        raise ImportRefused([WHOLE.problem(Code.NO_DISTRICT, reason)])
    return partner_id


_DEMOGRAPHICS = """birthDate:date sex americanIndianOrAlaskaNative:boolean asian:boolean
    blackOrAfricanAmerican:boolean nativeHawaiianOrOtherPacificIslander:boolean white:boolean
    demographicRaceTwoOrMoreRaces:boolean hispanicOrLatinoEthnicity:boolean
    countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus"""
_STAGES = {
    "orgs": "name type identifier parentSourcedId",
    "academicSessions": "title type startDate:date endDate:date parentSourcedId schoolYear:integer",
    "courses": "schoolYearSourcedId title courseCode grades orgSourcedId subjects subjectCodes",
    "classes": """title grades courseSourcedId classCode classType location schoolSourcedId
        termSourcedIds subjects subjectCodes periods""",
    # Passwords, user names and pronouns are nobody's business here.
    "users": """userIds givenName familyName middleName identifier email sms phone
        agentSourcedIds grades userMasterIdentifier preferredGivenName preferredFamilyName
        primaryOrgSourcedId orgSourcedIds role""",
    "roles": "userSourcedId roleType role beginDate:date endDate:date orgSourcedId",
    "enrollments": """classSourcedId userSourcedId role primary:boolean beginDate:date
        endDate:date""",
    "demographics": _DEMOGRAPHICS,
}
STAGES: dict[str, dict[str, str]] = {
    file: {
        name: type or "text"
        for name, _, type in (
            word.partition(":") for word in f"sourcedId status {columns}".split()
        )
    }
    for file, columns in _STAGES.items()
}
TARGETS = {
    "orgs": "org", "academicSessions": "academic_session", "courses": "course",
    "classes": "class", "users": "person",
}  # fmt: skip
"""The stored files whose rows others refer to, with their tables."""


def kind_of(manifest: Manifest) -> RosterKind:
    return RosterKind.DELTA if manifest.is_delta else RosterKind.BULK


def stage_tables() -> Iterator[str]:
    """Temporary tables that end with the transaction."""
    for file, columns in STAGES.items():
        typed = ", ".join(f'"{name.lower()}" {type}' for name, type in columns.items())
        yield f"create temporary table {stage(file)} (line integer, {typed}) on commit drop"
    for name in ("touched", "concerned", "rostered"):
        yield f"create temporary table {name} (id uuid) on commit drop"
    yield """create temporary table stage_links
        (student_id uuid, contact_id uuid, by_child boolean, by_contact boolean) on commit drop"""


def stage(file: str) -> str:
    return f"stage_{file.lower()}"


def staged_columns(version: str, file: str) -> list[str]:
    """Those of the file's columns that are staged, in the order of the file."""
    return [name for name in LAYOUTS[version][file].names if name in STAGES.get(file, {})]


def unkept_columns(version: str, file: str) -> frozenset[str]:
    """Those of a kept file that the standard lets empty, and that are checked and not kept."""
    kept = {*STAGES.get(file, {}), "dateLastModified"}
    columns = LAYOUTS[version][file].columns if file in STAGES else ()
    return frozenset(c.name for c in columns if c.name not in kept and not c.required)


def open_targets(manifest: Manifest) -> list[str]:
    """Files whose rows may be referred to although this package does not hold them all."""
    return [file for file in TARGETS if manifest.modes.get(file) != Mode.BULK]


def progress_of(manifest: Manifest, stored: Mapping[str, set[str]], faults: Findings) -> Progress:
    whole = {
        file: set[str]()
        for file, mode in manifest.modes.items()
        if mode == Mode.BULK and file in REFERRED_TO
    }
    return Progress(known=whole | dict(stored), faults=faults)


def staged(check: FileCheck, version: str, table: Table) -> Iterator[bytes]:
    """The checked rows as CSV for COPY; nothing any more once a fault has been found."""
    layout = check.layout
    kept = [layout.names.index(name) for name in staged_columns(version, layout.file)]
    for columns, numbers in chunks(check, table):
        if not kept or check.progress.faults.total:
            yield b""
            continue
        out = io.StringIO()
        csv.writer(out).writerows(zip(numbers, *(columns[n] for n in kept), strict=True))
        yield out.getvalue().encode()


def findings(progress: Progress) -> Findings:
    """Faults of rows first: they leave other rows dangling, which is no news then."""
    return progress.faults if progress.faults.total else progress.dangling


def has_own_roles(manifest: Manifest) -> bool:
    """OneRoster 1.1 has no file of roles."""
    return manifest.version != V11
