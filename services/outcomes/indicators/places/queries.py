"""Reading places."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_

from services.outcomes.indicators.places.records import observed_place
from shared.contracts.outcomes.place import Place, PlaceKind
from shared.persistence.database import Reading


async def places(reader: Reading, numbers: Sequence[int]) -> list[Place]:
    """The places in the order of `numbers`."""
    found = await reader.execute(
        select(
            observed_place.id, observed_place.kind, observed_place.key, observed_place.name
        ).where(observed_place.id.in_(numbers))
    )
    by_number = {row.id: Place.model_validate(row) for row in found}
    return [by_number[number] for number in numbers]


async def numbers_of(reader: Reading, named: Sequence[Place]) -> dict[tuple[PlaceKind, str], int]:
    """The numbers of these places, by kind and key."""
    keys = [(str(place.kind), place.key) for place in named]
    found = await reader.execute(
        select(observed_place.kind, observed_place.key, observed_place.id).where(
            tuple_(observed_place.kind, observed_place.key).in_(keys)
        )
    )
    return {(PlaceKind(kind), key): number for kind, key, number in found}
