"""Reactions to counts about children from students."""

from services.outcomes.observations.child_measures import actions
from shared.contracts.students.attendance import AttendanceCounted
from shared.contracts.students.dosage import DosageCounted
from shared.contracts.students.student import StudentRostered
from shared.events.inbox import Reaction

REACTIONS = [
    Reaction(StudentRostered, actions.roster),
    Reaction(AttendanceCounted, actions.count_attendance),
    Reaction(DosageCounted, actions.count_dosage),
]
