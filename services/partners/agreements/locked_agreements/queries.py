"""Agreements for change, each locked until the transaction ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.agreements.agreements import rules
from services.partners.agreements.agreements.queries import own_partners, status_at, visible
from services.partners.agreements.agreements.records import AgreementRow, agreement
from services.partners.agreements.terms import queries as terms
from services.partners.agreements.terms.records import AgreementTermsRow, agreement_terms
from services.partners.agreements.terms.rules import read
from services.partners.directory.backbones.queries import members_led_by
from shared.contracts.partners.agreement import AgreementStatus, AgreementTerms
from shared.persistence.queries import row_for_change, unknown
from shared.security.principal import Principal, Role


@dataclass(frozen=True)
class Opened:
    """An agreement, locked for change. `status` is the status now; `own` are the partners that the
    caller administers, for a backbone those among which it drafts."""

    row: AgreementRow
    current: AgreementTermsRow
    amendment: AgreementTermsRow | None
    status: AgreementStatus
    own: frozenset[UUID]

    @property
    def terms(self) -> AgreementTerms:
        return read(self.current.document)

    @property
    def on_the_table(self) -> AgreementTermsRow | None:
        """The terms that wait for signatures."""
        return self.current if self.status is AgreementStatus.PROPOSED else self.amendment


async def administered(session: AsyncSession, caller: Principal) -> frozenset[UUID]:
    """The partners for which the caller may act; for a backbone the members of the partnerships that
    it leads, among which it drafts."""
    if caller.role is Role.BACKBONE:
        members = members_led_by(caller.partner_id, present=True)
        return frozenset((await session.execute(members)).scalars())
    if caller.role not in rules.ADMINISTRATORS:
        return frozenset()
    return frozenset((await session.execute(own_partners(caller))).scalars())


async def opened(
    session: AsyncSession, caller: Principal, agreement_id: UUID, now: datetime
) -> Opened:
    """One agreement for change: locked until the transaction ends."""
    row = await row_for_change(session, AgreementRow, agreement_id, "agreement", visible(caller))
    return await with_terms(session, row, now, await administered(session, caller))


async def with_terms(
    session: AsyncSession, row: AgreementRow, now: datetime, own: frozenset[UUID] = frozenset()
) -> Opened:
    """The terms of a row that is already locked."""
    current = await terms.terms_row(session, row.id, row.terms_version)
    if current is None:
        raise unknown("agreement")
    status = rules.effective(AgreementStatus(row.status), row.starts_at, row.ends_at, now)
    amendment = None
    if status in rules.AGREED:
        amendment = await terms.terms_row(session, row.id, row.terms_version + 1)
    return Opened(row, current, amendment, status, own)


async def live_rows(session: AsyncSession, partner_id: UUID) -> Sequence[AgreementRow]:
    """The proposed and agreed agreements of a partner, for change."""
    party = select(agreement_terms.agreement_id).where(
        agreement_terms.agreement_id == agreement.id,
        agreement_terms.number == agreement.terms_version,
        agreement_terms.party_ids.contains([partner_id]),
    )
    live = agreement.status.in_(rules.AGREED | {AgreementStatus.PROPOSED})
    found = (
        select(AgreementRow)
        .where(agreement.id.in_(party), live)
        .order_by(agreement.id)
        .with_for_update()
    )
    rows: Sequence[AgreementRow] = (await session.execute(found)).scalars().all()
    return rows


async def due_rows(session: AsyncSession, now: datetime, limit: int) -> Sequence[AgreementRow]:
    """The agreements whose status the clock has changed and no step has recorded yet, for
    change."""
    found = select(AgreementRow).where(
        agreement.status.in_(rules.AGREED), status_at(now) != agreement.status
    )
    chosen = found.order_by(agreement.id).limit(limit).with_for_update(skip_locked=True)
    rows: Sequence[AgreementRow] = (await session.execute(chosen)).scalars().all()
    return rows
