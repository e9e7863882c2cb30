"""The partner's dashboard: its profile, its programs, the children it reaches, and its
resources."""

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
from shared.core.refusals import Refusal, refusals
from shared.security.callers import ensure_may
from shared.security.permissions import Permission

router = views()


class PartnerView(View):
    """`reach` comes from students (places taken and waiting per program, children reached),
    `resources` from resources. `agreements` are those that the caller may see, and withheld from a
    caller who may read none."""

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
async def read_partner_view(partner_id: UUID, caller: Anybody, gateway: Here) -> Response:
    """A partner's profile, sites, programs with places taken, children reached, resources shared.
    Public except for the numbers of children; its administrators also see its agreements."""
    upstream = gateway.upstream
    profile = await upstream.need("partners", f"/internal/partners/{partner_id}/profile", caller)
    parts = Parts(profile)
    reach = f"/internal/partners/{partner_id}/reach"
    shared = f"/internal/partners/{partner_id}/resources"
    signed = f"/internal/partners/{partner_id}/agreements"
    asked = {
        "reach": ("students", upstream.get("students", reach, caller)),
        "resources": ("resources", upstream.get("resources", shared, caller)),
    }
    try:
        ensure_may(caller, Permission.AGREEMENTS_READ)
        asked["agreements"] = ("partners", upstream.get("partners", signed, caller))
    except Refusal as refused:
        parts.withhold("agreements", refused)
    await parts.gather(asked)
    return parts.answer()
