"""The community's page: public, for a parent looking for a place and for a journalist alike."""

from fastapi import Response

from gateway.state import Anybody, Here
from gateway.views.parts import Parts, View
from gateway.views.routing import views
from shared.contracts.outcomes.edition import LatestEditions
from shared.contracts.partners.directory import Directory

router = views()


class CommunityView(View):
    directory: Directory | None
    editions: LatestEditions | None


@router.get("/views/community", responses={200: {"model": CommunityView}}, response_class=Response)
async def read_community_view(caller: Anybody, gateway: Here) -> Response:
    """Partners, open programs and the latest published scorecards. Needs no sign-in."""
    upstream = gateway.upstream
    parts = Parts()
    await parts.gather(
        {
            "directory": ("partners", upstream.get("partners", "/internal/directory", caller)),
            "editions": (
                "outcomes",
                upstream.get("outcomes", "/internal/editions/latest", caller),
            ),
        }
    )
    return parts.answer()
