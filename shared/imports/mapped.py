"""By which version of which mapping the file of a job is read. Only services with such a kind of
import have the table (shared/persistence/migrations.py)."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel


class ImportMappingRow(SQLModel, table=True):
    __tablename__ = "import_mapping"

    import_id: UUID = Field(primary_key=True)
    mapping_id: UUID
    version: int


import_mapping: Any = ImportMappingRow


async def mapping_of(session: AsyncSession, import_id: UUID) -> tuple[UUID, int] | None:
    """The mapping of a job, and its version."""
    found = select(import_mapping.mapping_id, import_mapping.version).where(
        import_mapping.import_id == import_id
    )
    row = (await session.execute(found)).one_or_none()
    return None if row is None else (row.mapping_id, row.version)
