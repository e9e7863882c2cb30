"""A changed agreement asks for re-evaluations. Every change in this service asks for its own in the
same transaction."""

from services.students.access.reevaluations import actions
from shared.contracts.partners.agreement import AgreementChanged
from shared.events.inbox import Reaction

REACTIONS = [Reaction(AgreementChanged, actions.review_agreements)]
