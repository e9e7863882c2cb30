"""The table of disclosures. Rows are appended and never changed: the database itself prevents a
change and a removal (see the migration)."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, Index, LargeBinary, String, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid
from sqlmodel import Field, SQLModel


class DisclosureRow(SQLModel, table=True):
    """The parties that asked for or received a part of the record, and their legitimate interest
    (34 CFR 99.32(a)).

    `organization_id`: the partner for which the viewer acted. `student_id` has no foreign key: a
    refused request may have named an absent child, and must take the same time and leave the same
    row as one for a hidden child. `seq` and `hash` are seals of the release before: they stand in
    `disclosure_seal` now, and the next release drops both, with their indexes.
    """

    __tablename__ = "disclosure"
    __table_args__: ClassVar = (
        Index("disclosure_of_student", "student_id", "position"),
        Index("disclosure_at", "at", postgresql_using="brin"),
        Index("disclosure_unsealed", "position", postgresql_where=text("seq is null")),
    )

    position: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=(Identity(),)
    )
    at: datetime | None = Field(
        default=None,
        sa_type=DateTime(timezone=True),
        nullable=False,
        sa_column_kwargs={"server_default": func.now()},
    )
    student_id: UUID
    account_id: UUID
    role: str = Field(sa_type=String)
    organization_id: UUID | None = None
    purpose: str = Field(sa_type=String)
    channel: str = Field(sa_type=String)
    outcome: str = Field(sa_type=String)
    basis: str | None = Field(default=None, sa_type=String)
    agreement_id: UUID | None = None
    consent_id: UUID | None = None
    emergency_id: UUID | None = None
    categories: list[str] = Field(sa_type=ARRAY(String))
    further_parties: list[UUID] = Field(default=[], sa_type=ARRAY(Uuid))
    seq: int | None = Field(default=None, sa_type=BigInteger, unique=True)
    hash: bytes | None = Field(default=None, sa_type=LargeBinary)


disclosure: Any = DisclosureRow
