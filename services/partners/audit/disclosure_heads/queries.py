"""Reading the heads that were received."""

from sqlalchemy import select

from services.partners.audit.disclosure_heads.records import HeardHeadRow, heard_disclosure_head
from shared.contracts.partners.disclosure_head import HeardHead
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns
from shared.security.principal import Principal


async def heads(reader: Reading, _: Principal, paging: PageRequest) -> Page[HeardHead]:
    """The heads, newest first. They name no child and are public."""
    found = select(*columns(HeardHead, HeardHeadRow))
    return await page(
        reader,
        found,
        HeardHead,
        paging,
        by=[heard_disclosure_head.at, heard_disclosure_head.head_id],
        descending=True,
    )
