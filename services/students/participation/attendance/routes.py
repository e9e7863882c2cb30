"""Daily school attendance over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from services.students.participation.attendance import actions, queries
from shared.contracts.base import Day
from shared.contracts.students.attendance import (
    Attendance,
    AttendanceDay,
)
from shared.core.refusals import refusals
from shared.http.filters import OfStudent
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import AttendanceWriter, StudentsReader

router = noun("attendance")
days = noun("attendance", prefix="/v1")
RollDay = Annotated[Day, Path(description="The day of the roll.")]
First = Annotated[Day | None, Query(alias="from", description="The first day.")]
Last = Annotated[Day | None, Query(alias="to", description="The last day.")]
OfMarkedSchool = Annotated[
    UUID | None, Query(description="The school of the mark, where several have one of this day.")
]
Year = Annotated[
    int | None,
    Query(ge=1900, le=9999, description="The calendar year in which the school year ends."),
]


@router.get("")
async def list_attendance(
    caller: StudentsReader,
    session: Session,
    paging: Paging,
    student_id: OfStudent = None,
    school_year: Year = None,
) -> Page[Attendance]:
    """Attendance totals per student and school year, of the students whose attendance the caller may
    see."""
    found = await queries.attendance(session, caller, paging, student_id, school_year)
    return await actions.disclose_attendance(session, caller, found)


@days.get("/students/{student_id}/attendance/days", responses=refusals(404))
async def list_days(
    student_id: UUID,
    caller: StudentsReader,
    session: Session,
    paging: Paging,
    first: First = None,
    last: Last = None,
) -> Page[AttendanceDay]:
    """A student's attendance, day by day. A hidden child and an absent one are answered alike. Where
    the attendance is withheld, the refusal carries the clause."""
    return await actions.disclose_days(session, caller, paging, student_id, first, last)


@days.delete(
    "/students/{student_id}/attendance/days/{day}", status_code=204,
    responses=refusals(403, 404, 409),
)  # fmt: skip
async def take_mark_back(
    student_id: UUID,
    day: RollDay,
    caller: AttendanceWriter,
    session: Session,
    school_id: OfMarkedSchool = None,
) -> None:
    """Take a mark back that should not be there: for the leaders of the mark's school, whoever teaches
    the student there, and the district. The day then counts as if nobody had called the roll.
    Announces `students.attendance.counted.v1`."""
    await actions.take_back(session, caller, student_id, day, school_id)
