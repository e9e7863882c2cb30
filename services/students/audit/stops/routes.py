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
from shared.security.callers import ConsentsWriter

router = noun("disclosures", "/v1/students/{student_id}/disclosures/{position}/stop")
MOST = 2**63 - 1
Position = Annotated[int, Path(ge=1, le=MOST, description="The position of the line in the log.")]


@router.post("", status_code=201, responses=refusals(404, 409))
async def stop_disclosure(
    student_id: UUID, position: Position, caller: ConsentsWriter, session: Session, now: Now,
    signing: Signing | None = None,
) -> Stopped:  # fmt: skip
    """Stop the disclosures on the ground of this line. The consent that allowed them is revoked, and
    where another consent still allows the same, a refusal is recorded too. A consent to a kind of
    partners stands for the others: only the refusal is recorded. Directory information is stopped
    by opting out. Where the law allows the disclosure without the family, the request is refused
    with `stop-not-possible` and the office to talk to. Announces `students.consent.changed.v1` or
    `students.student.rostered.v1`. Stopping it again changes nothing."""
    return await actions.stop(session, caller, student_id, position, signing or Signing(), now)
