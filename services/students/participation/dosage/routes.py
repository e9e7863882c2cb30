"""Dosage over HTTP, for reading alone: the service counts it."""

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
from shared.security.callers import EngagementsReader

router = noun("dosage")


@router.get("")
async def list_dosage(
    caller: EngagementsReader,
    session: Session,
    paging: Paging,
    student_id: OfStudent = None,
    program_id: OfProgram = None,
) -> Page[Dosage]:
    """The dosage of each engagement that has begun and that the caller may see: planned and delivered
    minutes."""
    found = await queries.dosages(session, caller, paging, student_id, program_id)
    return await actions.disclose_dosages(session, caller, found)


@router.get("/{engagement_id}", responses=refusals(404))
async def read_dosage(
    engagement_id: UUID, caller: EngagementsReader, session: Session, response: Response
) -> Dosage:
    """The dosage of one engagement. An engagement that has not begun has none."""
    return tagged(response, await actions.disclose_dosage(session, caller, engagement_id))
