"""Questions about many children, as the gateway asks them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import httpx
import orjson

from shared.http.together import parted
from shared.security.grants import Grant
from shared.security.principal import THE_GATEWAY, Principal
from tests.houses import GRANTS, SIGNER, House

Asked = Sequence[tuple[Principal, UUID]]


def question(house: House, asked: Asked) -> dict[str, Any]:
    """Each caller's token once, however many children they ask for."""
    tokens: dict[str, int] = {}
    items = [
        {"caller": tokens.setdefault(SIGNER.token(caller, house.name), len(tokens)),
         "student_id": str(child)}
        for caller, child in asked
    ]  # fmt: skip
    return {"callers": list(tokens), "items": items}


def against(asked: dict[str, Any], grants: Mapping[int, Grant]) -> dict[str, Any]:
    """The question with one token of all grants; of each item the grant of its number."""
    items = [{**item, "grants": 0, "entry": n} for n, item in enumerate(asked["items"])]
    return {**asked, "grants": [GRANTS.token_of_many(grants)], "items": items}


async def post(house: House, path: str, body: Any) -> httpx.Response:
    async with house.calling(THE_GATEWAY) as http:
        return await http.post(path, json=body)


async def told(house: House, path: str, body: Any) -> list[tuple[int, Any]]:
    """The status and the body of each answer."""
    answer = await post(house, path, body)
    assert answer.status_code == 200, answer.text
    parts, _ = parted(answer.content)
    return [(status, orjson.loads(body)) for status, body in parts]


async def pictures(students: House, asked: Asked) -> list[tuple[int, Any]]:
    """The answers, each as students gives it to one caller alone, without the grant."""
    answer = await post(students, "/internal/pictures", question(students, asked))
    assert answer.status_code == 200, answer.text
    parts, head = parted(answer.content)
    withheld = head["withheld"]
    return [
        (status, orjson.loads(body) | ({"withheld": withheld[str(n)]} if status == 200 else {}))
        for n, (status, body) in enumerate(parts)
    ]
