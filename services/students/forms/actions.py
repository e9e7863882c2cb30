"""Writing consent forms."""

from dataclasses import asdict

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.consents import queries as consents
from services.students.consents import rules as consent_rules
from services.students.forms import rules
from services.students.forms.records import ConsentFormRow
from shared.contracts.students.consent_form import ConsentFormDraft
from shared.principal import Principal


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
