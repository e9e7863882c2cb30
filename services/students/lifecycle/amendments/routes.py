"""Amendments over HTTP, under their child."""

from typing import Annotated
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
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("amendments", "/v1/students/{student_id}/amendments")
Knower = Annotated[Principal, may(Permission.AMENDMENTS_ASK, Permission.STUDENTS_WRITE)]
Family = Annotated[Principal, may(Permission.AMENDMENTS_ASK)]
Keeper = Annotated[Principal, may(Permission.STUDENTS_WRITE)]
CHANGE = refusals(404, 409, 412, 428)


@router.get("", responses=refusals(404))
async def list_amendments(
    student_id: UUID, caller: Knower, session: Session, paging: Paging
) -> Page[Amendment]:
    """What was asked to be amended in a child's record, the latest first: for its family and the
    district."""
    return await actions.tell_amendments(session, caller, paging, student_id)


@router.post("", status_code=201, responses=refusals(404, 409))
async def ask_amendment(
    student_id: UUID, draft: AmendmentDraft, caller: Family, session: Session, response: Response
) -> Amendment:
    """Ask for something to be amended (34 CFR 99.20). Announces `students.amendment.changed.v1`."""
    row = await actions.ask(session, caller, student_id, draft)
    return tagged(response, Amendment.model_validate(row))


@router.get("/{amendment_id}", responses=refusals(404))
async def read_amendment(
    student_id: UUID, amendment_id: UUID, caller: Knower, session: Session, response: Response
) -> Amendment:
    """One of them."""
    found = await actions.tell_amendment(session, caller, student_id, amendment_id)
    return tagged(response, found)


@router.post("/{amendment_id}/decision", responses=CHANGE)
async def decide_amendment(
    student_id: UUID, amendment_id: UUID, decision: AmendmentDecision, expected: IfMatch,
    caller: Keeper, session: Session, now: Now, response: Response,
) -> Amendment:  # fmt: skip
    """Amend, or decline with a reason. The correction itself is made where the record is kept.
    Announces `students.amendment.changed.v1`."""
    await actions.decide(session, caller, student_id, amendment_id, expected, decision, now)
    await session.flush()
    found = await actions.tell_amendment(session, caller, student_id, amendment_id)
    return tagged(response, found)


@router.post("/{amendment_id}/hearing", responses=CHANGE)
async def note_hearing(
    student_id: UUID, amendment_id: UUID, hearing: HearingDraft, expected: IfMatch,
    caller: Keeper, session: Session, today: Today, response: Response,
) -> Amendment:  # fmt: skip
    """Note how the hearing on a declined amendment ended (34 CFR 99.22). Announces
    `students.amendment.changed.v1`."""
    await actions.hear(session, caller, student_id, amendment_id, expected, hearing, today)
    await session.flush()
    found = await actions.tell_amendment(session, caller, student_id, amendment_id)
    return tagged(response, found)


@router.put("/{amendment_id}/statement", responses=CHANGE)
async def attach_statement(
    student_id: UUID, amendment_id: UUID, draft: StatementDraft, expected: IfMatch,
    caller: Family, session: Session, now: Now, response: Response,
) -> Amendment:  # fmt: skip
    """Attach the family's statement to what was declined (34 CFR 99.21(b)(2)); from now on it is
    told with every disclosure of that part of the record. Announces
    `students.amendment.changed.v1` and `students.student.rostered.v1`."""
    row = await actions.state(session, caller, student_id, amendment_id, expected, draft, now)
    return tagged(response, Amendment.model_validate(row))
