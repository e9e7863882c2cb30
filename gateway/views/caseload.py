"""The children with whom the caller works."""

from fastapi import Request, Response

from gateway.state import Here, Somebody
from gateway.upstream.client import NEED_SECONDS
from gateway.views.routing import views
from shared.contracts.students.caseload import CaseloadItem, CaseloadOrder
from shared.http.filters import CaseOrder, OfCaseWorker
from shared.http.paging import LIMIT, Cursor, Limit, Page

router = views()


@router.get(
    "/views/caseload", responses={200: {"model": Page[CaseloadItem]}}, response_class=Response
)
async def read_caseload_view(
    request: Request,
    caller: Somebody,
    gateway: Here,
    order: CaseOrder = CaseloadOrder.NAME,
    mine: OfCaseWorker = False,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response:
    """The caller's caseload, by name or by need with the reasons. A row is short enough for a
    phone."""
    params = {"order": order.value, "limit": str(limit)}
    params |= {"mine": "true"} if mine else {}
    params |= {"cursor": cursor} if cursor else {}
    reply = await gateway.upstream.get(
        "students", "/internal/caseload", caller, params, seconds=NEED_SECONDS
    )
    if not reply.good:
        raise reply.refusal("students")
    headers = {}
    if "Link" in reply.headers:
        headers["Link"] = reply.headers["Link"].replace("/internal/caseload", request.url.path)
    return Response(reply.body, 200, headers, media_type="application/json")
