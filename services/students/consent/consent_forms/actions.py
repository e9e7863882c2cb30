"""Writing consent forms."""

from dataclasses import asdict

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.consent.consent_forms import rules
from services.students.consent.consent_forms.records import ConsentFormRow
from services.students.consent.consents import queries as consents
from services.students.consent.consents import rules as consent_rules
from shared.contracts.students.consent_form import ConsentFormDraft
from shared.security.principal import Principal


async def write(
    session: AsyncSession, caller: Principal, draft: ConsentFormDraft
) -> ConsentFormRow:
    """Never changed afterwards: what somebody signed stays what it was."""
    terms = consent_rules.terms(draft.model_dump())
    await consents.kind_of(session, terms)

    owner_id = rules.owner(caller, terms.partner_id)
    consent_rules.ensure_period(terms.begins_on, terms.ends_on)

    form = ConsentFormRow(owner_id=owner_id, written_by=caller.account_id, **asdict(terms))
    session.add(form)
    return form
