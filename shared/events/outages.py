"""The failures that pass by themselves."""

from shared.events.bus import NatsError
from shared.persistence.database import is_away


def passes(error: BaseException) -> bool:
    """Whether the broker or the database is away; neither the request nor the code is then at
    fault."""
    return isinstance(error, NatsError) or is_away(error)
