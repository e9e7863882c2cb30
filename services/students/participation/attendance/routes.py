"""Daily school attendance over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from services.students.participation.attendance import actions, queries
from shared.contracts.base import Day
from shared.contracts.students.attendance import Attendance, AttendanceDay, RollCall, RollCalled
from shared.core.clock import Today
from shared.core.refusals import refusals
from shared.http.filters import OfStudent
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("attendance")
rolls = noun("attendance", prefix="/v1")
Viewer = Annotated[Principal, may(Permission.STUDENTS_READ)]
Caller = Annotated[Principal, may(Permission.ATTENDANCE_WRITE)]
RollDay = Annotated[Day, Path(description="The day of the roll.")]
First = Annotated[Day | None, Query(alias="from", description="First day.")]
Last = Annotated[Day | None, Query(alias="to", description="Last day.")]
Year = Annotated[int | None, Query(ge=1900, le=9999, description="The year in which it ends.")]


@router.get("")
async def list_attendance(
    caller: Viewer,
    session: Session,
    paging: Paging,
    student_id: OfStudent = None,
    school_year: Year = None,
) -> Page[Attendance]:
    """Totals per student and school year, of the students whose attendance the caller may see."""
    found = await queries.attendance(session, caller, paging, student_id, school_year)
    return await actions.tell_attendance(session, caller, found)


@rolls.get("/students/{student_id}/attendance/days", responses=refusals(404))
async def list_days(
    student_id: UUID,
    caller: Viewer,
    session: Session,
    paging: Paging,
    first: First = None,
    last: Last = None,
) -> Page[AttendanceDay]:
    """A student's days. A child that the caller may not know of answers like none; where its
    attendance is withheld, the refusal is the clause."""
    return await actions.tell_days(session, caller, paging, student_id, first, last)


@rolls.put("/schools/{school_id}/attendance/{day}", responses=refusals(404, 409))
async def call_school_roll(
    school_id: UUID, day: RollDay, roll: RollCall, caller: Caller, session: Session, today: Today
) -> RollCalled:
    """Call the roll of a school: by its leaders and the district. Each mark is a fact of its own:
    the last one said counts, and saying it again changes nothing, so there is no If-Match.

    Announces `students.attendance.counted.v1` once for each student whose totals change.
    """
    return await actions.call_school_roll(session, caller, school_id, day, roll, today)


@rolls.put("/classes/{class_id}/attendance/{day}", responses=refusals(404, 409))
async def call_class_roll(
    class_id: UUID, day: RollDay, roll: RollCall, caller: Caller, session: Session, today: Today
) -> RollCalled:
    """Call the roll of a class: by its teachers, the school's leaders and the district. As for a
    school."""
    return await actions.call_class_roll(session, caller, class_id, day, roll, today)
