"""The tables of standards frameworks, as CASE packages give them."""

from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, Index, Text
from sqlmodel import Field, SQLModel

from shared.persistence.records import Record


class FrameworkRow(Record, table=True):
    __tablename__ = "framework"

    identifier: UUID = Field(unique=True)
    uri: str
    title: str
    creator: str
    description: str = ""
    publisher: str | None = None
    subject: list[str] = Field(default=[], sa_type=ARRAY(Text), nullable=False)
    language: str | None = None
    document_version: str | None = None
    adoption_status: str | None = None
    items_count: int = 0
    content_hash: str


framework: Any = FrameworkRow


class FrameworkItemRow(SQLModel, table=True):
    __tablename__ = "framework_item"
    __table_args__: ClassVar = (
        Index("framework_item_uri", "uri", postgresql_using="hash"),
        Index("framework_item_code", "human_coding_scheme", postgresql_using="hash"),
    )

    identifier: UUID = Field(primary_key=True)
    framework_id: UUID = Field(foreign_key="framework.id", index=True)
    uri: str
    human_coding_scheme: str | None = None
    full_statement: str
    abbreviated_statement: str | None = None
    item_type: str | None = None
    education_level: list[str] = Field(default=[], sa_type=ARRAY(Text), nullable=False)


framework_item: Any = FrameworkItemRow


class FrameworkEdgeRow(SQLModel, table=True):
    """The tree: the items directly below an item, or below the document, in order."""

    __tablename__ = "framework_edge"

    parent: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    child: UUID = Field(index=True)
    framework_id: UUID = Field(foreign_key="framework.id", index=True)


framework_edge: Any = FrameworkEdgeRow


class FrameworkAssociationRow(SQLModel, table=True):
    """The associations outside the tree. An end in another framework may not be a UUID."""

    __tablename__ = "framework_association"

    framework_id: UUID = Field(foreign_key="framework.id", primary_key=True)
    identifier: UUID = Field(primary_key=True)
    association_type: str
    origin: str = Field(index=True)
    destination: str = Field(index=True)
    destination_uri: str


framework_association: Any = FrameworkAssociationRow
