"""Destructions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.partners.agreements.destructions import actions, queries
from shared.contracts.partners.destruction import Attestation, Destruction, DestructionStatus
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfStatus
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import AgreementsReader, AgreementsWriter

router = noun("destructions")
UnderAgreement = Annotated[UUID | None, Query(description="Only those under this agreement.")]
OfRecipient = Annotated[
    UUID | None, Query(description="Only those that this recipient must carry out.")
]


@router.get("")
async def list_destructions(
    caller: AgreementsReader,
    reader: Reader,
    paging: Paging,
    now: Now,
    agreement_id: UnderAgreement = None,
    recipient_id: OfRecipient = None,
    status: OfStatus[DestructionStatus] = None,
) -> Page[Destruction]:
    """The destructions of the caller's own partner as recipient or as provider, for a backbone also
    those of members of its partnerships, or all for the operator: open, overdue and attested, the earliest due date first."""
    return await queries.destructions(
        reader, caller, paging, now,
        agreement_id=agreement_id, recipient_id=recipient_id, status=status,
    )  # fmt: skip


@router.get("/{destruction_id}", responses=refusals(404))
async def read_destruction(
    destruction_id: UUID, caller: AgreementsReader, reader: Reader, now: Now, response: Response
) -> Destruction:
    """One destruction. An open one has no ETag, since the clock may make it overdue; take `version`
    for If-Match. An attested one has its ETag."""
    found = await queries.one_destruction(reader, caller, destruction_id, now)
    return tagged(response, found) if found.status is DestructionStatus.ATTESTED else found


@router.post(
    "/{destruction_id}/attestation", status_code=201, responses=refusals(404, 409, 412, 428)
)
async def attest_destruction(
    destruction_id: UUID,
    attestation: Attestation,
    expected: IfMatch,
    caller: AgreementsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Destruction:
    """Attest, as an administrator of the recipient, what was destroyed, how, when and by whom (34
    CFR 99.31(a)(6)(iii)(C)(4)). Announces `partners.destruction.changed.v1`."""
    await actions.attest(session, caller, destruction_id, expected, attestation, now)
    await session.flush()
    return tagged(response, await queries.one_destruction(session, caller, destruction_id, now))


@router.post(
    "/{destruction_id}/attestation/correction",
    status_code=201, responses=refusals(404, 409, 412, 428),
)  # fmt: skip
async def correct_attestation(
    destruction_id: UUID,
    attestation: Attestation,
    expected: IfMatch,
    caller: AgreementsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Destruction:
    """Correct an attestation that says something wrong, as whoever may attest.
    `earlier_attestations` keeps what it said before. Refused with `destruction-not-attested` where
    there is no attestation yet. Announces `partners.destruction.changed.v1`."""
    await actions.correct_attestation(session, caller, destruction_id, expected, attestation, now)
    await session.flush()
    return tagged(response, await queries.one_destruction(session, caller, destruction_id, now))
