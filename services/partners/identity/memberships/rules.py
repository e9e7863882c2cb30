"""Which role may grant which membership."""

from collections.abc import Collection
from uuid import UUID

from services.partners.directory.partners.rules import keeps
from shared.contracts.partners.membership import MembershipStatus
from shared.contracts.partners.partner import PartnerKind
from shared.core.refusals import Conflict, Fault, Forbidden, Malformed
from shared.security.principal import Principal, Role

NEVER = {Role.PUBLIC, Role.GATEWAY, Role.PARTNER_SYSTEM, Role.LINK_HOLDER}
# The roles of people in the children's records, and the kinds of partner at which they have them.
# The district is part of the membership: under it, students answers with that district's children
# only.
OF_RECORDS: dict[Role, set[PartnerKind]] = {
    Role.EDUCATOR: {PartnerKind.DISTRICT, PartnerKind.SCHOOL},
    Role.GUARDIAN: {PartnerKind.DISTRICT},
    Role.STUDENT: {PartnerKind.DISTRICT},
}
# A role with power over children's records belongs where these records are kept.
KINDS = OF_RECORDS | {Role.DISTRICT_ADMIN: {PartnerKind.DISTRICT}}
NEEDS_PARTNER = {Role.CASE_WORKER, Role.PARTNER_ADMIN, *KINDS}
# Only those responsible for the children's records name guardians, students and educators.
GRANTED_BY: dict[Role, set[Role]] = {
    Role.DISTRICT_ADMIN: {
        Role.DISTRICT_ADMIN, Role.PARTNER_ADMIN, Role.EDUCATOR, Role.CASE_WORKER, Role.GUARDIAN,
        Role.STUDENT,
    },
    Role.PARTNER_ADMIN: {Role.PARTNER_ADMIN, Role.CASE_WORKER},
    Role.BACKBONE: {Role.BACKBONE, Role.ANALYST, Role.CASE_WORKER},
}  # fmt: skip


def ensure_complete(role: Role, partner_id: UUID | None, person_id: UUID | None) -> None:
    if role in NEVER:
        raise _malformed("role", "role-not-granted", "This role cannot be granted.")
    if role in NEEDS_PARTNER and partner_id is None:
        raise _malformed("partner_id", "partner-needed", "This role needs a partner.")
    if role in OF_RECORDS and person_id is None:
        raise _malformed(
            "person_id", "person-needed", "This role needs a person known to students."
        )


def ensure_fits(role: Role, kind: str | None) -> None:
    """A person of the children's records has their role at a district (an educator also at a
    school), so that no other partner can tie a person to a child (34 CFR 99.4, 99.31(c))."""
    if role in KINDS and kind not in KINDS[role]:
        raise Conflict(
            "partner-not-district",
            "This role is for people at a district, and this partner is not one.",
        )


def may_grant(
    caller: Principal,
    role: Role,
    partner_id: UUID | None,
    parent_id: UUID | None,
    care: Collection[UUID] = (),
) -> bool:
    """The operator grants every role. An administrator grants the roles of the own partner, a
    district's also those of its schools (`parent_id` is the partner's parent); a backbone's staff
    those of colleagues without power over the partner. `care`: the partners without an
    administrator to which the caller may give the first."""
    if caller.role is Role.OPERATOR:
        return True
    if role is Role.PARTNER_ADMIN and partner_id in care:
        return True
    granted = GRANTED_BY.get(caller.role, set()) if partner_id is not None else set()
    return role in granted and keeps(caller, partner_id, parent_id)


def ensure_may_grant(
    caller: Principal,
    role: Role,
    partner_id: UUID | None,
    parent_id: UUID | None,
    care: Collection[UUID] = (),
) -> None:
    """Raises `membership-not-yours`."""
    if not may_grant(caller, role, partner_id, parent_id, care):
        raise Forbidden("membership-not-yours", "You may not grant or end this membership.")


def ensure_not_self(caller: Principal, account_id: UUID) -> None:
    """Nobody grants themselves another role; only the operator may."""
    if caller.account_id == account_id and caller.role is not Role.OPERATOR:
        raise Forbidden("membership-own", "Another person must grant you a membership.")


def ensure_operator_remains(role: str, operators: int) -> None:
    if role == Role.OPERATOR and operators <= 1:
        raise Conflict("operator-last", "The last operator's membership cannot be ended.")


def ensure_live(status: str) -> None:
    if status != MembershipStatus.LIVE:
        raise Conflict("membership-ended", "This membership has ended.")


def _malformed(field: str, code: str, reason: str) -> Malformed:
    return Malformed(
        "membership-incomplete", reason, [Fault(field=f"body.{field}", code=code, reason=reason)]
    )
