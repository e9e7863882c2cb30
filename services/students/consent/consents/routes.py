"""A family's words on who may have what of a child, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.students.consent.consents import actions
from shared.contracts.students.consent import Consent, ConsentDraft, ConsentStatus, Signing
from shared.contracts.students.consent_form import PaperAnswers, RecordedAnswers
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import tagged
from shared.http.filters import OfStatus
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("consents", "/v1/students/{student_id}/consents")
papers = noun("consents", "/v1/consent-forms/{form_id}/answers")
Recorder = Annotated[Principal, may(Permission.CONSENTS_RECORD)]
Reader = Annotated[Principal, may(Permission.CONSENTS_READ)]
Speaker = Annotated[Principal, may(Permission.CONSENTS_WRITE)]
Naming = Annotated[
    UUID | None,
    Query(description="Only those that name this partner, not those to its kind."),
]


@router.get("", responses=refusals(404))
async def list_consents(
    student_id: UUID, caller: Reader, session: Session, paging: Paging,
    status: OfStatus[ConsentStatus] = None, partner_id: Naming = None,
) -> Page[Consent]:  # fmt: skip
    """What the family has said, the last word first. The parents or the eligible student and the
    district read all of it, a partner what names it, without who said it."""
    return await actions.tell_consents(
        session, caller, student_id, paging, status=status, partner_id=partner_id
    )


@router.post("", status_code=201, responses=refusals(404, 409))
async def decide_consent(
    student_id: UUID, draft: ConsentDraft, caller: Speaker, session: Session, now: Now,
    response: Response,
) -> Consent:  # fmt: skip
    """Say yes or no to one partner or one kind of partners, for one purpose (34 CFR 99.30). A
    missing element is `consent-incomplete`; somebody without rights in the record is refused with
    the reason. Announces `students.consent.changed.v1`."""
    word = await actions.decide(session, caller, student_id, draft, now)
    await session.flush()
    return tagged(response, await actions.tell_consent(session, caller, student_id, word.id))


@router.get("/{consent_id}", responses=refusals(404))
async def read_consent(
    student_id: UUID, consent_id: UUID, caller: Reader, session: Session, response: Response
) -> Consent:
    """One word of the family; one that the caller may not know of answers like none."""
    return tagged(response, await actions.tell_consent(session, caller, student_id, consent_id))


@router.post("/{consent_id}/revocation", status_code=201, responses=refusals(404, 409))
async def revoke_consent(
    student_id: UUID, consent_id: UUID, signing: Signing, caller: Speaker, session: Session,
    now: Now, response: Response,
) -> Consent:  # fmt: skip
    """Take a consent back: anybody with rights in the record today may, also who did not give
    it. Final; once more changes nothing. Announces `students.consent.changed.v1`."""
    word = await actions.revoke(session, caller, student_id, consent_id, signing, now)
    await session.flush()
    return tagged(response, await actions.tell_consent(session, caller, student_id, word.id))


@papers.post("", status_code=201, responses=refusals(404, 409))
async def record_answers(
    form_id: UUID, answers: PaperAnswers, caller: Recorder, session: Session, now: Now
) -> RecordedAnswers:
    """Record what families of the district answered to one form on paper, many at once: all of it
    or, where one is refused, nothing. Announces `students.consent.changed.v1` for each."""
    ids = await actions.record(session, caller, form_id, answers, now)
    return RecordedAnswers(consent_ids=ids)
