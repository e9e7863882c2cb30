"""The partnership on one page: members, action networks, scorecard."""

from uuid import UUID

from fastapi import Response

from gateway.state import Anybody, Here
from gateway.views.parts import Parts, View
from gateway.views.routing import views
from shared.contracts.outcomes.scorecard import ScorecardReport
from shared.contracts.partners.network import Network
from shared.contracts.partners.partnership import Member, Partnership
from shared.contracts.partners.pipeline import PipelineSummary
from shared.core.refusals import refusals

router = views()


class PartnershipView(View):
    partnership: Partnership
    members: list[Member]
    networks: list[Network]
    pipelines: list[PipelineSummary]
    scorecard: ScorecardReport | None


@router.get(
    "/views/partnerships/{partnership_id}",
    responses={200: {"model": PartnershipView}, **refusals(404)},
    response_class=Response,
)
async def read_partnership_view(partnership_id: UUID, caller: Anybody, gateway: Here) -> Response:
    """Members with names and roles, action networks, and the scorecard with trend, distance to
    target and gaps."""
    upstream = gateway.upstream
    base = f"/internal/partnerships/{partnership_id}"
    parts = Parts(await upstream.need("partners", f"{base}/profile", caller))
    question = upstream.get("outcomes", f"{base}/scorecard", caller)
    await parts.gather({"scorecard": ("outcomes", question)})
    return parts.answer()
