"""Routes of programs and school, reactions to partners, programs and their staff, and the worker that
counts attendance again."""

from services.students.participation.attendance import actions as marks
from services.students.participation.attendance import reactions as attendance_reactions
from services.students.participation.attendance import routes as attendance
from services.students.participation.dosage import routes as dosage
from services.students.participation.eligible_programs import routes as eligible_programs
from services.students.participation.engagements import routes as engagements
from services.students.participation.programs import reactions
from services.students.participation.programs import routes as programs
from services.students.participation.proposals import routes as proposals
from services.students.participation.rolls import routes as rolls
from services.students.participation.sessions import routes as sessions
from services.students.participation.workers import reactions as workers
from shared.runtime.area import Area

AREA = Area(
    routers=[
        eligible_programs.composed,
        engagements.router,
        proposals.router,
        sessions.router,
        attendance.router,
        attendance.days,
        rolls.router,
        dosage.router,
        programs.router,
        programs.composed,
    ],
    reactions=[
        *reactions.REACTIONS,
        *workers.REACTIONS,
        *attendance_reactions.REACTIONS,
    ],
    workers=[marks.recount_for_ever],
)
