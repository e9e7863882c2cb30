"""The table of places."""

from typing import Any, ClassVar

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class PlaceRow(SQLModel, table=True):
    __tablename__ = "observed_place"
    __table_args__: ClassVar = (UniqueConstraint("kind", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    key: str
    name: str


observed_place: Any = PlaceRow
