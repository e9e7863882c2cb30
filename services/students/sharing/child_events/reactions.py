"""Keeping each event that discloses a category of a child, this service's own events included."""

from services.students.sharing.child_events import actions
from shared.contracts.base import Event
from shared.contracts.outcomes import measure
from shared.contracts.resources import assignment, use
from shared.contracts.students import attendance, dosage, engagement, student
from shared.events.inbox import Reaction

KEPT: tuple[type[Event], ...] = (
    student.StudentRostered,
    attendance.AttendanceCounted,
    dosage.DosageCounted,
    engagement.EngagementChanged,
    assignment.AssignmentMade,
    assignment.AssignmentFinished,
    assignment.AssignmentWithdrawn,
    use.UseRecorded,
    measure.MeasureChanged,
)
REACTIONS = [Reaction(event, actions.keep, whole=True) for event in KEPT]
