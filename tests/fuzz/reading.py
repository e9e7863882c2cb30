"""The reading half of every importer, without a database: what a file is judged by."""

import asyncio
from collections.abc import Callable
from datetime import date
from uuid import UUID

from services.outcomes.observations.observation_import.rules import KnownDefinition, Parser, pieces
from services.partners.exchange.hsds_package.rules import read as read_directory
from services.resources.exchange.case_packages.actions import read_all as read_standards
from services.resources.exchange.descriptions.actions import read_all as read_descriptions
from services.students.exchange.attendance_register.rules import read_register
from services.students.exchange.file_validation.rules import FileCheck
from services.students.exchange.oneroster_import import rules as oneroster_import
from services.students.exchange.oneroster_package.rules import opened, table
from services.students.exchange.oneroster_schema.rules import LAYOUTS
from shared.contracts.imports import FileProblem
from shared.contracts.outcomes.indicator import PeriodKind, Unit
from shared.core.refusals import ImportRefused
from shared.imports.findings import Findings

TODAY = date(2026, 11, 24)
KNOWN = KnownDefinition(
    UUID(int=1), UUID(int=2), Unit.PERCENT, PeriodKind.SCHOOL_YEAR, derived=False
)
Problems = list[FileProblem]


def oneroster(content: bytes) -> Findings:
    findings = Findings()
    package, manifest = opened(content, findings)
    progress = oneroster_import.progress_of(manifest, {}, findings)
    for file, mode in manifest.modes.items():
        unkept = oneroster_import.unkept_columns(manifest.version, file)
        check = FileCheck(LAYOUTS[manifest.version][file], mode, progress, unkept)
        read = table(package, file, progress.faults)
        for _ in oneroster_import.staged(check, manifest.version, read):
            pass
    return oneroster_import.findings(progress) if progress.dangling.total else findings


def hsds(content: bytes) -> Findings:
    return read_directory(content)[1]


def standards(content: bytes) -> Findings:
    return read_standards(content)[1]


def learning_resources(content: bytes) -> Findings:
    async def nowhere(_: float) -> None:
        return

    return asyncio.run(read_descriptions(content, nowhere))[1]


def observations(content: bytes) -> Findings:
    parser = Parser({"grade3_reading": {1: KNOWN}})
    findings = Findings()
    for _ in pieces(parser, content, findings):
        pass
    return findings


def attendance(content: bytes) -> Findings:
    return read_register(content, TODAY)[1]


READERS: dict[str, Callable[[bytes], Findings]] = {
    "oneroster": oneroster, "hsds": hsds, "standards": standards,
    "learning-resources": learning_resources, "observations": observations,
    "attendance": attendance,
}  # fmt: skip


def read(kind: str, content: bytes) -> Problems:
    """What is wrong with the file; nothing where it is taken. Raises what no importer may."""
    try:
        return READERS[kind](content).listed
    except ImportRefused as refused:
        return refused.problems


def remarks(kind: str, content: bytes) -> Problems:
    """What of a file that is taken was accepted although it deviates."""
    findings = READERS[kind](content)
    findings.refuse()
    return findings.remarks
