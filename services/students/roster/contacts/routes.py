"""The contacts of a child over HTTP. If-Match takes the child's version."""

from uuid import UUID

from fastapi import Response

from services.students.roster.contacts import actions
from shared.contracts.students.contact import (
    Contact,
    ContactChange,
    ContactDraft,
    RestrictionDraft,
    RestrictionEnd,
)
from shared.core.clock import Today
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import StudentsReader, StudentsWriter
from shared.security.principal import Principal

router = noun("contacts", "/v1/students/{student_id}/contacts")
CHANGE = refusals(404, 409, 412, 428)
CONTACT = "/{contact_id}"


@router.get("", responses=refusals(404))
async def list_contacts(
    student_id: UUID, caller: StudentsReader, session: Session
) -> list[Contact]:
    """The child's contacts, as far as the caller may see them and their details."""
    return await actions.disclose_contacts(session, caller, student_id)


@router.post("", status_code=201, responses=CHANGE)
async def add_contact(
    student_id: UUID, draft: ContactDraft, expected: IfMatch, caller: StudentsWriter, session: Session,
    response: Response,
) -> Contact:  # fmt: skip
    """Add a contact. Announces `students.student.rostered.v1`."""
    contact_id = await actions.add(session, caller, student_id, expected, draft)
    return await _read(session, caller, student_id, contact_id, response)


@router.patch(CONTACT, responses=CHANGE)
async def change_contact(
    student_id: UUID, contact_id: UUID, wanted: ContactChange, expected: IfMatch, caller: StudentsWriter,
    session: Session, response: Response,
) -> Contact:  # fmt: skip
    """Change a contact and its rights. The adult's name, language, telephone and e-mail change for
    all of the adult's children. Announces `students.student.rostered.v1` for each child whose record
    changes."""
    await actions.change(session, caller, student_id, contact_id, expected, wanted)
    return await _read(session, caller, student_id, contact_id, response)


@router.post(CONTACT + "/ending", status_code=204, responses=CHANGE)
async def end_contact(
    student_id: UUID, contact_id: UUID, expected: IfMatch, caller: StudentsWriter, session: Session,
    today: Today,
) -> None:  # fmt: skip
    """End a contact: from now on this person is no contact of the child. Later rosters do not bring
    the contact back."""
    await actions.end(session, caller, student_id, contact_id, expected, today)


@router.post(CONTACT + "/restrictions", status_code=201, responses=CHANGE)
async def restrict_contact(
    student_id: UUID, contact_id: UUID, draft: RestrictionDraft, expected: IfMatch,
    caller: StudentsWriter, session: Session, response: Response,
) -> Contact:  # fmt: skip
    """Record a court order against a contact. While it is in force, the contact sees nothing of the
    child."""
    await actions.restrict(session, caller, student_id, contact_id, expected, draft)
    return await _read(session, caller, student_id, contact_id, response)


@router.post(CONTACT + "/restrictions/{restriction_id}/ending", status_code=201, responses=CHANGE)
async def end_restriction(
    student_id: UUID, contact_id: UUID, restriction_id: UUID, wanted: RestrictionEnd,
    expected: IfMatch, caller: StudentsWriter, session: Session, response: Response,
) -> Contact:  # fmt: skip
    """Set the last day of a court order."""
    await actions.end_restriction(
        session, caller, student_id, contact_id, restriction_id, expected, wanted
    )
    return await _read(session, caller, student_id, contact_id, response)


async def _read(
    session: Session, caller: Principal, student_id: UUID, contact_id: UUID, response: Response
) -> Contact:
    await session.flush()
    return tagged(
        response, await actions.disclose_contact(session, caller, student_id, contact_id)
    )
