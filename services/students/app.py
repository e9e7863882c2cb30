"""uvicorn services.students.app:app"""

from fastapi import APIRouter

from services.students.access import routes as access
from services.students.agreements import reactions as agreements
from services.students.amendments import routes as amendments
from services.students.attendance import routes as attendance
from services.students.breaches import routes as breaches
from services.students.caseloads import routes as caseloads
from services.students.child_events import reactions as child_events
from services.students.classes import routes as classes
from services.students.consents import routes as consents
from services.students.contacts import routes as contacts
from services.students.directory import routes as directory
from services.students.dosage import routes as dosage
from services.students.emergencies import queries as emergencies_queries
from services.students.emergencies import routes as emergencies
from services.students.engagements import routes as engagements
from services.students.erasures import reactions as erasing
from services.students.erasures import routes as erasures
from services.students.exports import routes as exports
from services.students.forms import routes as forms
from services.students.heads import routes as heads
from services.students.listeners import reactions as listeners
from services.students.notes import routes as notes
from services.students.opportunities import routes as opportunities
from services.students.partner_work.actions import share_for_ever
from services.students.pictures import routes as pictures
from services.students.programs import reactions
from services.students.programs import routes as programs
from services.students.readings import routes as readings
from services.students.registers import actions as registers
from services.students.requests import routes as requests
from services.students.requests.actions import ask_anew_for_ever
from services.students.retention.actions import retain_for_ever
from services.students.retractions import queries as retractions_queries
from services.students.retractions import routes as retractions
from services.students.reviews import reactions as reviews
from services.students.rosters import actions as rosters
from services.students.schools import routes as schools
from services.students.seals import queries as seals_queries
from services.students.seals.actions import seal_for_ever
from services.students.sessions import routes as sessions
from services.students.sharing import queries as sharing_queries
from services.students.simulations import routes as simulations
from services.students.snapshots import routes as snapshots
from services.students.staff import routes as staff
from services.students.standings import routes as standings
from services.students.stops import routes as stops
from services.students.students import routes as students
from shared.imports import ImportKind
from shared.inbox import Reaction
from shared.partner_outbox import TO_PARTNERS
from shared.service import create_service

ROUTERS: list[APIRouter] = [
    pictures.composed,  # first: it is asked for most, and routes are tried in this order
    students.router,
    contacts.router,
    exports.composed,
    opportunities.composed,
    notes.router,
    erasures.of_child,
    erasures.router,
    amendments.router,
    consents.router,
    consents.papers,
    forms.router,
    requests.asking,
    requests.router,
    directory.router,
    emergencies.opening,
    emergencies.router,
    schools.router,
    classes.router,
    staff.router,
    access.composed,
    engagements.router,
    sessions.router,
    attendance.router,
    attendance.rolls,
    dosage.router,
    caseloads.router,
    caseloads.composed,
    programs.router,
    programs.composed,
    heads.router,
    readings.router,
    stops.router,
    breaches.router,
    simulations.router,
    standings.router,
    snapshots.router,
    retractions.router,
]
REACTIONS: list[Reaction] = [
    *reactions.REACTIONS,
    *reviews.REACTIONS,  # before the copy of agreements: it asks for whom one named until now
    *agreements.REACTIONS,
    *child_events.REACTIONS,
    *listeners.REACTIONS,
    *erasing.REACTIONS,
]
IMPORTS: list[ImportKind] = [registers.IMPORT, rosters.IMPORT]

app = create_service(
    "students",
    ROUTERS,
    REACTIONS,
    IMPORTS,
    workers=[seal_for_ever, ask_anew_for_ever, share_for_ever, retain_for_ever],
    outlets=[TO_PARTNERS],
    watched=[
        *seals_queries.WATCHED,
        *emergencies_queries.WATCHED,
        *retractions_queries.WATCHED,
        *sharing_queries.WATCHED,
    ],
)
