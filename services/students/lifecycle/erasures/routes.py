"""Erasures over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.students.lifecycle.erasures import actions, queries
from shared.contracts.students.erasure import Erasure, ErasureDraft, ErasureStatus
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import tagged
from shared.http.filters import OfStatus
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("erasures")
of_child = noun("erasures", "/v1/students/{student_id}/erasure")
Keeper = Annotated[Principal, may(Permission.STUDENTS_WRITE)]


@of_child.post("", status_code=201, responses=refusals(404, 409))
async def erase_student(
    student_id: UUID, draft: ErasureDraft, caller: Keeper, session: Session, now: Now,
    response: Response,
) -> Erasure:  # fmt: skip
    """Erase a child for good: one that has left, or whose family's request was granted. Answers
    with the certificate, which the other services complete. Announces
    `students.student.erased.v1`."""
    row = await actions.erase(session, caller, student_id, draft, now)
    await session.flush()
    return tagged(response, await queries.erasure(session, caller, row.id))


@router.get("")
async def list_erasures(
    caller: Keeper, reader: Reader, paging: Paging, status: OfStatus[ErasureStatus] = None
) -> Page[Erasure]:
    """The erasures of the caller's district, the latest first."""
    return await queries.erasures(reader, caller, paging, status)


@router.get("/{erasure_id}", responses=refusals(404))
async def read_erasure(
    erasure_id: UUID, caller: Keeper, reader: Reader, response: Response
) -> Erasure:
    """The certificate: what was erased, when, and which services have confirmed."""
    return tagged(response, await queries.erasure(reader, caller, erasure_id))
