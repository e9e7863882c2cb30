"""The calendars of districts and schools over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from services.students.roster.school_calendar import actions, queries
from shared.contracts.students.calendar import ClosedDays, SchoolCalendar
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import CalendarsWriter, StudentsReader

router = noun("closed-days")
Year = Annotated[
    int,
    Path(ge=1991, le=2100, description="The calendar year in which the school year ends."),
]
OfSchool = Annotated[
    UUID | None, Query(description="The school; without one, the whole district.")
]


@router.get("/{year}", responses=refusals(404))
async def read_closed_days(
    year: Year, caller: StudentsReader, session: Session, response: Response,
    school_id: OfSchool = None,
) -> SchoolCalendar:  # fmt: skip
    """The calendar of a school year: of a school, or of the caller's district. Its version is 0
    where nothing was given for it."""
    return tagged(response, await queries.one_calendar(session, caller, year, school_id))


@router.put("/{year}", responses=refusals(403, 404, 409, 412, 428))
async def close_days(
    year: Year, wanted: ClosedDays, expected: IfMatch, caller: CalendarsWriter, session: Session,
    response: Response, school_id: OfSchool = None,
) -> SchoolCalendar:  # fmt: skip
    """Say on which days a district, or one of its schools, is closed: for the district's
    administrator, and for a school's leader the school's own. Attendance of a day off is refused, and
    marks that were there before do not count. Announces `students.calendar.changed.v1`."""
    await actions.close_days(session, caller, year, school_id, expected, wanted)
    await session.flush()
    return tagged(response, await queries.one_calendar(session, caller, year, school_id))
