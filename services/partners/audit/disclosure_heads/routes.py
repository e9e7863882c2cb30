"""The heads of the disclosure log, as their witness heard them."""

from typing import Annotated

from services.partners.audit.disclosure_heads import queries
from shared.contracts.partners.disclosure_head import HeardHead
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("disclosure-heads")
Anybody = Annotated[Principal, may(Permission.DIRECTORY_READ)]


@router.get("")
async def list_heads(caller: Anybody, reader: Reader, paging: Paging) -> Page[HeardHead]:
    """Where the log of disclosures stood, day by day, newest first: the number and hash of its
    last row. Public, so that nobody can rewrite the log without everybody's knowing."""
    return await queries.heads(reader, caller, paging)
