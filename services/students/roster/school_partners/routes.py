"""The partner that a school is, over HTTP."""

from uuid import UUID

from fastapi import Response

from services.students.roster.school_partners import actions, queries
from shared.contracts.students.school import SchoolPartner, SchoolPartnerDraft
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import DirectoryReader, StudentsWriter

router = noun("schools", prefix="/v1/schools/{school_id}/partner")


@router.get("", responses=refusals(404))
async def read_school_partner(
    school_id: UUID, _: DirectoryReader, reader: Reader, response: Response
) -> SchoolPartner:
    """The partner that a school of the roster is. Its version is 0 where nothing was said of it."""
    return tagged(response, await queries.one_school_partner(reader, school_id))


@router.put("", responses=refusals(404, 409, 412, 428))
async def link_school(
    school_id: UUID, wanted: SchoolPartnerDraft, expected: IfMatch, caller: StudentsWriter,
    session: Session, response: Response,
) -> SchoolPartner:  # fmt: skip
    """Say which partner a school of the roster is: for the administrator of its district. The partner is
    a school of that district. The link gives nobody access to anything. Announces
    `students.school.linked.v1`."""
    await actions.link(session, caller, school_id, expected, wanted.partner_id)
    await session.flush()
    return tagged(response, await queries.one_school_partner(session, school_id))
