"""Proposals as the caller may see them. A partner's people see none: until the family applies, the
partner is told nothing."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, false, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.policy import queries as access
from services.students.participation.programs.records import offered_program, offering_partner
from services.students.participation.proposals.records import ProposalRow, application_proposal
from shared.contracts.students.access import Category
from shared.contracts.students.proposal import Proposal, ProposalStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import TODAY, columns, many, one, row_for_change
from shared.security.principal import PARTNER_STAFF, Principal


def status() -> ColumnElement[str]:
    return case(
        (application_proposal.answer.is_not(None), application_proposal.answer),
        (application_proposal.expires_on < TODAY, ProposalStatus.LAPSED.value),
        else_=ProposalStatus.OPEN.value,
    )


@cache
def listed() -> Select[Any]:
    return (
        select(
            *columns(Proposal, ProposalRow),
            status().label("status"),
            application_proposal.created_at.label("proposed_at"),
            offered_program.name.label("program_name"),
            offered_program.partner_id,
            offering_partner.name.label("partner_name"),
        )
        .join(offered_program, offered_program.program_id == application_proposal.program_id)
        .outerjoin(offering_partner, offering_partner.partner_id == offered_program.partner_id)
    )


def visible(caller: Principal) -> ColumnElement[bool]:
    if caller.role in PARTNER_STAFF:
        return false()
    return access.may_see(caller, application_proposal.student_id, Category.ENGAGEMENT)


async def proposals(
    reader: Reading, caller: Principal, paging: PageRequest, *,
    student_id: UUID | None, program_id: UUID | None, wanted: ProposalStatus | None,
) -> Page[Proposal]:  # fmt: skip
    filters = {
        application_proposal.student_id: student_id,
        application_proposal.program_id: program_id,
        status(): wanted,
    }
    found = listed().where(visible(caller), *(c == v for c, v in filters.items() if v is not None))
    return await page(
        reader, found, Proposal, paging, by=[application_proposal.id], descending=True
    )


async def one_proposal(reader: Reading, caller: Principal, proposal_id: UUID) -> Proposal:
    found = listed().where(application_proposal.id == proposal_id, visible(caller))
    return await one(reader, found, Proposal, "proposal")


async def proposal_row(
    session: AsyncSession, caller: Principal, proposal_id: UUID
) -> tuple[ProposalRow, ProposalStatus]:
    """The proposal for change, and its status."""
    row = await row_for_change(session, ProposalRow, proposal_id, "proposal", visible(caller))
    return row, (await one_proposal(session, caller, proposal_id)).status


async def is_open(session: AsyncSession, student_id: UUID, program_id: UUID) -> bool:
    found = select(application_proposal.id).where(
        application_proposal.student_id == student_id,
        application_proposal.program_id == program_id,
        status() == ProposalStatus.OPEN,
    )
    return (await session.execute(found)).first() is not None


async def every_proposal(reader: Reading, student_id: UUID) -> list[Proposal]:
    """Every proposal about one child, the oldest first."""
    found = listed().where(application_proposal.student_id == student_id)
    return await many(reader, found.order_by(application_proposal.id), Proposal)
