"""One search over partners, programs and resources."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query, Response
from pydantic import BaseModel

from gateway.parts import Parts, View
from gateway.state import Anybody, Here
from gateway.views.routing import views

router = views()
MOST = 50
WORDS_CHARACTERS = 200


class Hit(BaseModel):
    id: UUID
    kind: str
    title: str
    summary: str | None
    score: float


class SearchView(View):
    items: list[Hit]


@router.get("/search", responses={200: {"model": SearchView}}, response_class=Response)
async def search(
    caller: Anybody,
    gateway: Here,
    q: Annotated[str, Query(min_length=1, max_length=WORDS_CHARACTERS)],
    limit: Annotated[int, Query(ge=1, le=MOST)] = 20,
) -> Response:
    """Partners, programs and resources in one list, the best first. Children are not searched."""
    upstream = gateway.upstream
    asked = {"q": q, "limit": str(limit)}
    parts = Parts()
    await parts.gather(
        {
            service: (service, upstream.get(service, "/internal/search", caller, asked))
            for service in ("partners", "resources")
        }
    )
    hits: list[dict[str, Any]] = []
    for found in parts.found.values():
        hits += (found or {}).get("items", [])
    hits.sort(key=lambda hit: (-hit["score"], hit["title"], hit["id"]))
    body = {
        "items": hits[:limit],
        "unavailable": parts.unavailable,
        "withheld": parts.withheld,
    }
    return Response(orjson.dumps(body), media_type="application/json")
