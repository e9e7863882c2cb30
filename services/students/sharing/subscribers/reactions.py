"""The copy follows the opening and the closing of each partner's stream."""

from services.students.sharing.subscribers import actions
from shared.contracts.partners.stream import StreamClosed, StreamOpened
from shared.events.inbox import Reaction

REACTIONS = [
    Reaction(StreamOpened, actions.open_streams),
    Reaction(StreamClosed, actions.close_streams),
]
