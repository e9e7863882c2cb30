"""Staff over HTTP."""

from typing import Annotated

from services.students.roster.staff import queries
from shared.contracts.students.school import Staff
from shared.http.filters import ByIdentifier
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("staff")
Keeper = Annotated[Principal, may(Permission.STAFF_READ)]


@router.get("")
async def list_staff(
    caller: Keeper, reader: Reader, paging: Paging, identifier: ByIdentifier = None
) -> Page[Staff]:
    """Staff of the own district's schools by name, to find whom a membership is for."""
    return await queries.staff(reader, caller, paging, identifier)
