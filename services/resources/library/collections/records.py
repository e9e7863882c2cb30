"""The tables of collections."""

from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from shared.persistence.records import Record


class CollectionRow(Record, table=True):
    __tablename__ = "collection"

    owner_id: UUID = Field(index=True)
    partner_id: UUID | None = None
    title: str
    description: str = ""
    status: str = Field(index=True)
    resources_count: int = 0


collection: Any = CollectionRow


class CollectionItemRow(SQLModel, table=True):
    __tablename__ = "collection_item"

    collection_id: UUID = Field(foreign_key="collection.id", primary_key=True)
    position: int = Field(primary_key=True)
    resource_id: UUID = Field(foreign_key="resource.id", index=True)


collection_item: Any = CollectionItemRow
