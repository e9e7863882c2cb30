"""Agreements over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.partners.agreements.agreements import actions, queries
from services.partners.agreements.agreements.queries import Shown
from shared.contracts.base import Moment
from shared.contracts.partners.agreement import (
    Agreement,
    AgreementStatus,
    AgreementStep,
    AgreementSummary,
    AgreementTerms,
    PartyAct,
)
from shared.contracts.purpose import Purpose
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfPartner, OfStatus
from shared.http.paging import Page, Paging
from shared.http.route import internal, noun
from shared.persistence.database import Reader, Session
from shared.security.callers import AgreementsReader, AgreementsWriter

router = noun("agreements")
inside = internal()
EndsBefore = Annotated[
    Moment | None, Query(description="Only those whose terms end before this moment.")
]
ForPurpose = Annotated[Purpose | None, Query(description="Only those for this purpose.")]
Lifting = Annotated[UUID, Query(description="The party that lifts its suspension.")]
MOST = 200  # on a partner's page


def answer_of(response: Response, shown: Shown) -> Agreement:
    """The agreement, with an ETag only where its version determines its status. Where the clock has
    changed the status since, an ETag would be wrong."""
    return tagged(response, shown.answer) if shown.settled else shown.answer


@router.get("")
async def list_agreements(
    caller: AgreementsReader,
    reader: Reader,
    paging: Paging,
    now: Now,
    partner_id: OfPartner = None,
    status: OfStatus[AgreementStatus] = None,
    purpose: ForPurpose = None,
    ends_before: EndsBefore = None,
) -> Page[AgreementSummary]:
    """The agreements of the caller's own partner, for a district also those of its schools, for a
    backbone also those among members of its partnerships, or all for the operator. Each has its status at this moment."""
    return await queries.agreements(
        reader,
        caller,
        paging,
        now,
        partner_id=partner_id,
        status=status,
        purpose=purpose,
        ends_before=ends_before,
    )


@router.post("", status_code=201)
async def draft_agreement(
    terms: AgreementTerms, caller: AgreementsWriter, session: Session, now: Now, response: Response
) -> Agreement:
    """Draft an agreement to which the caller's own partner is a party. Terms that the law does not
    permit are refused with `terms-unsound`, which names every fault. Announces
    `partners.agreement.changed.v1`."""
    row = await actions.draft(session, caller, terms, now)
    await session.flush()
    return answer_of(response, await queries.one_agreement(session, caller, row.id, now))


@router.get("/{agreement_id}", responses=refusals(404))
async def read_agreement(
    agreement_id: UUID, caller: AgreementsReader, reader: Reader, now: Now, response: Response
) -> Agreement:
    """One agreement: its status now, its parties, the signatures given and missing, and in plain
    sentences what it allows."""
    return answer_of(response, await queries.one_agreement(reader, caller, agreement_id, now))


@router.put("/{agreement_id}", responses=refusals(404, 409, 412, 428))
async def change_draft(
    agreement_id: UUID,
    terms: AgreementTerms,
    expected: IfMatch,
    caller: AgreementsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """Replace the terms of a draft. Announces `partners.agreement.changed.v1`."""
    await actions.change(session, caller, agreement_id, expected, terms, now)
    await session.flush()
    return answer_of(response, await queries.one_agreement(session, caller, agreement_id, now))


@router.get("/{agreement_id}/steps", responses=refusals(404))
async def list_agreement_steps(
    agreement_id: UUID, caller: AgreementsReader, reader: Reader, paging: Paging
) -> Page[AgreementStep]:
    """Every step the agreement took: the act, the time, the actor and the reason."""
    return await queries.steps(reader, caller, paging, agreement_id)


@router.post("/{agreement_id}/suspension", status_code=201, responses=refusals(404, 409))
async def suspend_agreement(
    agreement_id: UUID,
    act: PartyAct,
    caller: AgreementsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """Suspend an agreement: data stops flowing under it at once. Needs no If-Match, since a stop
    must not wait. Announces `partners.agreement.changed.v1`."""
    await actions.suspend(session, caller, agreement_id, act, now)
    await session.flush()
    return answer_of(response, await queries.one_agreement(session, caller, agreement_id, now))


@router.delete("/{agreement_id}/suspension", responses=refusals(404, 409, 412, 428))
async def resume_agreement(
    agreement_id: UUID,
    partner_id: Lifting,
    expected: IfMatch,
    caller: AgreementsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """Lift the suspension of the caller's own partner. When no party suspends it any more, the
    agreement resumes. Announces `partners.agreement.changed.v1`."""
    await actions.resume(session, caller, agreement_id, partner_id, expected, now)
    await session.flush()
    return answer_of(response, await queries.one_agreement(session, caller, agreement_id, now))


@inside.get("/partners/{partner_id}/agreements")
async def agreements_of(
    partner_id: UUID, caller: AgreementsReader, reader: Reader, now: Now
) -> list[AgreementSummary]:
    """The partner's agreements that the caller may see, the latest first; for the partner's
    page."""
    return await queries.agreements_of(reader, caller, partner_id, now, MOST)
