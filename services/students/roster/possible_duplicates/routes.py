"""Records that may be of one child, over HTTP."""

from uuid import UUID

from fastapi import Response

from services.students.roster.possible_duplicates import actions, queries
from shared.contracts.students.possible_duplicate import (
    DuplicateDecision,
    DuplicateStatus,
    PossibleDuplicate,
)
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfStatus, OfStudent
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import StudentsWriter

router = noun("possible-duplicates")


@router.get("")
async def list_possible_duplicates(
    caller: StudentsWriter, reader: Reader, paging: Paging,
    status: OfStatus[DuplicateStatus] = None, student_id: OfStudent = None,
) -> Page[PossibleDuplicate]:  # fmt: skip
    """The pairs of records of the caller's district that may be of one child, the latest first. It
    holds ids alone; `GET /v1/students/{id}` reads each of the two."""
    return await queries.possible_duplicates(
        reader, caller, paging, status=status, student_id=student_id
    )


@router.get("/{possible_duplicate_id}", responses=refusals(404))
async def read_possible_duplicate(
    possible_duplicate_id: UUID, caller: StudentsWriter, reader: Reader, response: Response
) -> PossibleDuplicate:
    """One pair of records that may be of one child."""
    found = await queries.one_possible_duplicate(reader, caller, possible_duplicate_id)
    return tagged(response, found)


@router.post("/{possible_duplicate_id}/decision", responses=refusals(404, 412, 428))
async def decide_possible_duplicate(
    possible_duplicate_id: UUID, decision: DuplicateDecision, expected: IfMatch,
    caller: StudentsWriter, session: Session, now: Now, response: Response,
) -> PossibleDuplicate:  # fmt: skip
    """Decide whether both records are of the same child. Of `same`, court orders, opt-outs,
    refusals and the marks of contacts count in both records from now on; of `different`, nothing of
    one record counts in the other any longer. A later decision replaces this one. Announces
    `students.possible-duplicate.changed.v1`."""
    await actions.decide(session, caller, possible_duplicate_id, expected, decision, now)
    await session.flush()
    found = await queries.one_possible_duplicate(session, caller, possible_duplicate_id)
    return tagged(response, found)
