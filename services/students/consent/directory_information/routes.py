"""Directory information over HTTP. If-Match takes the child's version."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.students.consent.directory_information import actions
from shared.contracts.students.directory import DirectoryChoice, DirectoryInformation
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("directory-information", "/v1/students/{student_id}/directory-information")
Reader = Annotated[Principal, may(Permission.CONSENTS_READ)]
Speaker = Annotated[Principal, may(Permission.CONSENTS_WRITE)]


@router.get("", responses=refusals(404))
async def read_directory_information(
    student_id: UUID, caller: Reader, session: Session, response: Response
) -> DirectoryInformation:
    """Whether the family has opted out, who said so and when: for the family and the district."""
    return tagged(response, await actions.tell_information(session, caller, student_id))


@router.put("", responses=refusals(404, 409, 412, 428))
async def choose_directory_information(
    student_id: UUID, choice: DirectoryChoice, expected: IfMatch, caller: Speaker,
    session: Session, now: Now, response: Response,
) -> DirectoryInformation:  # fmt: skip
    """Opt out of directory information, or in again (34 CFR 99.37). Announces
    `students.student.rostered.v1`."""
    await actions.choose(session, caller, student_id, expected, choice, now)
    await session.flush()
    return tagged(response, await actions.tell_information(session, caller, student_id))
