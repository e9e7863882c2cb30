"""The table of known partners."""

from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel


class KnownPartnerRow(SQLModel, table=True):
    """A partner that an event has named. `alone`: it left its last partnership."""

    __tablename__ = "known_partner"

    partner_id: UUID = Field(primary_key=True)
    name: str = ""
    alone: bool = False


known_partner: Any = KnownPartnerRow
