"""The reaction to a published head of students' disclosure log."""

from services.partners.audit.disclosure_heads import actions
from shared.contracts.students.disclosure import DisclosureHeadPublished
from shared.events.inbox import Reaction

REACTIONS = [Reaction(DisclosureHeadPublished, actions.keep_heads)]
