"""Consent forms. A form holds nothing about a child: a caller who has its id may read it."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.consent.consent_forms.records import ConsentFormRow, consent_form
from shared.contracts.students.consent_form import ConsentForm
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one, unknown
from shared.security.principal import Principal

NOUN = "consent-form"


async def forms(reader: Reading, caller: Principal, paging: PageRequest) -> Page[ConsentForm]:
    """The forms of the caller's partner and those that name it, newest first."""
    own = or_(
        consent_form.owner_id == caller.partner_id, consent_form.partner_id == caller.partner_id
    )
    found = select(*columns(ConsentForm, ConsentFormRow)).where(own)
    return await page(reader, found, ConsentForm, paging, by=[consent_form.id], descending=True)


async def one_form(reader: Reading, _: Principal, form_id: UUID) -> ConsentForm:
    found = select(*columns(ConsentForm, ConsentFormRow)).where(consent_form.id == form_id)
    return await one(reader, found, ConsentForm, NOUN)


async def own_form(session: AsyncSession, caller: Principal, form_id: UUID) -> ConsentFormRow:
    """A form by which the caller's partner may ask: its own, or one that names it."""
    own = or_(
        consent_form.owner_id == caller.partner_id, consent_form.partner_id == caller.partner_id
    )
    row: ConsentFormRow | None = (
        await session.execute(select(ConsentFormRow).where(consent_form.id == form_id, own))
    ).scalar_one_or_none()
    if row is None:
        raise unknown(NOUN)
    return row


async def form_row(session: AsyncSession, form_id: UUID) -> ConsentFormRow:
    """The form that a decision answers."""
    row: ConsentFormRow | None = (
        await session.execute(select(ConsentFormRow).where(consent_form.id == form_id))
    ).scalar_one_or_none()
    if row is None:
        raise unknown(NOUN)
    return row
