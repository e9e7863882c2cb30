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
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

asking = noun("consent-requests", "/v1/consent-forms/{form_id}/requests")
router = noun("consent-requests")
Anybody = Annotated[Principal, may(Permission.CONSENTS_READ)]
Asker = Annotated[Principal, may(Permission.CONSENT_FORMS_WRITE)]
ByForm = Annotated[UUID | None, Query(description="Only those made by this form.")]


@asking.post("", status_code=201, responses=refusals(404))
async def ask_for_consent(
    form_id: UUID, wanted: ConsentAsking, caller: Asker, session: Session
) -> ConsentAsked:
    """Ask the families of a program's intake, or of some children. Who has been asked by this form
    is not asked again. Announces `students.consent-request.changed.v1`."""
    return await actions.ask(session, caller, form_id, wanted)


@router.get("")
async def list_consent_requests(
    caller: Anybody, session: Session, paging: Paging, student_id: OfStudent = None,
    form_id: ByForm = None, status: OfStatus[RequestStatus] = None,
) -> Page[ConsentRequest]:  # fmt: skip
    """What the caller is asked, or has asked, the newest first. A partner reads how it stands with
    each child, without who answered."""
    found = await queries.requests(
        session, caller, paging, student_id=student_id, form_id=form_id, wanted=status
    )
    return await actions.tell_requests(session, caller, found)


@router.get("/{request_id}", responses=refusals(404))
async def read_consent_request(
    request_id: UUID, caller: Anybody, session: Session, response: Response
) -> ConsentRequest:
    """One of them; one that the caller may not know of answers like none."""
    return tagged(response, await actions.tell_request(session, caller, request_id))


@router.post("/{request_id}/withdrawal", status_code=201, responses=refusals(404, 409))
async def withdraw_consent_request(
    request_id: UUID, caller: Asker, session: Session, now: Now, response: Response
) -> ConsentRequest:
    """Ask no longer. Announces `students.consent-request.changed.v1`."""
    row = await actions.withdraw(session, caller, request_id, now)
    await session.flush()
    return tagged(response, await actions.tell_request(session, caller, row.id))
