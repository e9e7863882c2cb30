"""Snapshots over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Request

from services.students.snapshots import actions
from shared.access import Permission, may
from shared.clock import Now
from shared.contracts.students.sharing import SharingSnapshot
from shared.database import Session
from shared.paging import Paging
from shared.principal import Principal
from shared.refusals import refusals
from shared.route import noun

router = noun("sharing")
Listener = Annotated[Principal, may(Permission.SNAPSHOTS_READ)]


@router.get("/{partner_id}/snapshot", responses=refusals(404))
async def read_snapshot(
    partner_id: UUID, caller: Listener, session: Session, paging: Paging, request: Request,
    now: Now,
) -> SharingSnapshot:  # fmt: skip
    """For the partner's own system: the children it may know of at this moment, by id, with the
    open categories, and from where in the stream to read on. Each child is written down as a
    release. Where the partner has no open stream there is none: `stream-unknown`."""
    return await actions.snapshot(
        session, caller, partner_id, paging, request.app.state.settings, now
    )
