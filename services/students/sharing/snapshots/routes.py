"""Snapshots over HTTP."""

from uuid import UUID

from fastapi import Request

from services.students.sharing.snapshots import actions
from shared.contracts.students.sharing import SharingSnapshot
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.paging import Paging
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import SnapshotsReader

router = noun("sharing")


@router.get("/{partner_id}/snapshot", responses=refusals(404))
async def read_snapshot(
    partner_id: UUID, caller: SnapshotsReader, session: Session, paging: Paging, request: Request,
    now: Now,
) -> SharingSnapshot:  # fmt: skip
    """The children of whom the partner may know at this moment, by id, with the open categories and
    the place in the stream from which to read on: for the partner's own system. Each child is a
    disclosure with a row in the log. Refused with `stream-unknown` where the partner has no open
    stream."""
    return await actions.snapshot(
        session, caller, partner_id, paging, request.app.state.settings, now
    )
