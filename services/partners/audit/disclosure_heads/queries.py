"""Reading the heads that were heard."""

from typing import Any

from sqlalchemy import select

from services.partners.audit.disclosure_heads.records import HeardHeadRow
from shared.contracts.partners.disclosure_head import HeardHead
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns
from shared.security.principal import Principal

H: Any = HeardHeadRow


async def heads(reader: Reading, _: Principal, paging: PageRequest) -> Page[HeardHead]:
    """Newest first. They name no child and are told to everybody."""
    found = select(*columns(HeardHead, H))
    return await page(reader, found, HeardHead, paging, by=[H.at, H.head_id], descending=True)
