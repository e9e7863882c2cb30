"""Agreements for change, each locked until the transaction ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.agreements.agreements import rules
from services.partners.agreements.agreements.queries import own_partners, status_at, visible
from services.partners.agreements.agreements.records import AgreementRow
from services.partners.agreements.terms import queries as terms
from services.partners.agreements.terms.records import AgreementTermsRow
from services.partners.agreements.terms.rules import read
from shared.contracts.partners.agreement import AgreementStatus, AgreementTerms
from shared.persistence.queries import row_for_change, unknown
from shared.security.principal import Principal

R: Any = AgreementRow
T: Any = AgreementTermsRow


@dataclass(frozen=True)
class Opened:
    """An agreement, locked for change. `status` is that of now; `own` are the partners that the
    caller administers."""

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
    """The partners for which the caller may act."""
    if caller.role not in rules.ADMINISTRATORS:
        return frozenset()
    return frozenset((await session.execute(own_partners(caller))).scalars())


async def opened(
    session: AsyncSession, caller: Principal, agreement_id: UUID, now: datetime
) -> Opened:
    """For change: locked until the transaction ends."""
    row = await row_for_change(session, R, agreement_id, "agreement", visible(caller))
    return await with_terms(session, row, now, await administered(session, caller))


async def with_terms(
    session: AsyncSession, row: AgreementRow, now: datetime, own: frozenset[UUID] = frozenset()
) -> Opened:
    """Of a row that is locked."""
    current = await terms.terms_row(session, row.id, row.terms_version)
    if current is None:
        raise unknown("agreement")
    status = rules.effective(AgreementStatus(row.status), row.starts_at, row.ends_at, now)
    amendment = None
    if status in rules.AGREED:
        amendment = await terms.terms_row(session, row.id, row.terms_version + 1)
    return Opened(row, current, amendment, status, own)


async def live_rows(session: AsyncSession, partner_id: UUID) -> Sequence[AgreementRow]:
    """Those of a partner that are proposed or agreed, for change."""
    party = select(T.agreement_id).where(
        T.agreement_id == R.id, T.number == R.terms_version, T.party_ids.contains([partner_id])
    )
    live = R.status.in_(rules.AGREED | {AgreementStatus.PROPOSED})
    found = select(R).where(R.id.in_(party), live).order_by(R.id).with_for_update()
    rows: Sequence[AgreementRow] = (await session.execute(found)).scalars().all()
    return rows


async def due_rows(session: AsyncSession, now: datetime, limit: int) -> Sequence[AgreementRow]:
    """Those that the clock has moved and nobody has written down, for change."""
    found = select(R).where(R.status.in_(rules.AGREED), status_at(now) != R.status)
    chosen = found.order_by(R.id).limit(limit).with_for_update(skip_locked=True)
    rows: Sequence[AgreementRow] = (await session.execute(chosen)).scalars().all()
    return rows
