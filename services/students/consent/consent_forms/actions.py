"""Writing consent forms."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.consent.consent_forms import rules
from services.students.consent.consent_forms.records import ConsentFormRow
from services.students.consent.consents import queries as consents
from services.students.consent.consents import rules as consent_rules
from services.students.consent.consents.records import ConsentRow
from shared.contracts.students.consent_form import ConsentFormDraft
from shared.security.principal import Principal

ELEMENTS = {
    "partner_id", "partner_kind", "purpose", "categories", "begins_on", "ends_on", "text",
    "text_version", "language",
}  # fmt: skip


async def write(
    session: AsyncSession, caller: Principal, draft: ConsentFormDraft
) -> ConsentFormRow:
    """Write a form. It never changes afterwards, since people sign its words."""
    terms = consent_rules.terms(draft.model_dump())
    await consents.kind_of(session, terms)

    owner_id = rules.owner(caller, terms.partner_id)
    consent_rules.ensure_period(terms.begins_on, terms.ends_on)

    form = ConsentFormRow(owner_id=owner_id, written_by=caller.account_id, **asdict(terms))
    session.add(form)
    return form


async def write_again(session: AsyncSession, consent: ConsentRow, owner_id: UUID) -> UUID:
    """In the words of the consent itself."""
    words = consent.model_dump(include=ELEMENTS)
    form = ConsentFormRow(owner_id=owner_id, of_consent=consent.id, **words)
    session.add(form)
    await session.flush()
    return form.id
