"""The child's picture: students decides and discloses; resources and outcomes add their parts under
the grant that students gives."""

from uuid import UUID

from fastapi import Response
from pydantic import Field

from gateway.state import Here, Somebody
from gateway.upstream.children import ASSIGNMENTS, MEASURES
from gateway.views.accounts import NAMED, accounts_written, name_accounts
from gateway.views.parts import Parts, View
from gateway.views.routing import views
from shared.contracts.outcomes.measure import StudentMeasures
from shared.contracts.partners.account import Account
from shared.contracts.resources.assignment import StudentAssignments
from shared.contracts.students.picture import PictureParts
from shared.core.refusals import refusals

router = views()
GRANTED = {"resources": ASSIGNMENTS, "measures": MEASURES}


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
    picture, told = await gateway.children.told(caller, student_id)
    parts = Parts(dict.fromkeys(GRANTED), withheld=dict(picture.withheld))
    await name_accounts(parts, gateway.upstream, caller, accounts_written(picture.body))
    for part, kind in GRANTED.items():
        if kind in told:  # else it is withheld already
            parts.take(part, kind.service, told[kind])
    return parts.answer(picture.body)
