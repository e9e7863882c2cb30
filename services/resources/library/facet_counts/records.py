"""The table of facet totals."""

from typing import Any

from sqlmodel import Field, SQLModel


class FacetTotalRow(SQLModel, table=True):
    """How many shared resources have a facet's value; `total:` counts them all."""

    __tablename__ = "facet_total"

    value: str = Field(primary_key=True)
    resources: int


facet_total: Any = FacetTotalRow
