"""The place of an observation, and its key in the register of its kind."""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from shared.contracts.base import Answer, Body

Key = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:/-]*$"),
]
PlaceName = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=200, pattern=r"^[^=+@\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
    ),
]


EVERYWHERE = "all"
"""The one key of the roster."""


class PlaceKind(StrEnum):
    STATE = "state"
    COUNTY = "county"
    CITY = "city"
    NEIGHBORHOOD = "neighborhood"
    DISTRICT = "district"
    SCHOOL = "school"
    ROSTER = "roster"
    """All schools whose rosters the platform holds; its one key is `all`. Only indicators derived
    from events have this place; an import never does."""


class PlaceDraft(Body):
    kind: PlaceKind
    key: Key
    name: PlaceName


class Place(Answer):
    kind: PlaceKind
    key: str
    name: str
