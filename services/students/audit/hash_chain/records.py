"""The tables of the seals. A seal is inserted once: the database itself prevents a change and a
removal (see the migration)."""

from typing import Any

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel


class DisclosureSealRow(SQLModel, table=True):
    """Number and hash of the row of the log that stands at `position`.

    `position` has no foreign key, which would lock each row of the log to seal it. Verification finds
    a seal without its row.
    """

    __tablename__ = "disclosure_seal"

    seq: int = Field(
        sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    position: int = Field(sa_type=BigInteger, unique=True)
    hash: bytes = Field(sa_type=LargeBinary)


disclosure_seal: Any = DisclosureSealRow


class SealedUntilRow(SQLModel, table=True):
    """One row: every row of the log up to `position` is sealed, and none will appear there any more.
    Rows to seal are looked for above it."""

    __tablename__ = "sealed_until"

    id: int = Field(default=1, primary_key=True)
    position: int = Field(sa_type=BigInteger)


sealed_until: Any = SealedUntilRow
