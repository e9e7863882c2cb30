"""How a partner's sharing stands, over HTTP."""

from typing import Annotated
from uuid import UUID

from services.students.sharing.sharing_status import queries
from shared.contracts.students.sharing import Sharing
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("sharing")
Viewer = Annotated[Principal, may(Permission.SHARING_READ)]


@router.get("/{partner_id}", responses=refusals(404))
async def read_sharing(partner_id: UUID, caller: Viewer, reader: Reader) -> Sharing:
    """How many events the partner's stream was told and how many not, and why; which receipts are
    missing. For the partner itself, and for who looks after all partners: numbers only."""
    return await queries.sharing(reader, caller, partner_id)
