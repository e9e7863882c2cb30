"""Asking families for consent, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.students.consent.consent_requests import actions, queries
from shared.contracts.students.consent_form import (
    ConsentAsked,
    ConsentAsking,
    ConsentRequest,
    RequestStatus,
)
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import tagged
from shared.http.filters import OfStatus, OfStudent
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import ConsentFormsWriter, ConsentsReader

asking = noun("consent-requests", "/v1/consent-forms/{form_id}/requests")
router = noun("consent-requests")
ByForm = Annotated[UUID | None, Query(description="Only the requests by this form.")]


@asking.post("", status_code=201, responses=refusals(404))
async def ask_for_consent(
    form_id: UUID, wanted: ConsentAsking, caller: ConsentFormsWriter, session: Session
) -> ConsentAsked:
    """Ask the families of a program's intake, or of named children, for consent. A family that this
    form has asked already is not asked again. Announces `students.consent-request.changed.v1`."""
    return await actions.ask(session, caller, form_id, wanted)


@router.get("")
async def list_consent_requests(
    caller: ConsentsReader, session: Session, paging: Paging, student_id: OfStudent = None,
    form_id: ByForm = None, status: OfStatus[RequestStatus] = None,
) -> Page[ConsentRequest]:  # fmt: skip
    """The consent requests that the caller received or made, newest first. A partner reads the
    status of each request, without the person who answered."""
    found = await queries.requests(
        session, caller, paging, student_id=student_id, form_id=form_id, wanted=status
    )
    return await actions.disclose_requests(session, caller, found)


@router.get("/{request_id}", responses=refusals(404))
async def read_consent_request(
    request_id: UUID, caller: ConsentsReader, session: Session, response: Response
) -> ConsentRequest:
    """One consent request. A hidden one and an absent one are answered alike."""
    return tagged(response, await actions.disclose_request(session, caller, request_id))


@router.post("/{request_id}/withdrawal", status_code=201, responses=refusals(404, 409))
async def withdraw_consent_request(
    request_id: UUID, caller: ConsentFormsWriter, session: Session, now: Now, response: Response
) -> ConsentRequest:
    """Withdraw a consent request. Announces `students.consent-request.changed.v1`."""
    row = await actions.withdraw(session, caller, request_id, now)
    await session.flush()
    return tagged(response, await actions.disclose_request(session, caller, row.id))
