"""Stopping a disclosure over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from services.students.audit.stops import actions
from shared.contracts.students.consent import Signing
from shared.contracts.students.disclosure import Stopped
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("disclosures", "/v1/students/{student_id}/disclosures/{position}/stop")
Speaker = Annotated[Principal, may(Permission.CONSENTS_WRITE)]
MOST = 2**63 - 1
Position = Annotated[int, Path(ge=1, le=MOST, description="Of the line in the log.")]


@router.post("", status_code=201, responses=refusals(404, 409))
async def stop_disclosure(
    student_id: UUID, position: Position, caller: Speaker, session: Session, now: Now,
    signing: Signing | None = None,
) -> Stopped:  # fmt: skip
    """Take back what allowed this line of the log: its consent, with a no to the same, whoever
    else said yes; or opt out of directory information. What the law allows without the family is
    `stop-not-possible`, with whom to talk to. Announces `students.consent.changed.v1` or
    `students.student.rostered.v1`; once more changes nothing."""
    return await actions.stop(session, caller, student_id, position, signing or Signing(), now)
