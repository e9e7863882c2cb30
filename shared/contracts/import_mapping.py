"""How a table with other headers is read: which field comes from which column. One shape for every
kind of import that reads by a mapping."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from shared.contracts.base import Body

HEADER_CHARACTERS = 200
TABLES, FIELDS, VALUES = 50, 100, 1000
"""At most so many tables in a mapping, fields in a table, and values that a field translates."""
Header = Annotated[str, Field(min_length=1, max_length=HEADER_CHARACTERS)]
Word = Annotated[str, Field(max_length=2000)]


class FieldSource(Body):
    """A field's values: those of a column (`header`), or one for every row (`constant`).

    `values` translates the column's words, and is complete: a word that it lacks refuses the file.
    `separator` parts a cell that holds several values. A line break is `\\n`."""

    header: Header | None = Field(default=None, examples=["Program name"])
    constant: Word | None = Field(default=None, examples=["physical"])
    values: dict[Word, Word] = Field(
        default={}, max_length=VALUES, examples=[{"Open": "active", "Closed": "inactive"}]
    )
    separator: Annotated[
        str | None, StringConstraints(strip_whitespace=False, min_length=1, max_length=5)
    ] = Field(default=None, examples=[";"])

    @model_validator(mode="after")
    def _one_or_the_other(self) -> "FieldSource":
        if (self.header is None) == (self.constant is None):
            raise ValueError("a field has either a header or a constant")
        if self.constant is not None and (self.values or self.separator):
            raise ValueError("a constant is neither translated nor parted")
        return self


class TableSource(Body):
    """One table of the standard, filled from one file. A file that says something of several tables
    stands in several of these."""

    file: str = Field(
        min_length=1, max_length=HEADER_CHARACTERS, pattern=r"^[^/\\]+$", examples=["programs.csv"]
    )
    table: str = Field(min_length=1, max_length=60, examples=["services"])
    fields: dict[Annotated[str, Field(min_length=1, max_length=60)], FieldSource] = Field(
        min_length=1, max_length=FIELDS
    )
