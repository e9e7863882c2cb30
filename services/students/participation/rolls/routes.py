"""The rolls of schools and classes over HTTP."""

from uuid import UUID

from services.students.participation.attendance.routes import RollDay
from services.students.participation.rolls import actions
from shared.contracts.students.attendance import ClassRoll, RollCall, RollCalled
from shared.core.clock import Today
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import AttendanceWriter, StudentsReader

router = noun("attendance", prefix="/v1")


@router.put("/schools/{school_id}/attendance/{day}", responses=refusals(404, 409))
async def call_school_roll(
    school_id: UUID,
    day: RollDay,
    roll: RollCall,
    caller: AttendanceWriter,
    session: Session,
    today: Today,
) -> RollCalled:
    """Call the roll of a school for one day: for its leaders and the district. Of a student's marks
    for a day the last one sent counts, and sending it again changes nothing; therefore there is no
    If-Match.

    Announces `students.attendance.counted.v1` once for each student whose totals change.
    """
    return await actions.call_school_roll(session, caller, school_id, day, roll, today)


@router.put("/classes/{class_id}/attendance/{day}", responses=refusals(404, 409))
async def call_class_roll(
    class_id: UUID,
    day: RollDay,
    roll: RollCall,
    caller: AttendanceWriter,
    session: Session,
    today: Today,
) -> RollCalled:
    """Call the roll of a class for one day: for its teachers, the school's leaders and the district.
    Marks count as in the roll of a school, and the same event is announced."""
    return await actions.call_class_roll(session, caller, class_id, day, roll, today)


@router.get("/classes/{class_id}/attendance/{day}", responses=refusals(404))
async def read_class_roll(
    class_id: UUID, day: RollDay, caller: StudentsReader, session: Session
) -> ClassRoll:
    """The roll of a class for one day, with the marks that are there."""
    return await actions.disclose_class_roll(session, caller, class_id, day)
