"""Snapshots over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Request

from services.students.sharing.snapshots import actions
from shared.contracts.students.sharing import SharingSnapshot
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.paging import Paging
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

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
