"""One search over partners, programs and resources."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query, Response
from pydantic import BaseModel, Field

from gateway.state import Anybody, Here
from gateway.views.parts import Parts, View
from gateway.views.routing import views
from shared.formats.texts import folded

router = views()
MOST = 50
WORDS_CHARACTERS = 200
Words = Annotated[
    str, Query(min_length=1, max_length=WORDS_CHARACTERS, description="The words to search for.")
]
Most = Annotated[int, Query(ge=1, le=MOST, description="The largest number of hits.")]


class Hit(BaseModel):
    id: UUID
    kind: str
    title: str
    summary: str | None
    score: float = Field(description="1 for the best of its kind, 1/2 for the second, …")


class SearchView(View):
    items: list[Hit]


@router.get("/search", responses={200: {"model": SearchView}}, response_class=Response)
async def search_all(
    caller: Anybody,
    gateway: Here,
    q: Words,
    limit: Most = 20,
) -> Response:
    """Partners, programs and resources in one list: exact names first, then the best of each kind,
    the second of each, and so on. Children are not searched."""
    upstream = gateway.upstream
    asked = {"q": q, "limit": str(limit)}
    parts = Parts()
    await parts.gather(
        {
            service: (service, upstream.get(service, "/internal/search", caller, asked))
            for service in ("partners", "resources")
        }
    )
    hits = [hit for found in parts.found.values() for hit in (found or {}).get("items", [])]
    ranked = one_ranking(q, hits)[:limit]
    body = {
        "items": ranked,
        "unavailable": parts.unavailable,
        "withheld": parts.withheld,
    }
    return Response(orjson.dumps(body), media_type="application/json")


def one_ranking(words: str, hits: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Merges by rank, since scores of different kinds do not compare: exact names first, then the
    best of each kind, then the second of each, and so on. The score becomes comparable: 1 for the
    best of its kind, 1/2 for the second, …"""
    of_kind: dict[str, list[dict[str, Any]]] = {}
    for hit in hits:
        of_kind.setdefault(hit["kind"], []).append(hit)
    asked = folded(words)
    placed = []
    for kind in of_kind.values():
        kind.sort(key=lambda hit: (-hit["score"], hit["title"], hit["id"]))
        for rank, hit in enumerate(kind, 1):
            named = folded(hit["title"]) == asked
            placed.append((not named, rank, -hit["score"], hit["id"], hit | {"score": 1 / rank}))
    return [hit for *_, hit in sorted(placed, key=lambda place: place[:4])]
