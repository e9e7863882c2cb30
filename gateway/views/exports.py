"""The export of a child's whole record: as JSON for programs, as a page for people."""

import asyncio
from typing import Any
from uuid import UUID

import orjson
from fastapi import Request, Response
from pydantic import Field

from gateway.state import Here, Somebody
from gateway.views.accounts import NAMED, name_accounts
from gateway.views.export_page import export_page
from gateway.views.parts import Parts, View
from gateway.views.routing import views
from shared.contracts.outcomes.measure import StudentMeasures
from shared.contracts.partners.account import Account
from shared.contracts.resources.assignment import StudentLibrary
from shared.contracts.students.export import RecordParts
from shared.contracts.students.picture import PictureParts
from shared.core.refusals import refusals
from shared.security.grants import Category

router = views()
EXPORT_SECONDS = 25.0
PAGE = "text/html"
GRANTED = {
    "library": ("resources", "library", Category.RESOURCES),
    "measures": ("outcomes", "measures", Category.MEASURES),
}
HEADERS = {"Cache-Control": "no-store", "Vary": "Accept"}


class ExportView(PictureParts, RecordParts, View):
    """`complete` is false where a part is missing; `unavailable` and `withheld` name it."""

    complete: bool
    library: StudentLibrary | None
    measures: StudentMeasures | None
    accounts: list[Account] | None = Field(description=NAMED)


@router.get(
    "/views/students/{student_id}/export",
    responses={
        200: {"model": ExportView, "content": {PAGE: {}}},
        **refusals(404),
    },
    response_class=Response,
)
async def read_student_export(
    student_id: UUID, request: Request, caller: Somebody, gateway: Here
) -> Response:
    """Everything the platform holds of a child, for those who may inspect the whole record: a
    guardian with rights, the student from 18, the district (34 CFR 99.10). `Accept: text/html`
    gives the same as a page to read and print. The disclosure log records it as an export."""
    upstream = gateway.upstream
    path = f"/internal/students/{student_id}/export"
    reply = await upstream.get("students", path, caller, seconds=EXPORT_SECONDS)
    if not reply.good:
        raise reply.refusal("students")
    record = reply.json()
    picture = record.pop("picture")
    grant, withheld = picture.pop("grant"), picture.pop("withheld")
    parts = Parts({**picture, **record, **dict.fromkeys(GRANTED)}, withheld=withheld)
    asked: dict[str, Any] = {}
    for part, (service, noun, category) in GRANTED.items():
        if category not in withheld:
            address = f"/internal/students/{student_id}/{noun}"
            asked[part] = (
                service,
                upstream.get(service, address, caller, grant=grant, seconds=EXPORT_SECONDS),
            )
    await asyncio.gather(parts.gather(asked), name_accounts(parts, upstream, caller))
    whole = {
        "complete": not parts.unavailable and not parts.withheld,
        **parts.found,
        "unavailable": parts.unavailable,
        "withheld": parts.withheld,
    }
    if PAGE in request.headers.get("accept", ""):
        page = export_page(whole)
        page.headers.update(HEADERS)
        return page
    return Response(orjson.dumps(whole), headers=HEADERS, media_type="application/json")
