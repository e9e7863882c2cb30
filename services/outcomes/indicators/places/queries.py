"""Reading places."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from services.outcomes.indicators.places.records import PlaceRow
from shared.contracts.outcomes.place import Place
from shared.persistence.database import Reading


async def places(reader: Reading, numbers: Sequence[int]) -> list[Place]:
    """In the order of the numbers."""
    found = await reader.execute(
        select(col(PlaceRow.id), col(PlaceRow.kind), col(PlaceRow.key), col(PlaceRow.name)).where(
            col(PlaceRow.id).in_(numbers)
        )
    )
    by_number = {row.id: Place.model_validate(row) for row in found}
    return [by_number[number] for number in numbers]
