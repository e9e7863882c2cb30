"""Directory information over HTTP. If-Match takes the child's version."""

from uuid import UUID

from fastapi import Response

from services.students.consent.directory_information import actions
from shared.contracts.students.directory import DirectoryChoice, DirectoryInformation
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import ConsentsReader, ConsentsWriter

router = noun("directory-information", "/v1/students/{student_id}/directory-information")


@router.get("", responses=refusals(404))
async def read_directory_information(
    student_id: UUID, caller: ConsentsReader, session: Session, response: Response
) -> DirectoryInformation:
    """The family's choice on directory information, with the person who made it and the time: for
    the family and the district."""
    return tagged(response, await actions.disclose_information(session, caller, student_id))


@router.put("", responses=refusals(404, 409, 412, 428))
async def choose_directory_information(
    student_id: UUID, choice: DirectoryChoice, expected: IfMatch, caller: ConsentsWriter,
    session: Session, now: Now, response: Response,
) -> DirectoryInformation:  # fmt: skip
    """Opt out of directory information, or opt in again (34 CFR 99.37). Announces
    `students.student.rostered.v1`."""
    await actions.choose(session, caller, student_id, expected, choice, now)
    await session.flush()
    return tagged(response, await actions.disclose_information(session, caller, student_id))
