"""The copy of partners' staff follows their memberships."""

from services.students.participation.workers import actions
from shared.contracts.partners.membership import MembershipEnded, MembershipGranted
from shared.events.inbox import Reaction

REACTIONS = [
    Reaction(MembershipGranted, actions.keep),
    Reaction(MembershipEnded, actions.drop),
]
