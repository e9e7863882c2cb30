"""Reactions to measures of attendance from outcomes, and to changed calendars."""

from services.students.participation.attendance import actions
from shared.contracts.outcomes.measure import MeasureChanged
from shared.contracts.students.calendar import CalendarChanged
from shared.events.inbox import Reaction

REACTIONS = [
    Reaction(MeasureChanged, actions.announce_again),
    Reaction(CalendarChanged, actions.count_again),
]
