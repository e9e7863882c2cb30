"""What follows here when an agreement takes a step."""

from services.students.agreements import actions
from shared.contracts.partners.agreement import AgreementChanged
from shared.inbox import Reaction

REACTIONS = [Reaction(AgreementChanged, actions.keep_agreements)]
