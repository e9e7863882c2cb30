"""Staff over HTTP."""

from services.students.roster.staff import queries
from shared.contracts.students.school import Staff
from shared.http.filters import ByIdentifier
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.callers import StaffReader

router = noun("staff")


@router.get("")
async def list_staff(
    caller: StaffReader, reader: Reader, paging: Paging, identifier: ByIdentifier = None
) -> Page[Staff]:
    """The staff of the caller's district's schools, by name. It serves to find the person for a
    membership."""
    return await queries.staff(reader, caller, paging, identifier)
