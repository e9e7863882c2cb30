"""A statement that was written for one asker, asked for many at once."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    BindParameter,
    Integer,
    Select,
    TextualSelect,
    bindparam,
    column,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.sql.visitors import iterate, replacement_traverse

from shared.persistence.queries import rendered

ASKED = "asked"


def each_of(asked: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The parameter of a statement `for_many`."""
    return {ASKED: orjson.dumps(list(asked)).decode()}


def for_many(statement: Select[Any]) -> TextualSelect:
    """The statement for many at once. Its only parameter is `each_of` them: for each the number `n`,
    and the values of the statement's own parameters. Each row has the `n` that it answers. To begin a
    statement costs more than to run it, and this one is begun once."""
    given = {
        element.key: element.type
        for element in iterate(statement)
        if isinstance(element, BindParameter) and element.required
    }
    columns = [column("n", Integer()), *(column(n, kind) for n, kind in sorted(given.items()))]
    rows = func.json_to_recordset(bindparam(ASKED, type_=JSON())).table_valued(*columns)
    asked = rows.render_derived(ASKED, with_types=True)

    def of_each(element: Any, **_: Any) -> Any:
        """A text, since a column would have to be correlated in each subquery."""
        if isinstance(element, BindParameter) and element.required:
            return literal_column(f"{ASKED}.{element.key}", element.type)
        return None

    each: Any = replacement_traverse(statement, {}, of_each)
    found = each.lateral("found")
    return rendered(select(asked.c.n, *found.c).select_from(asked).join(found, true()))
