"""The internal route by which the gateway asks the policy."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.students.access.policy import queries
from shared.contracts.students.access import Category
from shared.http.route import internal
from shared.persistence.database import Reader
from shared.security.callers import StudentsReader

composed = internal()
Ids = Annotated[list[UUID], Query(max_length=queries.MOST_ASKED)]


@composed.get("/visible")
async def read_visible(
    ids: Ids, caller: StudentsReader, reader: Reader, category: Category | None = None
) -> list[UUID]:
    """The ids, of those named, of the children whose category the caller may have at this moment.
    Empty where a gateway of an earlier release names no category."""
    return [] if category is None else await queries.visible_ids(reader, caller, ids, category)
