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
from services.students.exchange.oneroster_import import rules as rosters
from services.students.exchange.oneroster_package.queries import Unreadable, lines, opened
from services.students.exchange.oneroster_schema.rules import LAYOUTS
from shared.contracts.imports import FileProblem
from shared.contracts.outcomes.indicator import PeriodKind, Unit
from shared.core.refusals import ImportRefused

TODAY = date(2026, 11, 24)
KNOWN = KnownDefinition(
    UUID(int=1), UUID(int=2), Unit.PERCENT, PeriodKind.SCHOOL_YEAR, derived=False
)
Problems = list[FileProblem]


def oneroster(content: bytes) -> Problems:
    package, manifest = opened(content)
    progress = rosters.progress_of(manifest, {})
    for file, mode in manifest.modes.items():
        check = FileCheck(LAYOUTS[manifest.version][file], mode, progress)
        try:
            for _ in rosters.staged(check, manifest.version, lines(package, f"{file}.csv")):
                pass
        except Unreadable as error:
            check.fault(error.line, None, error.code, error.reason)
    return rosters.findings(progress).listed


def hsds(content: bytes) -> Problems:
    return read_directory(content)[1].found


def standards(content: bytes) -> Problems:
    read_standards(content)
    return []


def learning_resources(content: bytes) -> Problems:
    async def nowhere(_: float) -> None:
        return

    asyncio.run(read_descriptions(content, nowhere))
    return []


def observations(content: bytes) -> Problems:
    parser = Parser({"grade3_reading": {1: KNOWN}})
    return [problem for _, found in pieces(parser, content, 5_000) for problem in found]


def attendance(content: bytes) -> Problems:
    return read_register(content, TODAY)[1].listed


READERS: dict[str, Callable[[bytes], Problems]] = {
    "oneroster": oneroster, "hsds": hsds, "standards": standards,
    "learning-resources": learning_resources, "observations": observations,
    "attendance": attendance,
}  # fmt: skip


def read(kind: str, content: bytes) -> Problems:
    """What is wrong with the file; nothing where it is taken. Raises what no importer may."""
    try:
        return READERS[kind](content)
    except ImportRefused as refused:
        return refused.problems
