"""Loads an attendance register: half a million days as one set."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.exchange.attendance_exceptions import actions as exceptions
from services.students.exchange.attendance_exceptions.queries import open_lines, sparse_lines
from services.students.exchange.attendance_places import rules as places
from services.students.exchange.attendance_register import queries, rules
from services.students.exchange.attendance_register.rules import Entry
from services.students.exchange.oneroster_import.rules import district_of
from services.students.participation.attendance import actions as attendance
from shared.contracts.imports import ImportEffect, PartEffect
from shared.core.clock import today as ask_today
from shared.imports.codes import Code
from shared.imports.findings import Findings, Place
from shared.imports.routes import ImportKind, Loaded, Progress
from shared.persistence.copying import copy_records
from shared.security.permissions import Permission
from shared.security.principal import Principal


async def load(
    session: AsyncSession, caller: Principal, file: bytes, progress: Progress
) -> Loaded:
    source, today = district_of(caller.partner_id), await ask_today()
    entries, findings = await asyncio.to_thread(rules.read_register, file, today)
    students = await queries.students_by_sourced_id(
        session, source, {entry.sourced_id for entry in entries}
    )
    schools = await queries.schools_by_sourced_id(
        session, source, {entry.school for entry in entries if entry.school is not None}
    )
    for place, reason in rules.unknown(entries, students, schools):
        findings.add(place, Code.DANGLING_REFERENCE, reason)
    findings.refuse()
    await progress(0.3)

    await _place(session, entries, students, schools)
    await _check(session, findings)
    parts = await _fill(session, findings, today)
    filled = sum(part.filled for part in parts)
    await progress(0.5)

    days = len(entries) + filled
    added = days - await queries.known_days(session)
    changed = await attendance.record(session, "placed_day", {}) if entries else 0
    counts = {"days": len(entries), "students": len(students), "changed": changed}
    effect = ImportEffect(
        noun="days", added=added, changed=max(changed - added, 0), filled=filled, parts=parts
    )
    return Loaded(counts | ({"filled": filled} if filled else {}), findings, [effect])


async def _check(session: AsyncSession, findings: Findings) -> None:
    for line in await queries.doubled_lines(session):
        reason = "An earlier line has this student and day."
        findings.add(Place(rules.FILE, line), Code.ROW_DOUBLE, reason)
    for line in await queries.ambiguous_lines(session):
        findings.add(Place(rules.FILE, line, rules.SCHOOL), Code.SCHOOL_AMBIGUOUS)
    for line in await queries.off_lines(session):
        findings.add(Place(rules.FILE, line, rules.HEADER[1]), Code.DAY_OFF)
    findings.refuse()
    for line in await queries.whole_lines(session):
        findings.remark(Place(rules.FILE, line, rules.HEADER[2]), Code.PARTIAL_WHOLE)


async def _fill(session: AsyncSession, findings: Findings, today: date) -> list[PartEffect]:
    """Fills in a register by exceptions, and refuses one that no calendar completes. Gives the days
    filled in, by school."""
    parts = await exceptions.fill(session, today)
    if filled := sum(part.filled for part in parts):
        reason = f"Days without a line that count as attended: {filled}."
        findings.remark(Place(rules.FILE), Code.EXCEPTIONS_ONLY, reason)
    for line in await sparse_lines(session, queries.MOST_PROBLEMS):
        findings.add(Place(rules.FILE, line), Code.ATTENDANCE_MISSING)
    findings.refuse()
    for line in await open_lines(session):
        findings.remark(Place(rules.FILE, line), Code.EXCEPTIONS_SO_FAR)
    return parts


async def _place(
    session: AsyncSession,
    entries: Iterable[Entry],
    students: Mapping[str, UUID],
    schools: Mapping[str, UUID],
) -> None:
    """Stages the lines, and places each at its school."""
    await session.execute(text(places.STAGE))
    await copy_records(session, "staged_day", _records(entries, students, schools))
    await session.execute(text("analyze staged_day"))
    await session.execute(text(places.PLACE))
    await session.execute(text("analyze placed_day"))


def _records(
    entries: Iterable[Entry], students: Mapping[str, UUID], schools: Mapping[str, UUID]
) -> Iterable[tuple[UUID, date, str, int, UUID | None, int | None]]:
    return (
        (students[id], day, category, line, schools[school] if school else None, hundredths)
        for id, day, category, line, school, hundredths in entries
    )


IMPORT = ImportKind(
    "attendance",
    Permission.ROSTERS_IMPORT,
    load,
    "Daily school attendance as CSV: studentSourcedId,date,category",
    "Each line holds one child and day: the child's `sourcedId` in the own roster, a day not in the"
    " future, and a category of Ed-Fi's `AttendanceEventCategoryDescriptor`. Further columns may name"
    " the school of the day (`schoolSourcedId`; else the roster tells it) and how much of it the child"
    " was there (`attended`, 0 to 1). A known day gets the"
    " new category; days that are not in the file stay. Announces `students.attendance.counted.v1`"
    " for each child and school year whose totals change.",
)
