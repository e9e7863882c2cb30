"""Consent forms over HTTP."""

from typing import Annotated
from uuid import UUID

from services.students.consent.consent_forms import actions, queries
from shared.contracts.students.consent_form import ConsentForm, ConsentFormDraft
from shared.core.refusals import refusals
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("consent-forms")
Anybody = Annotated[Principal, may(Permission.CONSENTS_READ)]
Writer = Annotated[Principal, may(Permission.CONSENT_FORMS_WRITE)]


@router.get("")
async def list_consent_forms(caller: Anybody, reader: Reader, paging: Paging) -> Page[ConsentForm]:
    """The forms of the caller's partner or district, and those that name it; newest first."""
    return await queries.forms(reader, caller, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def write_consent_form(
    draft: ConsentFormDraft, caller: Writer, session: Session
) -> ConsentForm:
    """Write what families are to be asked. A form never changes: other words are another form."""
    row = await actions.write(session, caller, draft)
    return ConsentForm.model_validate(row)


@router.get("/{form_id}", responses=refusals(404))
async def read_consent_form(form_id: UUID, caller: Anybody, reader: Reader) -> ConsentForm:
    """The words of one form. It says nothing of any child."""
    return await queries.form(reader, caller, form_id)
