"""Dosage over HTTP: counted, never written."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.students.participation.dosage import actions, queries
from shared.contracts.students.dosage import Dosage
from shared.core.refusals import refusals
from shared.http.etags import tagged
from shared.http.filters import OfProgram, OfStudent
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("dosage")
Viewer = Annotated[Principal, may(Permission.ENGAGEMENTS_READ)]


@router.get("")
async def list_dosage(
    caller: Viewer,
    session: Session,
    paging: Paging,
    student_id: OfStudent = None,
    program_id: OfProgram = None,
) -> Page[Dosage]:
    """Planned against delivered, per engagement that has begun and that the caller may see."""
    found = await queries.dosages(session, caller, paging, student_id, program_id)
    return await actions.tell_dosages(session, caller, found)


@router.get("/{engagement_id}", responses=refusals(404))
async def read_dosage(
    engagement_id: UUID, caller: Viewer, session: Session, response: Response
) -> Dosage:
    """The dosage of one engagement; before it has begun there is none."""
    return tagged(response, await actions.tell_dosage(session, caller, engagement_id))
