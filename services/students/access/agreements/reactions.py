"""The copy follows each change of an agreement."""

from services.students.access.agreements import actions
from shared.contracts.partners.agreement import AgreementChanged
from shared.events.inbox import Reaction

REACTIONS = [Reaction(AgreementChanged, actions.keep_agreements)]
