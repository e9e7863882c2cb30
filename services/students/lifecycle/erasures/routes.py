"""Erasures over HTTP."""

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
from shared.security.callers import StudentsWriter

router = noun("erasures")
of_child = noun("erasures", "/v1/students/{student_id}/erasure")


@of_child.post("", status_code=201, responses=refusals(404, 409))
async def erase_student(
    student_id: UUID, draft: ErasureDraft, caller: StudentsWriter, session: Session, now: Now,
    response: Response,
) -> Erasure:  # fmt: skip
    """Erase a child for good: one who has left, or whose family's request the district granted. The
    answer is the certificate, which the other services complete. Announces
    `students.student.erased.v1`."""
    row = await actions.erase(session, caller, student_id, draft, now)
    await session.flush()
    return tagged(response, await queries.one_erasure(session, caller, row.id))


@router.get("")
async def list_erasures(
    caller: StudentsWriter, reader: Reader, paging: Paging, status: OfStatus[ErasureStatus] = None
) -> Page[Erasure]:
    """The erasures of the caller's district, the latest first."""
    return await queries.erasures(reader, caller, paging, status)


@router.get("/{erasure_id}", responses=refusals(404))
async def read_erasure(
    erasure_id: UUID, caller: StudentsWriter, reader: Reader, response: Response
) -> Erasure:
    """The certificate of one erasure: the classes erased, the time, and the services that have
    confirmed."""
    return tagged(response, await queries.one_erasure(reader, caller, erasure_id))
