"""Consent forms. A form says nothing of a child: who has its id may read it."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.consent.consent_forms.records import ConsentFormRow
from shared.contracts.students.consent_form import ConsentForm
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one, unknown
from shared.security.principal import Principal

F: Any = ConsentFormRow  # columns, where mypy would see values
NOUN = "consent-form"


async def forms(reader: Reading, caller: Principal, paging: PageRequest) -> Page[ConsentForm]:
    """Those of the caller's partner, and those that name it; the newest first."""
    own = or_(F.owner_id == caller.partner_id, F.partner_id == caller.partner_id)
    found = select(*columns(ConsentForm, ConsentFormRow)).where(own)
    return await page(reader, found, ConsentForm, paging, by=[F.id], descending=True)


async def form(reader: Reading, _: Principal, form_id: UUID) -> ConsentForm:
    found = select(*columns(ConsentForm, ConsentFormRow)).where(F.id == form_id)
    return await one(reader, found, ConsentForm, NOUN)


async def own_form(session: AsyncSession, caller: Principal, form_id: UUID) -> ConsentFormRow:
    """One that the caller's partner may ask by: its own, or one that names it."""
    own = or_(F.owner_id == caller.partner_id, F.partner_id == caller.partner_id)
    row: ConsentFormRow | None = (
        await session.execute(select(F).where(F.id == form_id, own))
    ).scalar_one_or_none()
    if row is None:
        raise unknown(NOUN)
    return row


async def form_row(session: AsyncSession, form_id: UUID) -> ConsentFormRow:
    """To be answered."""
    row: ConsentFormRow | None = (
        await session.execute(select(F).where(F.id == form_id))
    ).scalar_one_or_none()
    if row is None:
        raise unknown(NOUN)
    return row
