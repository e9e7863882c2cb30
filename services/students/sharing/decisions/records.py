"""The tables of what partners hold, and how often they were told or not."""

from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel


class HeldRow(SQLModel, table=True):
    """What a partner was let into of a child, and has not been asked to delete. `own`: of these
    categories its own records alone. `read`: what its people and systems read, by whichever route;
    `read_own`: as its own record. `told` counts its events about the child, and is their version.
    `source`: the child's district, which outlives the child. `anew`: all is to be told again.
    `gone`: of these categories the records themselves were erased meanwhile."""

    __tablename__ = "held"
    __table_args__: ClassVar = (
        Index("held_of_student", "student_id"),
        Index("held_under", "partner_id", "source"),
    )

    partner_id: UUID = Field(primary_key=True)
    student_id: UUID = Field(primary_key=True)
    source: UUID
    own_id: str | None = None
    categories: list[str] = Field(default=[], sa_type=ARRAY(String))
    own: list[str] = Field(default=[], sa_type=ARRAY(String))
    read: list[str] = Field(
        default=[], sa_type=ARRAY(String), sa_column_kwargs={"server_default": "{}"}
    )
    read_own: list[str] = Field(
        default=[], sa_type=ARRAY(String), sa_column_kwargs={"server_default": "{}"}
    )
    told: int = 0
    gone: list[str] = Field(
        default=[], sa_type=ARRAY(String), sa_column_kwargs={"server_default": "{}"}
    )
    anew: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class SharingCountRow(SQLModel, table=True):
    """`clause`: why it was withheld; empty where it was told."""

    __tablename__ = "sharing_count"

    partner_id: UUID = Field(primary_key=True)
    category: str = Field(primary_key=True)
    clause: str = Field(primary_key=True)
    count: int = Field(sa_type=BigInteger)
