"""The rollup: reports kept ready, indicator by indicator."""

from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel


class ReportPartRow(SQLModel, table=True):
    """An indicator's part of a scorecard's report, after disclosure control, as JSON.

    A writer that changes its figures either rewrites the part in the same transaction, or, where
    changes come by the thousand, raises `changed`; the part is then rewritten when it is next read.
    A part is fresh once `written` has reached the `changed` that was read before its figures.
    """

    __tablename__ = "report_part"

    scorecard_id: UUID = Field(primary_key=True, foreign_key="scorecard.id")
    indicator_id: UUID = Field(primary_key=True, foreign_key="indicator.id")
    content: str
    changed: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    written: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


report_part: Any = ReportPartRow
