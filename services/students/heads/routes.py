"""Publishing a head on demand. The heads are read at partners, who keeps them."""

from typing import Annotated

from services.students.heads import actions
from shared.access import Permission, may
from shared.clock import Now
from shared.contracts.students.disclosure import DisclosureHead
from shared.database import Session
from shared.principal import Principal
from shared.refusals import refusals
from shared.route import noun

router = noun("disclosures", "/v1/disclosures/heads")
Publisher = Annotated[Principal, may(Permission.DISCLOSURES_PUBLISH)]


@router.post("", status_code=201, responses=refusals(409))
async def publish_head(caller: Publisher, session: Session, now: Now) -> DisclosureHead:
    """Publish now where the disclosure log stands, beside the daily heads. Announces
    `students.disclosure-head.published.v1`."""
    row = await actions.publish(session, caller, now)
    return DisclosureHead(
        head_id=row.id, day=row.day, seq=row.seq, hash=row.hash.hex(), at=row.created_at
    )
