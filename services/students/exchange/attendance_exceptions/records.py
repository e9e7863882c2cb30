"""The table of registers that are kept by exceptions."""

from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel


class ExceptionsRegisterRow(SQLModel, table=True):
    """A school whose register of a year was recognized as one of exceptions. Each later file of it is
    one too, however few lines it has."""

    __tablename__ = "exceptions_register"

    school_id: UUID = Field(primary_key=True)
    school_year: int = Field(primary_key=True)


exceptions_register: Any = ExceptionsRegisterRow
