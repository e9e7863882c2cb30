"""Reading what a backbone leads. A partner answers to a backbone while that backbone leads each of
its present partnerships, of which there is at least one."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from services.partners.directory.partners.records import partner
from services.partners.directory.partners.rules import ensure_keeps
from services.partners.identity.memberships.records import membership
from services.partners.partnerships.members.records import partnership_member
from shared.contracts.partners.membership import MembershipStatus
from shared.contracts.partners.partner import PartnerKind
from shared.contracts.partners.partnership import MemberRole
from shared.persistence.database import Reading
from shared.security.principal import Principal, Role

PRESENT = partnership_member.left_on.is_(None)
KEEPERS_OF_RECORDS = (PartnerKind.DISTRICT, PartnerKind.SCHOOL)


def led_by(partner_id: Any) -> Select[Any]:
    """The partnerships whose backbone the partner is now."""
    return select(partnership_member.partnership_id).where(
        partnership_member.partner_id == partner_id,
        partnership_member.roles.contains([MemberRole.BACKBONE]),
        PRESENT,
    )


def members_led_by(partner_id: Any, *, present: bool) -> Select[Any]:
    """The members of these partnerships: the present ones, or also the former."""
    found = select(partnership_member.partner_id).where(
        partnership_member.partnership_id.in_(led_by(partner_id))
    )
    return found.where(PRESENT) if present else found


def _answering(partner_id: Any) -> Select[Any]:
    led = partnership_member.partnership_id.in_(led_by(partner_id))
    return (
        select(partnership_member.partner_id)
        .where(PRESENT)
        .group_by(partnership_member.partner_id)
        .having(func.bool_and(led))
    )


def _administered() -> ColumnElement[bool]:
    """Whether somebody administers the partner: its own administrator, or its district's."""
    own = membership.role.in_((Role.PARTNER_ADMIN, Role.DISTRICT_ADMIN))
    above = membership.role == Role.DISTRICT_ADMIN
    return (
        select(membership.id)
        .where(
            membership.status == MembershipStatus.LIVE,
            ((membership.partner_id == partner.id) & own)
            | ((membership.partner_id == partner.parent_id) & above),
        )
        .exists()
    )


async def led(reader: Reading, caller: Principal) -> frozenset[UUID]:
    """The partnerships that the caller's partner leads."""
    return await _ids(reader, caller, led_by(caller.partner_id))


async def answering(reader: Reading, caller: Principal) -> frozenset[UUID]:
    """The partners that answer to the caller's partner."""
    return await _ids(reader, caller, _answering(caller.partner_id))


async def in_care(reader: Reading, caller: Principal) -> frozenset[UUID]:
    """Of these, the ones without an administrator. A district or a school is never among them,
    since an administrator there has power over children's records."""
    found = select(partner.id).where(
        partner.id.in_(_answering(caller.partner_id)),
        partner.kind.not_in(KEEPERS_OF_RECORDS),
        ~_administered(),
    )
    return await _ids(reader, caller, found)


async def ever_members(reader: Reading, caller: Principal) -> frozenset[UUID]:
    """The members, present or former, of the partnerships that the caller's partner leads."""
    return await _ids(reader, caller, members_led_by(caller.partner_id, present=False))


async def _ids(reader: Reading, caller: Principal, found: Select[Any]) -> frozenset[UUID]:
    if caller.role is not Role.BACKBONE or caller.partner_id is None:
        return frozenset()
    return frozenset((await reader.execute(found)).scalars())


async def ensure_tends(
    reader: Reading, caller: Principal, partner_id: UUID | None, parent_id: UUID | None
) -> None:
    """Whether the caller may change the partner's entries in the directory: those who keep it, and
    the backbone in whose care it is."""
    ensure_keeps(caller, partner_id, parent_id, await in_care(reader, caller))
