"""What follows here when students publishes where its disclosure log stands."""

from services.partners.heads import actions
from shared.contracts.students.disclosure import DisclosureHeadPublished
from shared.inbox import Reaction

REACTIONS = [Reaction(DisclosureHeadPublished, actions.keep_heads)]
