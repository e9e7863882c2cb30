"""Giving a partner's system a page of its children and the place in the stream, with a row in the
log for each child."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.facts import queries as facts
from services.students.sharing.decisions import rules
from services.students.sharing.snapshots import queries
from shared.contracts.students.access import Category
from shared.contracts.students.disclosure import Channel
from shared.contracts.students.sharing import SharedChild, SharingSnapshot
from shared.core.settings import Settings
from shared.http.paging import PageRequest
from shared.security.principal import Principal


async def snapshot(
    session: AsyncSession, caller: Principal, partner_id: UUID, paging: PageRequest,
    settings: Settings, now: datetime,
) -> SharingSnapshot:  # fmt: skip
    """A page of children, and the place in the stream. The place is read first: a change in between
    is in both, and no change is in neither. Each child passes the policy itself, as of now."""
    await queries.ensure_listening(session, caller, partner_id)
    place = await queries.place(settings)
    found = await queries.held_page(session, partner_id, paging)
    known = await facts.facts_of_many(session, caller, [each.student_id for each in found.items])
    items = []
    for each in found.items:
        openings = rules.openings(partner_id, caller.account_id, known.get(each.student_id))
        child = _as_of_now(each, openings)
        if child is not None:
            first = next(c for c in Category if c in openings.open)
            opening = openings.open[first]
            disclosures.release(
                session, opening.viewer, each.student_id, opening.decision, [first], Channel.EXPORT
            )
            stated = opening.decision.stated & openings.open.keys()
            items.append(child.model_copy(update={"statements": sorted(stated)}))
    return SharingSnapshot(
        stream_seq=place.last_seq, stream_incarnation=place.incarnation, taken_at=now,
        items=items, next=found.next,
    )  # fmt: skip


def _as_of_now(child: SharedChild, found: rules.Openings) -> SharedChild | None:
    """The child with the categories that are open now and that the stream has begun to publish; None
    without any."""
    categories = sorted(found.categories & set(child.categories))
    own = sorted(found.own & {*child.own, *child.categories})
    if not categories and not own:
        return None
    return child.model_copy(update={"categories": categories, "own": own})
