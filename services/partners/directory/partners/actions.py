"""Registering and changing partners."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.backbones.queries import ensure_tends
from services.partners.directory.partners import queries, rules
from services.partners.directory.partners.records import PartnerRow
from shared.contracts.partners.partner import (
    PartnerChange,
    PartnerChanged,
    PartnerDraft,
    PartnerRegistered,
)
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def register(session: AsyncSession, caller: Principal, draft: PartnerDraft) -> PartnerRow:
    if draft.parent_id is not None:
        await queries.one_partner(session, draft.parent_id)

    rules.ensure_may_register(caller, draft.kind, draft.parent_id)

    partner = PartnerRow(**rules.stored(draft))

    announce(session, partner, PartnerRegistered(partner_id=partner.id, **state(partner)))
    return partner


async def change(
    session: AsyncSession,
    caller: Principal,
    partner_id: UUID,
    expected: int,
    wanted: PartnerChange,
) -> PartnerRow:
    partner = await queries.partner_row(session, partner_id)
    ensure_version(partner, expected)

    await ensure_tends(session, caller, partner_id, partner.parent_id)

    partner.sqlmodel_update(rules.stored(wanted))

    announce(session, partner, PartnerChanged(partner_id=partner.id, **state(partner)))
    return partner


def state(partner: PartnerRow) -> dict[str, Any]:
    return partner.model_dump(include={"name", "kind", "status", "parent_id"})
