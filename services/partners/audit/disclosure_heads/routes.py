"""The heads of the disclosure log, as their witness received them."""

from services.partners.audit.disclosure_heads import queries
from shared.contracts.partners.disclosure_head import HeardHead
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.callers import DirectoryReader

router = noun("disclosure-heads")


@router.get("")
async def list_heads(caller: DirectoryReader, reader: Reader, paging: Paging) -> Page[HeardHead]:
    """The heads of the disclosure log, day by day, newest first: the number and hash of its last
    row. Public, so that a rewritten log does not go unnoticed."""
    return await queries.heads(reader, caller, paging)
