"""Consent forms over HTTP."""

from uuid import UUID

from services.students.consent.consent_forms import actions, queries
from shared.contracts.students.consent_form import ConsentForm, ConsentFormDraft
from shared.core.refusals import refusals
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import ConsentFormsWriter, ConsentsReader

router = noun("consent-forms")


@router.get("")
async def list_consent_forms(
    caller: ConsentsReader, reader: Reader, paging: Paging
) -> Page[ConsentForm]:
    """The consent forms of the caller's partner or district, and the forms that name it, newest
    first."""
    return await queries.forms(reader, caller, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def write_consent_form(
    draft: ConsentFormDraft, caller: ConsentFormsWriter, session: Session
) -> ConsentForm:
    """Write a consent form. A form never changes: other words make another form."""
    row = await actions.write(session, caller, draft)
    return await queries.one_form(session, caller, row.id)


@router.get("/{form_id}", responses=refusals(404))
async def read_consent_form(form_id: UUID, caller: ConsentsReader, reader: Reader) -> ConsentForm:
    """One consent form. It holds nothing about any child."""
    return await queries.one_form(reader, caller, form_id)
