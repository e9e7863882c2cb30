"""The child's picture: students decides and discloses; resources and outcomes add their parts under
the grant that students gives."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import Response
from pydantic import Field

from gateway.state import Here, Somebody
from gateway.upstream.client import Upstream
from gateway.views.accounts import NAMED, name_accounts
from gateway.views.parts import Parts, View
from gateway.views.routing import views
from shared.contracts.outcomes.measure import StudentMeasures
from shared.contracts.partners.account import Account
from shared.contracts.resources.assignment import StudentAssignments
from shared.contracts.students.picture import PictureParts
from shared.core.refusals import refusals
from shared.security.grants import Category
from shared.security.principal import Principal

router = views()
GRANTED = {
    "resources": ("resources", "assignments", Category.RESOURCES),
    "measures": ("outcomes", "measures", Category.MEASURES),
}


class StudentView(PictureParts, View):
    """A part is null where there is none, where it is withheld and where its service is down;
    `withheld` and `unavailable` name the latter two."""

    resources: StudentAssignments | None
    measures: StudentMeasures | None
    accounts: list[Account] | None = Field(description=NAMED)


@router.get(
    "/views/students/{student_id}",
    responses={200: {"model": StudentView}, **refusals(404)},
    response_class=Response,
)
async def read_student_view(student_id: UUID, caller: Somebody, gateway: Here) -> Response:
    """A child's picture, as far as the caller may see it: the child with school and classes,
    contacts, engagements with partner and program names, attendance and dosage, assigned resources,
    measures. A child that the caller may not know of answers like one that does not exist."""
    upstream = gateway.upstream
    picture = await upstream.need("students", f"/internal/students/{student_id}/picture", caller)
    grant = picture.pop("grant")
    withheld = picture.pop("withheld", {})
    parts = Parts(dict.fromkeys(GRANTED) | picture, withheld=withheld)
    await asyncio.gather(
        parts.gather(_granted(upstream, caller, student_id, grant, parts.withheld)),
        name_accounts(parts, upstream, caller),
    )
    return parts.answer()


def _granted(
    upstream: Upstream, caller: Principal, student_id: UUID, grant: str, withheld: dict[str, str]
) -> dict[str, Any]:
    """The questions that the grant allows; the other parts are withheld already."""
    asked = {}
    for part, (service, noun, category) in GRANTED.items():
        if category not in withheld:
            path = f"/internal/students/{student_id}/{noun}"
            asked[part] = (service, upstream.get(service, path, caller, grant=grant))
    return asked
