"""Reactions to an erased child."""

from services.resources.lifecycle.erasures import reactions
from shared.runtime.area import Area

AREA = Area(
    reactions=[
        *reactions.REACTIONS,
    ],
)
