"""The table of observations: the figures as reported, and their corrections."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, Index, text
from sqlmodel import Field, SQLModel

KEY = ("definition_id", "place_id", "period_id", "group_id")


class ObservationRow(SQLModel, table=True):
    """One figure as reported. A correction is a new row with the next revision; the corrected row
    keeps everything but `superseded_at`. A mean's numerator is the sum over its n people in
    ten-thousandths (quantities/rules.py). No foreign keys: only the import writes here, with
    numbers it has just looked up, and four checks a row would take longer than all else."""

    __tablename__ = "observation"
    __table_args__: ClassVar = (
        Index(
            "observation_current",
            *KEY,
            unique=True,
            postgresql_where=text("superseded_at is null"),
        ),
        Index("observation_revision", *KEY, "revision", unique=True,
              postgresql_where=text("superseded_at is not null")),
    )  # fmt: skip

    id: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=(Identity(),)
    )
    definition_id: UUID
    place_id: int
    period_id: int
    group_id: int
    revision: int
    numerator: int = Field(sa_type=BigInteger)
    denominator: int = Field(sa_type=BigInteger)
    as_of: datetime = Field(sa_type=DateTime(timezone=True))
    source: str
    recorded_at: datetime = Field(sa_type=DateTime(timezone=True))
    superseded_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


observation: Any = ObservationRow
