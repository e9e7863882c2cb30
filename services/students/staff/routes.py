"""Staff over HTTP."""

from typing import Annotated

from services.students.staff import queries
from shared.access import Permission, may
from shared.contracts.students.school import Staff
from shared.database import Reader
from shared.filters import ByIdentifier
from shared.paging import Page, Paging
from shared.principal import Principal
from shared.route import noun

router = noun("staff")
Keeper = Annotated[Principal, may(Permission.STAFF_READ)]


@router.get("")
async def list_staff(
    caller: Keeper, reader: Reader, paging: Paging, identifier: ByIdentifier = None
) -> Page[Staff]:
    """Staff of the own district's schools by name, to find whom a membership is for."""
    return await queries.staff(reader, caller, paging, identifier)
