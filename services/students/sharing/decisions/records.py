"""The tables of the parts that partners hold, and of the numbers of messages."""

from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel


class HeldRow(SQLModel, table=True):
    """The parts of a child that a partner received and that it was not asked to delete.

    `categories`: open to its stream. `own`: open to its stream, its own records alone. `read`: read
    by its people and systems, by any route; `read_own`: read as its own record. `told`: the number
    of its messages about the child, and their version. `source`: the child's district, which
    outlives the child. `anew`: all messages are to be repeated. `gone`: the records of these
    categories were erased meanwhile.
    """

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


held: Any = HeldRow


class SharingCountRow(SQLModel, table=True):
    """The number of events by clause. `clause`: why they were withheld; empty for published ones."""

    __tablename__ = "sharing_count"

    partner_id: UUID = Field(primary_key=True)
    category: str = Field(primary_key=True)
    clause: str = Field(primary_key=True)
    count: int = Field(sa_type=BigInteger)


sharing_count: Any = SharingCountRow
