"""The partner's dashboard: who it is, what it offers, whom it reaches, what it shares."""

from uuid import UUID

from fastapi import Response

from gateway.state import Anybody, Here
from gateway.views.parts import Parts, View
from gateway.views.routing import views
from shared.contracts.partners.agreement import AgreementSummary
from shared.contracts.partners.partner import Partner
from shared.contracts.partners.program import Program
from shared.contracts.partners.site import Site
from shared.contracts.resources.resource import PartnerResources
from shared.contracts.students.engagement import PartnerReach
from shared.core.refusals import refusals
from shared.security.permissions import PERMISSIONS, Permission

router = views()


class PartnerView(View):
    """`reach` is of students (places taken and waiting per program, children reached), `resources`
    of resources. `agreements` are for who may read agreements, as far as they are his or hers."""

    partner: Partner
    sites: list[Site]
    programs: list[Program]
    reach: PartnerReach | None
    resources: PartnerResources | None
    agreements: list[AgreementSummary] | None


@router.get(
    "/views/partners/{partner_id}",
    responses={200: {"model": PartnerView}, **refusals(404)},
    response_class=Response,
)
async def partner_view(partner_id: UUID, caller: Anybody, gateway: Here) -> Response:
    """A partner's profile, sites, programs with places taken, children reached, resources shared.
    Public but for the numbers of children; its administrators see its agreements."""
    upstream = gateway.upstream
    profile = await upstream.need("partners", f"/internal/partners/{partner_id}/profile", caller)
    parts = Parts(profile)
    reach = f"/internal/partners/{partner_id}/reach"
    shared = f"/internal/partners/{partner_id}/resources"
    asked = {
        "reach": ("students", upstream.get("students", reach, caller)),
        "resources": ("resources", upstream.get("resources", shared, caller)),
    }
    parts.found["agreements"] = None
    if Permission.AGREEMENTS_READ in PERMISSIONS[caller.role]:
        signed = f"/internal/partners/{partner_id}/agreements"
        asked["agreements"] = ("partners", upstream.get("partners", signed, caller))
    await parts.gather(asked)
    return parts.answer()
