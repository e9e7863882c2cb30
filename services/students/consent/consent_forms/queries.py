"""Consent forms. A form holds nothing about a child: a caller who has its id may read it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.students.consent.consent_forms.records import ConsentFormRow, consent_form
from services.students.participation.programs.records import offering_partner
from shared.contracts.students.consent_form import ConsentForm
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one, unknown
from shared.security.principal import Principal

NOUN = "consent-form"
owner: Any = aliased(offering_partner, name="owner")


def _forms() -> Select[Any]:
    return (
        select(
            *columns(ConsentForm, ConsentFormRow), owner.name.label("owner_name"),
            offering_partner.name.label("partner_name"),
        )
        .outerjoin(owner, owner.partner_id == consent_form.owner_id)
        .outerjoin(offering_partner, offering_partner.partner_id == consent_form.partner_id)
    )  # fmt: skip


async def forms(reader: Reading, caller: Principal, paging: PageRequest) -> Page[ConsentForm]:
    """The forms of the caller's partner and those that name it, newest first."""
    own = or_(
        consent_form.owner_id == caller.partner_id, consent_form.partner_id == caller.partner_id
    )
    found = _forms().where(own)
    return await page(reader, found, ConsentForm, paging, by=[consent_form.id], descending=True)


async def one_form(reader: Reading, _: Principal, form_id: UUID) -> ConsentForm:
    return await one(reader, _forms().where(consent_form.id == form_id), ConsentForm, NOUN)


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
