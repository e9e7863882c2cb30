"""A partner's sharing in numbers, over HTTP."""

from uuid import UUID

from services.students.sharing.sharing_status import queries
from shared.contracts.students.sharing import Sharing
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.callers import SharingReader

router = noun("sharing")


@router.get("/{partner_id}", responses=refusals(404))
async def read_sharing(partner_id: UUID, caller: SharingReader, reader: Reader) -> Sharing:
    """A partner's sharing in numbers: the messages published to its stream; the messages withheld,
    with the clause; the receipts it still owes. For the partner itself, and for accounts that look
    after all partners."""
    return await queries.sharing(reader, caller, partner_id)
