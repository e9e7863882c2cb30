"""Keeping children's attendance and its sums, a batch of events at once, so that thousands of
events take a second."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.indicators.disaggregates.actions import ensure_groups
from services.outcomes.indicators.periods.actions import ensure_periods
from services.outcomes.indicators.periods.rules import period, school_year
from services.outcomes.indicators.places.actions import ensure_places
from services.outcomes.observations.attendance_measures import rules
from services.outcomes.observations.attendance_measures.rules import NOWHERE, Part
from services.outcomes.scorecards.reports.actions import mark_derived
from shared.contracts.outcomes.group import ALL, VALUES, Dimension
from shared.contracts.outcomes.measure import MeasureChanged
from shared.contracts.outcomes.place import EVERYWHERE, PlaceKind
from shared.contracts.students.attendance import AttendanceCounted
from shared.contracts.students.school import NO_SCHOOL
from shared.core.settings import Settings, from_environment
from shared.events.outbox import announce_many
from shared.persistence.alone import settle_for_ever
from shared.persistence.database import Database
from shared.persistence.records import new_id

DERIVED_GROUPS = [(Dimension.ALL, ALL)] + [
    (Dimension.GRADE_LEVEL, value) for value in VALUES[Dimension.GRADE_LEVEL]
]
ROSTER = (PlaceKind.ROSTER, EVERYWHERE, "")
RENEWED = 500
PAUSE_SECONDS = 30
# One transaction at a time changes the sums; everybody reads them.
ALONE = text("lock table attendance_sum in share row exclusive mode")


async def count(session: AsyncSession, counted: Sequence[AttendanceCounted]) -> None:
    """Announces `outcomes.measure.changed.v1` for each child whose numbers have changed."""
    last = {(event.student_id, event.school_year): event for event in counted}
    events = list(last.values())
    await _count(session, events, [rules.parts(event) for event in events], divided=True)


async def _count(
    session: AsyncSession,
    events: list[AttendanceCounted],
    parts: list[list[Part]],
    *,
    divided: bool,
) -> None:
    least = from_environment().chronic_absence_least_days
    given: dict[str, Any] = {
        "ids": [new_id() for _ in events],
        "students": [event.student_id for event in events],
        "years": [event.school_year for event in events],
        "schools": [event.school_id or NO_SCHOOL for event in events],
        "enrolled": [event.days_enrolled for event in events],
        "attended": [min(event.days_attended, event.days_enrolled) for event in events],
        "hundredths": [rules.attended(event) for event in events],
        "as_of": [event.as_of for event in events],
        "parts": [json.dumps([part.judged(least) for part in each]) for each in parts],
    }
    await _lock(session, given["students"])
    changed = list((await session.execute(text(rules.COUNT), given | {"least": least})).scalars())
    if not changed:
        return
    await _ensure_names(session, {event.school_year for event in events}, parts)
    named = {"ids": changed, "least": least, "divided": divided}
    await announce_many(session, MeasureChanged, rules.CHANGED, named)
    await mark_derived(session)


async def _lock(session: AsyncSession, students: list[UUID]) -> None:
    await session.execute(ALONE)
    await session.execute(text(rules.LOCK), {"students": students})


async def _ensure_names(session: AsyncSession, years: set[int], parts: list[list[Part]]) -> None:
    """Adds the places, periods and groups of the derived indicators."""
    schools = {part.place for each in parts for part in each} - {EVERYWHERE, NOWHERE}
    await ensure_places(session, [ROSTER, *((PlaceKind.SCHOOL, id, "") for id in schools)])
    await ensure_periods(session, [period(school_year(year)) for year in years])
    await ensure_groups(session, DERIVED_GROUPS)


async def grade(session: AsyncSession, grades: dict[UUID, str | None]) -> None:
    """Move years without a grade to the grade that the roster tells now."""
    await _lock(session, list(grades))
    named = {"students": list(grades), "grades": list(grades.values())}
    if list((await session.execute(text(rules.GRADE), named)).scalars()):
        await mark_derived(session)


async def forget(session: AsyncSession, student_id: UUID) -> int:
    """Delete the child's attendance. The sums stay, since no child is in them."""
    gone = await session.execute(text(rules.FORGET), {"id": student_id})
    return int(gone.rowcount)  # type: ignore[attr-defined]


async def renew_for_ever(database: Database, _: Settings) -> None:
    """Add up again whatever the release before has counted, or another least number of days has
    judged, without end."""
    await settle_for_ever(database, "attendance measures", partial(renew, database), PAUSE_SECONDS)


async def renew(database: Database) -> int:
    """Add up some of the years that are to be added again. Gives their number. Of a year that the
    release before has counted, the days of each school are not known: students is asked for them."""
    least = from_environment().chronic_absence_least_days
    async with database.transaction() as session:
        await session.execute(ALONE)
        rows = (
            (await session.execute(text(rules.STALE), {"least": least, "most": RENEWED}))
            .mappings()
            .all()
        )
        for known in (True, False):
            found = [row for row in rows if row["added"] is known]
            events = [_event(row) for row in found]
            parts = [_parts(row) if known else rules.parts(_event(row)) for row in found]
            if events:
                await _count(session, events, parts, divided=known)
    return len(rows)


def _event(row: Any) -> AttendanceCounted:
    known = row["school_id"] != NO_SCHOOL
    return AttendanceCounted(
        student_id=row["student_id"], school_id=row["school_id"] if known else None,
        school_year=row["school_year"], days_enrolled=row["days_enrolled"],
        days_attended=row["days_attended"], as_of=row["as_of"],
        hundredths_attended=row["hundredths_attended"] if row["added"] else None,
    )  # fmt: skip


def _parts(row: Any) -> list[Part]:
    return [Part(*(each[name] for name in Part._fields)) for each in row["parts"]]
