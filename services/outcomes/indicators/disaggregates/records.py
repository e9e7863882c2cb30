"""The table of groups that something was observed of."""

from typing import ClassVar

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class GroupRow(SQLModel, table=True):
    __tablename__ = "disaggregate"
    __table_args__: ClassVar = (UniqueConstraint("dimension", "value"),)

    id: int | None = Field(default=None, primary_key=True)
    dimension: str
    value: str
