"""Standards frameworks: the CASE document, its items as a tree, its associations."""

from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Answer, Event


class Framework(Answer):
    """A CASE CFDocument."""

    id: UUID
    version: int
    identifier: UUID
    uri: str
    title: str
    creator: str
    description: str
    publisher: str | None
    subject: list[str]
    language: str | None
    document_version: str | None
    adoption_status: str | None
    items_count: int


class FrameworkItem(Answer):
    """A CASE CFItem at its place in the tree. `children_count` is 0 for a leaf."""

    identifier: UUID
    uri: str
    framework_id: UUID
    human_coding_scheme: str | None
    full_statement: str
    abbreviated_statement: str | None
    item_type: str | None
    education_level: list[str]
    children_count: int


class FrameworkAssociation(Answer):
    """A CASE CFAssociation that is not part of the tree."""

    identifier: UUID
    association_type: str
    origin: str
    destination: str
    destination_uri: str


class FrameworkItemDetail(FrameworkItem):
    """An item with the path from the top of its framework and its other associations."""

    path: list[FrameworkItem]
    associations: list[FrameworkAssociation]


class FrameworkImported(Event):
    """A standards framework was imported, new or changed."""

    type: ClassVar[str] = "resources.framework.imported.v1"
    framework_id: UUID
    identifier: UUID
    title: str
    items: int
    associations: int
