"""Amendments over HTTP, under their child."""

from uuid import UUID

from fastapi import Response

from services.students.lifecycle.amendments import actions
from shared.contracts.students.amendment import (
    Amendment,
    AmendmentDecision,
    AmendmentDraft,
    HearingDraft,
    StatementDraft,
)
from shared.core.clock import Now, Today
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import (
    AmendmentsAsker,
    AmendmentsAskerOrStudentsWriter,
    StudentsWriter,
)

router = noun("amendments", "/v1/students/{student_id}/amendments")
CHANGE = refusals(404, 409, 412, 428)


@router.get("", responses=refusals(404))
async def list_amendments(
    student_id: UUID, caller: AmendmentsAskerOrStudentsWriter, session: Session, paging: Paging
) -> Page[Amendment]:
    """The requests to amend a child's record, the latest first: for its family and the district."""
    return await actions.disclose_amendments(session, caller, paging, student_id)


@router.post("", status_code=201, responses=refusals(404, 409))
async def ask_amendment(
    student_id: UUID,
    draft: AmendmentDraft,
    caller: AmendmentsAsker,
    session: Session,
    response: Response,
) -> Amendment:
    """Ask the district to amend a part of the record (34 CFR 99.20). Announces
    `students.amendment.changed.v1`."""
    row = await actions.ask(session, caller, student_id, draft)
    return tagged(response, Amendment.model_validate(row))


@router.get("/{amendment_id}", responses=refusals(404))
async def read_amendment(
    student_id: UUID,
    amendment_id: UUID,
    caller: AmendmentsAskerOrStudentsWriter,
    session: Session,
    response: Response,
) -> Amendment:
    """One request to amend a child's record."""
    found = await actions.disclose_amendment(session, caller, student_id, amendment_id)
    return tagged(response, found)


@router.post("/{amendment_id}/decision", responses=CHANGE)
async def decide_amendment(
    student_id: UUID, amendment_id: UUID, decision: AmendmentDecision, expected: IfMatch,
    caller: StudentsWriter, session: Session, now: Now, response: Response,
) -> Amendment:  # fmt: skip
    """Decide to amend, or decline with a reason. The district makes the correction itself where the
    record is kept. Announces `students.amendment.changed.v1`."""
    await actions.decide(session, caller, student_id, amendment_id, expected, decision, now)
    await session.flush()
    found = await actions.disclose_amendment(session, caller, student_id, amendment_id)
    return tagged(response, found)


@router.post("/{amendment_id}/hearing", responses=CHANGE)
async def note_hearing(
    student_id: UUID, amendment_id: UUID, hearing: HearingDraft, expected: IfMatch,
    caller: StudentsWriter, session: Session, today: Today, response: Response,
) -> Amendment:  # fmt: skip
    """Record the outcome of the hearing on a declined amendment (34 CFR 99.22). Announces
    `students.amendment.changed.v1`."""
    await actions.hear(session, caller, student_id, amendment_id, expected, hearing, today)
    await session.flush()
    found = await actions.disclose_amendment(session, caller, student_id, amendment_id)
    return tagged(response, found)


@router.put("/{amendment_id}/statement", responses=CHANGE)
async def attach_statement(
    student_id: UUID, amendment_id: UUID, draft: StatementDraft, expected: IfMatch,
    caller: AmendmentsAsker, session: Session, now: Now, response: Response,
) -> Amendment:  # fmt: skip
    """Attach the family's statement to a declined amendment (34 CFR 99.21(b)(2)). From now on it goes
    with every disclosure of that part of the record. Announces `students.amendment.changed.v1` and
    `students.student.rostered.v1`."""
    row = await actions.state(session, caller, student_id, amendment_id, expected, draft, now)
    return tagged(response, Amendment.model_validate(row))
