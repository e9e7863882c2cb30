"""What the gateway asks of the policy."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.students.access.policy import queries
from shared.contracts.students.access import Category
from shared.http.route import internal
from shared.persistence.database import Reader
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

composed = internal()
Viewer = Annotated[Principal, may(Permission.STUDENTS_READ)]
Ids = Annotated[list[UUID], Query(max_length=queries.MOST_ASKED)]


@composed.get("/visible")
async def read_visible(
    ids: Ids, caller: Viewer, reader: Reader, category: Category | None = None
) -> list[UUID]:
    """Of which of these children the caller may have this category at this moment: of none where a
    gateway of an earlier release names no category."""
    return [] if category is None else await queries.visible_ids(reader, caller, ids, category)
