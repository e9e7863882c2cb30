"""The children the caller works with."""

from typing import Annotated

from fastapi import Query, Request, Response

from gateway.state import Here, Somebody
from gateway.views.routing import views
from shared.contracts.students.caseload import CaseloadItem, CaseloadOrder
from shared.paging import CURSOR_CHARACTERS, LIMIT, MOST, Page

router = views()


@router.get(
    "/views/caseload", responses={200: {"model": Page[CaseloadItem]}}, response_class=Response
)
async def caseload(
    request: Request,
    caller: Somebody,
    gateway: Here,
    order: CaseloadOrder = CaseloadOrder.NAME,
    mine: bool = False,
    limit: Annotated[int, Query(ge=1, le=MOST)] = LIMIT,
    cursor: Annotated[str | None, Query(max_length=CURSOR_CHARACTERS)] = None,
) -> Response:
    """The children I work with, by name or with those who need most first, and why; one row is thin
    enough for a phone. `mine` leaves those of whose engagements I am the case worker."""
    params = {"order": order.value, "limit": str(limit)}
    params |= {"mine": "true"} if mine else {}
    params |= {"cursor": cursor} if cursor else {}
    reply = await gateway.upstream.get("students", "/internal/caseload", caller, params)
    if not reply.good:
        raise reply.refusal("students")
    headers = {}
    if "Link" in reply.headers:
        headers["Link"] = reply.headers["Link"].replace("/internal/caseload", request.url.path)
    return Response(reply.body, 200, headers, media_type="application/json")
