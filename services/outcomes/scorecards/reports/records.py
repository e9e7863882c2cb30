"""The rollup: reports kept ready, indicator by indicator."""

from uuid import UUID

from sqlmodel import Field, SQLModel


class ReportPartRow(SQLModel, table=True):
    """An indicator's part of a scorecard's report, after disclosure control, as JSON.

    Who changes something it says either writes it anew in the same transaction, or, where changes
    come by the thousand, raises `changed`: the part is written anew when it is read next. It is
    fresh while `written` has reached `changed`, as it was read before the figures were.
    """

    __tablename__ = "report_part"

    scorecard_id: UUID = Field(primary_key=True, foreign_key="scorecard.id")
    indicator_id: UUID = Field(primary_key=True, foreign_key="indicator.id")
    content: str
    changed: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    written: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
