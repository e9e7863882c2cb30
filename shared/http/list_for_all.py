"""Lists that show the same rows to all who may read them and that are asked often, such as the
directory's."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from fastapi import Response
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Integer, Select, bindparam, tuple_

from shared.http.paging import PageRequest, ordered, typed
from shared.persistence.database import Reading
from shared.persistence.statements import Statement

KEPT_ROWS = 2_000
JSON = "application/json"


class ListForAll:
    """The rows of `found` in pages, ordered by `by` as `paging.page` says. A caller may choose by
    `filters`, each named like its parameter.

    The statement is rendered once for each choice of filters. A row that the database writes as it
    did before is answered as before: pydantic validates and writes each kept text once. Whatever has
    changed is another text, so no answer is of before. The rows stay in memory for a while, and so a
    list of children or of accounts is none of these."""

    def __init__(
        self,
        found: Select[Any],
        answer: type[BaseModel],
        *,
        by: Sequence[Any],
        filters: Mapping[str, ColumnElement[bool]],
    ) -> None:
        self._found, self._answer, self._by, self._filters = found, answer, by, filters
        self._rendered: dict[tuple[str, ...], Statement[Any]] = {}

        @lru_cache(KEPT_ROWS)
        def item(line: str) -> str:
            return answer.model_validate_json(line).model_dump_json(by_alias=True)

        self._item = item

    async def page(self, reader: Reading, paging: PageRequest, **chosen: Any) -> Response:
        """One `Page` of answers. A filter that is None or an empty list is not applied."""
        given = {name: each for name, each in chosen.items() if each is not None and each != []}
        for n, key in enumerate(paging.after() or ()):
            given[f"after_{n}"] = typed(key, self._by[n])
        statement = self._statement(*given)
        lines = await statement.lines(reader, limit=paging.limit + 1, **given)
        following = None
        if len(lines) > paging.limit:
            last = orjson.loads(lines[paging.limit - 1])
            following = paging.to_next([last[f"page_key_{n}"] for n in range(len(self._by))])
        items = ",".join(map(self._item, lines[: paging.limit]))
        body = f'{{"items":[{items}],"next":{orjson.dumps(following).decode()}}}'
        return Response(body, headers=paging.response.headers, media_type=JSON)

    def _statement(self, *given: str) -> Statement[Any]:
        if given not in self._rendered:
            found = ordered(self._found, self._by, bindparam("limit", type_=Integer))
            found = found.where(*(self._filters[name] for name in given if name in self._filters))
            if "after_0" in given:
                after = (bindparam(f"after_{n}", type_=c.type) for n, c in enumerate(self._by))
                found = found.where(tuple_(*self._by) > tuple_(*after))
            self._rendered[given] = Statement(found, self._answer)
        return self._rendered[given]
