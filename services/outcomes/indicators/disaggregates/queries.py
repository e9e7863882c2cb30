"""Reading groups."""

from sqlalchemy import select
from sqlmodel import col

from services.outcomes.indicators.disaggregates.records import GroupRow
from shared.contracts.outcomes.group import Dimension
from shared.persistence.database import Reading

Groups = dict[int, tuple[Dimension, str]]


async def groups(reader: Reading) -> Groups:
    """Every group that has been named: at most the vocabulary, some fifty."""
    found = await reader.execute(
        select(col(GroupRow.id), col(GroupRow.dimension), col(GroupRow.value))
    )
    return {int(number or 0): (Dimension(dimension), value) for number, dimension, value in found}
