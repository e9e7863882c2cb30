"""Reading referrals over HTTP."""

from uuid import UUID

from fastapi import Response

from services.students.referrals.referrals import actions, queries
from services.students.referrals.referrals.records import ReferralRow
from shared.contracts.students.contact import Contact
from shared.contracts.students.referral import (
    EndedReferral,
    Referral,
    ReferralPreview,
    ReferralState,
    ReferralStep,
)
from shared.core.clock import Today
from shared.core.refusals import refusals
from shared.http.etags import tagged
from shared.http.filters import OfProgram, OfStatus, OfStudent
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import (
    SupportReader,
)
from shared.security.principal import Principal

router = noun("referrals")


@router.get("")
async def list_referrals(
    caller: SupportReader, session: Session, paging: Paging, student_id: OfStudent = None,
    program_id: OfProgram = None, state: OfStatus[ReferralState] = None,
) -> Page[Referral]:  # fmt: skip
    """The referrals that the caller may see, newest first: the program's people those that are
    live, on a ground; the family and the school's leaders all but drafts; a teacher the own ones."""
    found = await queries.referrals(
        session, caller, paging, student_id=student_id, program_id=program_id, wanted=state
    )
    return await actions.disclose_referrals(session, caller, found)


@router.get("/{referral_id}", responses=refusals(404))
async def read_referral(
    referral_id: UUID, caller: SupportReader, session: Session, response: Response
) -> Referral:
    """One referral. A hidden one and an absent one are answered alike."""
    return tagged(response, await actions.disclose_referral(session, caller, referral_id))


@router.get("/{referral_id}/steps", responses=refusals(404))
async def list_referral_steps(
    referral_id: UUID, caller: SupportReader, session: Session, paging: Paging
) -> Page[ReferralStep]:
    """Every act on a referral, the first first."""
    return await actions.disclose_steps(session, caller, referral_id, paging)


@router.get("/{referral_id}/family-contacts", responses=refusals(403, 404))
async def list_family_contacts(
    referral_id: UUID, caller: SupportReader, session: Session
) -> list[Contact]:
    """How to reach the family of the referred child: for a partner its legal guardians under no
    court order, where the family agreed to that."""
    return await actions.disclose_family_contacts(session, caller, referral_id)


@router.get("/{referral_id}/preview", responses=refusals(404))
async def preview_referral(
    referral_id: UUID, caller: SupportReader, session: Session, today: Today
) -> ReferralPreview:
    """What the partner would read of the child, on which ground, and the words to which the family
    says yes or no: the same for sender and family."""
    return await actions.disclose_preview(session, caller, referral_id, today)


async def told(
    session: Session, caller: Principal, referral_id: UUID, response: Response
) -> Referral:
    await session.flush()
    return tagged(response, await actions.disclose_referral(session, caller, referral_id))


async def ended(session: Session, row: ReferralRow, response: Response) -> EndedReferral:
    await session.flush()
    return tagged(response, EndedReferral.model_validate(row))
