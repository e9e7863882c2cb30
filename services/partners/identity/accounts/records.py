"""The table of accounts."""

from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import UniqueConstraint, false
from sqlmodel import Field, SQLModel

from shared.persistence.records import new_id


class AccountRow(SQLModel, table=True):
    """A person as the sign-in names them. Never deleted, so that the trails of their acts still
    name them; an erasure overwrites the subject, and removes the name and the e-mail."""

    __tablename__ = "account"
    __table_args__: ClassVar = (UniqueConstraint("issuer", "subject"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    issuer: str
    subject: str
    name: str | None = None
    # The address that the issuer has verified. It is told to nobody but the person.
    email: str | None = None
    # A name that the person chose is not overwritten by the issuer's.
    named_by_owner: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


account: Any = AccountRow
