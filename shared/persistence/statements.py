"""Reads that are asked often. A `Statement` is written with SQLAlchemy as every other, but rendered
once and asked of the driver itself, which prepares it once on each connection: SQLAlchemy's execution
takes longer than the database. Rows come as JSON, which pydantic reads as it reads a body.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy import ARRAY, BindParameter, ColumnElement, Select, any_, bindparam
from sqlalchemy.sql.visitors import iterate

from shared.persistence.database import Reading
from shared.persistence.driver import raw
from shared.persistence.queries import DIALECT, list_of, unknown

A = TypeVar("A", bound=BaseModel)
BETWEEN = "\x1e"
"""Stands between rows; no JSON text has this character (RFC 7464)."""


class Statement(Generic[A]):
    """A read whose rows are answers. Its parameters are SQLAlchemy's, `bindparam("program_id")`,
    and are given by name."""

    def __init__(self, found: Select[Any], answer: type[A]) -> None:
        self._found = found
        self._answer = answer

    async def one(self, reader: Reading, noun: str, **given: Any) -> A:
        """The one row. Raises `NotFound("<noun>-unknown")` where there is none."""
        lines = await self.lines(reader, **given)
        if not lines:
            raise unknown(noun)
        [line] = lines
        return self._answer.model_validate_json(line)

    async def many(self, reader: Reading, **given: Any) -> list[A]:
        return self.read(await self.lines(reader, **given))

    def read(self, lines: list[str]) -> list[A]:
        return list_of(self._answer).validate_json(f"[{','.join(lines)}]")

    async def lines(self, reader: Reading, **given: Any) -> list[str]:
        """The rows in their order, each as JSON."""
        sql, names, constants = self._rendered
        known = constants | given
        async with raw(reader) as driver:
            lines = await driver.fetchval(sql, *[known[name] for name in names])
        return lines.split(BETWEEN) if lines else []

    @cached_property
    def _rendered(self) -> tuple[str, Sequence[str], dict[str, Any]]:
        """The text, the names of its parameters in order, and the values of those that are never
        given."""
        parts = (part for part in iterate(self._found) if isinstance(part, BindParameter))
        given = dict.fromkeys(part.key for part in parts if part.required)
        made: Any = self._found.compile(dialect=DIALECT)
        whole = made.construct_expanded_state(given)
        constants = {name: each for name, each in whole.parameters.items() if name not in given}
        rows = f"select cast(row_to_json(found) as text) as line from ({whole.statement}) as found"
        sql = f"select string_agg(line, chr(30)) from ({rows}) as lines"
        return sql, whole.positiontup or (), constants


def among(id: Any) -> ColumnElement[bool]:
    """The condition that an id is one of the parameter `ids`."""
    found: ColumnElement[bool] = id == any_(bindparam("ids", type_=ARRAY(id.type)))
    return found
