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
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("agreements")
inside = internal()
Looker = Annotated[Principal, may(Permission.AGREEMENTS_READ)]
Keeper = Annotated[Principal, may(Permission.AGREEMENTS_WRITE)]
EndsBefore = Annotated[
    Moment | None, Query(description="Only those whose terms end before this moment.")
]
ForPurpose = Annotated[Purpose | None, Query(description="Only those for this purpose.")]
Lifting = Annotated[UUID, Query(description="The party that lifts its suspension.")]
MOST = 200  # on a partner's page


def told(response: Response, shown: Shown) -> Agreement:
    """Without an ETag where the clock has moved it since its version: a client that knows the
    version does not know the status."""
    return tagged(response, shown.answer) if shown.settled else shown.answer


@router.get("")
async def list_agreements(
    caller: Looker,
    reader: Reader,
    paging: Paging,
    now: Now,
    partner_id: OfPartner = None,
    status: OfStatus[AgreementStatus] = None,
    purpose: ForPurpose = None,
    ends_before: EndsBefore = None,
) -> Page[AgreementSummary]:
    """The agreements of one's own partner, for a district also of its schools, or all for backbone
    and operator; each with its status of this moment."""
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
    terms: AgreementTerms, caller: Keeper, session: Session, now: Now, response: Response
) -> Agreement:
    """Draft an agreement to which one's own partner is a party. Refuses with `terms-unsound` what
    the law does not let parties agree on, naming every fault. Announces
    `partners.agreement.changed.v1`."""
    row = await actions.draft(session, caller, terms, now)
    await session.flush()
    return told(response, await queries.agreement(session, caller, row.id, now))


@router.get("/{agreement_id}", responses=refusals(404))
async def read_agreement(
    agreement_id: UUID, caller: Looker, reader: Reader, now: Now, response: Response
) -> Agreement:
    """One agreement: how it stands now, its parties, the signatures there and missing, and in
    plain sentences what it allows."""
    return told(response, await queries.agreement(reader, caller, agreement_id, now))


@router.put("/{agreement_id}", responses=refusals(404, 409, 412, 428))
async def change_draft(
    agreement_id: UUID,
    terms: AgreementTerms,
    expected: IfMatch,
    caller: Keeper,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """Put other terms into a draft. Announces `partners.agreement.changed.v1`."""
    await actions.change(session, caller, agreement_id, expected, terms, now)
    await session.flush()
    return told(response, await queries.agreement(session, caller, agreement_id, now))


@router.get("/{agreement_id}/steps", responses=refusals(404))
async def list_steps(
    agreement_id: UUID, caller: Looker, reader: Reader, paging: Paging
) -> Page[AgreementStep]:
    """Every step the agreement took: what, when, by whom and why."""
    return await queries.steps(reader, caller, paging, agreement_id)


@router.post("/{agreement_id}/suspension", status_code=201, responses=refusals(404, 409))
async def suspend_agreement(
    agreement_id: UUID,
    act: PartyAct,
    caller: Keeper,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """Stop everything that flows under it, at once. Takes no If-Match: a stop waits for nothing.
    Announces `partners.agreement.changed.v1`."""
    await actions.suspend(session, caller, agreement_id, act, now)
    await session.flush()
    return told(response, await queries.agreement(session, caller, agreement_id, now))


@router.delete("/{agreement_id}/suspension", responses=refusals(404, 409, 412, 428))
async def resume_agreement(
    agreement_id: UUID,
    partner_id: Lifting,
    expected: IfMatch,
    caller: Keeper,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """Lift the suspension of one's own partner; with the last one it goes on. Announces
    `partners.agreement.changed.v1`."""
    await actions.resume(session, caller, agreement_id, partner_id, expected, now)
    await session.flush()
    return told(response, await queries.agreement(session, caller, agreement_id, now))


@inside.get("/partners/{partner_id}/agreements")
async def agreements_of(
    partner_id: UUID, caller: Looker, reader: Reader, now: Now
) -> list[AgreementSummary]:
    """For the partner's page: as far as the caller may see them, the latest first."""
    return await queries.agreements_of(reader, caller, partner_id, now, MOST)
