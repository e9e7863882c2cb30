"""What resources remembers of partners."""

from uuid import UUID

from sqlmodel import Field, SQLModel


class KnownPartnerRow(SQLModel, table=True):
    """`alone`: it left its last partnership."""

    __tablename__ = "known_partner"

    partner_id: UUID = Field(primary_key=True)
    name: str = ""
    alone: bool = False
