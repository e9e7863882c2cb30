"""uvicorn services.students.app:app"""

from fastapi import APIRouter

from services.students.access.agreements import reactions as agreements
from services.students.access.emergency_access import queries as emergencies_queries
from services.students.access.emergency_access import routes as emergencies
from services.students.access.policy import routes as access
from services.students.access.reevaluations import reactions as reviews
from services.students.audit.access_simulator import routes as simulations
from services.students.audit.accounting import routes as readings
from services.students.audit.breach_reports import routes as breaches
from services.students.audit.disclosure_heads import routes as heads
from services.students.audit.hash_chain import queries as seals_queries
from services.students.audit.hash_chain.actions import seal_for_ever
from services.students.audit.stops import routes as stops
from services.students.consent.consent_forms import routes as forms
from services.students.consent.consent_requests import routes as requests
from services.students.consent.consent_requests.actions import ask_anew_for_ever
from services.students.consent.consents import routes as consents
from services.students.consent.directory_information import routes as directory
from services.students.exchange.attendance_register import actions as registers
from services.students.exchange.oneroster_import import actions as rosters
from services.students.lifecycle.amendments import routes as amendments
from services.students.lifecycle.erasures import reactions as erasing
from services.students.lifecycle.erasures import routes as erasures
from services.students.lifecycle.exports import routes as exports
from services.students.lifecycle.retention.actions import retain_for_ever
from services.students.participation.attendance import routes as attendance
from services.students.participation.dosage import routes as dosage
from services.students.participation.eligible_programs import routes as opportunities
from services.students.participation.engagements import routes as engagements
from services.students.participation.programs import reactions
from services.students.participation.programs import routes as programs
from services.students.participation.sessions import routes as sessions
from services.students.roster.classes import routes as classes
from services.students.roster.contacts import routes as contacts
from services.students.roster.schools import routes as schools
from services.students.roster.staff import routes as staff
from services.students.roster.students import routes as students
from services.students.sharing.child_events import reactions as child_events
from services.students.sharing.decisions import queries as sharing_queries
from services.students.sharing.retractions import queries as retractions_queries
from services.students.sharing.retractions import routes as retractions
from services.students.sharing.sharing_status import routes as standings
from services.students.sharing.snapshots import routes as snapshots
from services.students.sharing.subscribers import reactions as listeners
from services.students.sharing.worker.actions import share_for_ever
from services.students.support.notes import routes as notes
from services.students.views.caseloads import routes as caseloads
from services.students.views.student_view import routes as pictures
from shared.events.inbox import Reaction
from shared.events.partner_outbox import TO_PARTNERS
from shared.imports.routes import ImportKind
from shared.runtime.service import create_service

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
