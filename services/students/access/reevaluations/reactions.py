"""What must be asked again when agreements and consents change."""

from services.students.access.reevaluations import actions
from shared.contracts.partners.agreement import AgreementChanged
from shared.contracts.students.consent import ConsentChanged
from shared.events.inbox import Reaction

REACTIONS = [
    Reaction(AgreementChanged, actions.review_agreements),
    Reaction(ConsentChanged, actions.review_consents),
]
