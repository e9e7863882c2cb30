"""Loads an attendance register: half a million days as one set."""

import asyncio
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.exchange.attendance_register import queries, rules
from services.students.exchange.attendance_register.rules import Entry
from services.students.participation.attendance import actions as attendance
from shared.contracts.imports import FileProblem
from shared.core.clock import today as ask_today
from shared.imports.routes import ImportKind, ImportRefused, Progress
from shared.persistence.copying import copy_records
from shared.security.permissions import Permission
from shared.security.principal import Principal

STAGE = text("""
    create temporary table staged_day (student_id uuid, held_on date, category text, line int)
    on commit drop
""")
# The school is the one the child is at now; a roll call names its own.
STAGED = """
    (select d.student_id, d.held_on, d.category, s.school_id
     from staged_day d join student s on s.id = d.student_id)
"""


async def load(
    session: AsyncSession, caller: Principal, file: bytes, progress: Progress
) -> dict[str, int]:
    today = await ask_today()
    entries, findings = await asyncio.to_thread(rules.read_register, file, today)
    ids = {entry.sourced_id for entry in entries}
    known = await queries.students_by_sourced_id(session, caller, ids)
    for entry in rules.first_of_unknown(entries, known):
        findings.add(
            rules.FILE, entry.line, rules.HEADER[0], "reference.unknown", "no such student"
        )
    if findings.total:
        raise ImportRefused(findings.listed, findings.total)
    await progress(0.3)

    await _stage(session, entries, known)
    doubled = await queries.doubled_lines(session)
    if doubled:
        raise ImportRefused([_doubled(line) for line in doubled])
    await progress(0.5)

    changed = await attendance.record(session, STAGED, {}) if entries else 0
    return {"days": len(entries), "students": len(known), "changed": changed}


async def _stage(session: AsyncSession, entries: Iterable[Entry], known: dict[str, UUID]) -> None:
    await session.execute(STAGE)
    await copy_records(session, "staged_day", _records(entries, known))
    await session.execute(text("analyze staged_day"))


def _records(
    entries: Iterable[Entry], known: dict[str, UUID]
) -> Iterable[tuple[UUID, date, str, int]]:
    return ((known[id], day, category, line) for id, day, category, line in entries)


def _doubled(line: int) -> FileProblem:
    reason = "an earlier line has this student and day"
    return FileProblem(file=f"{rules.FILE}.csv", line=line, code="row.duplicate", reason=reason)


IMPORT = ImportKind(
    "attendance",
    Permission.ROSTERS_IMPORT,
    load,
    "Daily school attendance as CSV: studentSourcedId,date,category",
    "One line a child and day: the child's `sourcedId` in the own roster, a day to date, a category"
    " of Ed-Fi's `AttendanceEventCategoryDescriptor`. A day that is known gets the new category; days"
    " that are not in the file stay. Announces `students.attendance.counted.v1` of each child and"
    " school year whose totals changed.",
)
