"""Reading partners. The directory is public."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Select, bindparam, false, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.partners.directory.partners.records import PartnerRow, partner
from shared.contracts.partners.partner import Partner, PartnerKind, PartnerStatus
from shared.http.list_for_all import ListForAll
from shared.http.paging import PageRequest
from shared.persistence.database import Reading
from shared.persistence.queries import columns, row_for_change
from shared.persistence.statements import Statement, among
from shared.security.principal import Principal, Role

parent: Any = aliased(partner, name="parent")
listed: Any = aliased(partner, name="listed")


def kept_by(caller: Principal, partner_id: Any) -> list[Any]:
    """Conditions on the column `partner_id`: the caller's own partner, for a district's
    administrator also its schools, for the operator all."""
    if caller.role is Role.OPERATOR:
        return []
    if caller.partner_id is None:
        return [false()]
    if caller.role is Role.DISTRICT_ADMIN:
        below = select(partner.id).where(partner.parent_id == caller.partner_id)
        return [(partner_id == caller.partner_id) | partner_id.in_(below)]
    return [partner_id == caller.partner_id]


def answers() -> Select[Any]:
    named = parent.name.label("parent_name")
    return select(*columns(Partner, PartnerRow), named).outerjoin(
        parent, parent.id == partner.parent_id
    )


def names_of(partner_ids: Any) -> Any:
    """The names of the partners of this column of ids, in the same order."""
    each: Any = func.unnest(partner_ids).table_valued("id", with_ordinality="at").render_derived()
    named = select(listed.name).join(each, each.c.id == listed.id).order_by(each.c.at)
    return func.array(named.correlate_except(listed, each).scalar_subquery())


PARTNER = Statement(answers().where(partner.id == bindparam("partner_id")), Partner)
PARTNERS = ListForAll(
    answers(), Partner, by=[partner.name, partner.id],
    filters={
        "ids": among(partner.id),
        "kind": partner.kind == bindparam("kind"),
        "status": partner.status == bindparam("status"),
        "parent_id": partner.parent_id == bindparam("parent_id"),
    },
)  # fmt: skip


async def partners(
    reader: Reading,
    ids: Sequence[UUID],
    kind: PartnerKind | None,
    status: PartnerStatus | None,
    parent_id: UUID | None,
    paging: PageRequest,
) -> Response:
    return await PARTNERS.page(
        reader, paging, ids=ids, kind=kind, status=status, parent_id=parent_id
    )


async def one_partner(reader: Reading, partner_id: UUID) -> Partner:
    return await PARTNER.one(reader, "partner", partner_id=partner_id)


async def partner_row(session: AsyncSession, partner_id: UUID) -> PartnerRow:
    """For change: locked until the transaction ends. An action that adds to a partner or removes
    from it locks it first."""
    return await row_for_change(session, PartnerRow, partner_id, "partner")
