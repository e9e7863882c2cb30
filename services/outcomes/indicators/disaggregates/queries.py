"""Reading groups."""

from sqlalchemy import select

from services.outcomes.indicators.disaggregates.records import disaggregate
from shared.contracts.outcomes.group import Dimension
from shared.persistence.database import Reading

Groups = dict[int, tuple[Dimension, str]]


async def groups(reader: Reading) -> Groups:
    """Every known group: at most the whole vocabulary, some fifty."""
    found = await reader.execute(
        select(disaggregate.id, disaggregate.dimension, disaggregate.value)
    )
    return {int(number or 0): (Dimension(dimension), value) for number, dimension, value in found}
