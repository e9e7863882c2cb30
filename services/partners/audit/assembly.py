"""The published heads of students' disclosure log."""

from services.partners.audit.disclosure_heads import reactions
from services.partners.audit.disclosure_heads import routes as disclosure_heads
from shared.runtime.area import Area

AREA = Area(
    routers=[
        disclosure_heads.router,
    ],
    reactions=[
        *reactions.REACTIONS,
    ],
)
