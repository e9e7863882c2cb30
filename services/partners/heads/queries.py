"""Reading the heads that were heard."""

from typing import Any

from sqlalchemy import select

from services.partners.heads.records import HeardHeadRow
from shared.contracts.partners.disclosure_head import HeardHead
from shared.database import Reading
from shared.paging import Page, PageRequest, page
from shared.principal import Principal
from shared.queries import columns

H: Any = HeardHeadRow


async def heads(reader: Reading, _: Principal, paging: PageRequest) -> Page[HeardHead]:
    """Newest first. They name no child and are told to everybody."""
    found = select(*columns(HeardHead, H))
    return await page(reader, found, HeardHead, paging, by=[H.at, H.head_id], descending=True)
