"""Publishing a head on demand. The service partners keeps the heads, and they are read there."""

from services.students.audit.disclosure_heads import actions
from shared.contracts.students.disclosure import DisclosureHead
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import DisclosuresPublisher

router = noun("disclosures", "/v1/disclosures/heads")


@router.post("", status_code=201, responses=refusals(409))
async def publish_head(caller: DisclosuresPublisher, session: Session, now: Now) -> DisclosureHead:
    """Publish the head of the disclosure log now, beside the daily heads. Announces
    `students.disclosure-head.published.v1`."""
    row = await actions.publish(session, caller, now)
    return DisclosureHead(
        head_id=row.id, day=row.day, seq=row.seq, hash=row.hash.hex(), at=row.created_at
    )
