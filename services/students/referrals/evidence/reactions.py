"""Referrals follow the engagements, the sessions and the consents of their children."""

from services.students.referrals.evidence import actions
from shared.contracts.students.consent import ConsentChanged
from shared.contracts.students.dosage import DosageCounted
from shared.contracts.students.engagement import EngagementChanged
from shared.events.inbox import Reaction

REACTIONS = [
    Reaction(EngagementChanged, actions.follow_engagements),
    Reaction(DosageCounted, actions.follow_dosage),
    Reaction(ConsentChanged, actions.follow_consents),
]
