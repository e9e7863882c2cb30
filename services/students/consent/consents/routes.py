"""A family's consents and refusals over HTTP."""

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
from shared.security.callers import ConsentsReader, ConsentsRecorder, ConsentsWriter

router = noun("consents", "/v1/students/{student_id}/consents")
papers = noun("consents", "/v1/consent-forms/{form_id}/answers")
Naming = Annotated[
    UUID | None,
    Query(description="Only those that name this partner, without those to its kind."),
]


@router.get("", responses=refusals(404))
async def list_consents(
    student_id: UUID, caller: ConsentsReader, session: Session, paging: Paging,
    status: OfStatus[ConsentStatus] = None, partner_id: Naming = None,
) -> Page[Consent]:  # fmt: skip
    """The family's consents and refusals, the latest decision first. The parents or the eligible
    student, and the district, read all of them. A partner reads those that name it or its kind,
    without the person who decided."""
    return await actions.disclose_consents(
        session, caller, student_id, paging, status=status, partner_id=partner_id
    )


@router.post("", status_code=201, responses=refusals(404, 409))
async def decide_consent(
    student_id: UUID, draft: ConsentDraft, caller: ConsentsWriter, session: Session, now: Now,
    response: Response,
) -> Consent:  # fmt: skip
    """Consent or refuse: to one partner or one kind of partners, for one purpose (34 CFR 99.30). A
    consent without one of its elements is refused with `consent-incomplete`, and a signer without
    rights in the record with the reason. Announces `students.consent.changed.v1`."""
    word = await actions.decide(session, caller, student_id, draft, now)
    await session.flush()
    return tagged(response, await actions.disclose_consent(session, caller, student_id, word.id))


@router.get("/{consent_id}", responses=refusals(404))
async def read_consent(
    student_id: UUID,
    consent_id: UUID,
    caller: ConsentsReader,
    session: Session,
    response: Response,
) -> Consent:
    """One consent or refusal of the family. A hidden one and an absent one are answered alike."""
    return tagged(
        response, await actions.disclose_consent(session, caller, student_id, consent_id)
    )


@router.post("/{consent_id}/revocation", status_code=201, responses=refusals(404, 409))
async def revoke_consent(
    student_id: UUID, consent_id: UUID, signing: Signing, caller: ConsentsWriter, session: Session,
    now: Now, response: Response,
) -> Consent:  # fmt: skip
    """Revoke a consent: for any person with rights in the record today, also one who did not give
    it. A revocation is final, and revoking again changes nothing. Announces
    `students.consent.changed.v1`."""
    word = await actions.revoke(session, caller, student_id, consent_id, signing, now)
    await session.flush()
    return tagged(response, await actions.disclose_consent(session, caller, student_id, word.id))


@papers.post("", status_code=201, responses=refusals(404, 409))
async def record_answers(
    form_id: UUID, answers: PaperAnswers, caller: ConsentsRecorder, session: Session, now: Now
) -> RecordedAnswers:
    """Record the paper answers of the district's families to one form. Where one answer is refused,
    none is recorded. Announces `students.consent.changed.v1` for each."""
    ids = await actions.record(session, caller, form_id, answers, now)
    return RecordedAnswers(consent_ids=ids)
