"""Who may make whom what."""

from uuid import UUID

from services.partners.directory.partners.rules import EVERY_PARTNER, keeps
from shared.contracts.partners.membership import MembershipStatus
from shared.contracts.partners.partner import PartnerKind
from shared.core.refusals import Conflict, Fault, Forbidden, Malformed
from shared.security.principal import Principal, Role

NEVER = {Role.PUBLIC, Role.GATEWAY, Role.PARTNER_SYSTEM}
# Who is a person of the children's records, by which partners. The district that says so is part
# of the membership: what students answers under it is of that district's children only.
OF_RECORDS: dict[Role, set[PartnerKind]] = {
    Role.EDUCATOR: {PartnerKind.DISTRICT, PartnerKind.SCHOOL},
    Role.GUARDIAN: {PartnerKind.DISTRICT},
    Role.STUDENT: {PartnerKind.DISTRICT},
}
# Whose power is over children's records belongs where these are kept.
KINDS = OF_RECORDS | {Role.DISTRICT_ADMIN: {PartnerKind.DISTRICT}}
NEEDS_PARTNER = {Role.CASE_WORKER, Role.PARTNER_ADMIN, *KINDS}
# Only who answers for the children's records says who is whose guardian, and who teaches.
GRANTED_BY: dict[Role, set[Role]] = {
    Role.DISTRICT_ADMIN: {
        Role.DISTRICT_ADMIN, Role.PARTNER_ADMIN, Role.EDUCATOR, Role.CASE_WORKER, Role.GUARDIAN,
        Role.STUDENT,
    },
    Role.PARTNER_ADMIN: {Role.PARTNER_ADMIN, Role.CASE_WORKER},
}  # fmt: skip


def ensure_complete(role: Role, partner_id: UUID | None, person_id: UUID | None) -> None:
    if role in NEVER:
        raise _malformed("role", "role-not-granted", "Nobody is granted this role.")
    if role in NEEDS_PARTNER and partner_id is None:
        raise _malformed("partner_id", "partner-needed", "This role is one at a partner.")
    if role in OF_RECORDS and person_id is None:
        raise _malformed("person_id", "person-needed", "This role is a person known to students.")


def ensure_fits(role: Role, kind: str | None) -> None:
    """A person of the children's records is one by a district (an educator also by a school), so
    that no other partner can tie anybody to a child (34 CFR 99.4, 99.31(c))."""
    if role in KINDS and kind not in KINDS[role]:
        raise Conflict("partner-not-district", f"A {role} is one by a district.")


def ensure_may_grant(
    caller: Principal, role: Role, partner_id: UUID | None, parent_id: UUID | None
) -> None:
    """Raises `membership-not-yours`. The operator grants anything, the backbone all but operators
    and people of the children's records; an administrator the roles of the own partner, a
    district's also of its schools (`parent_id` is the partner's parent)."""
    if caller.role is Role.OPERATOR:
        return
    granted = set(Role) - {Role.OPERATOR, *OF_RECORDS}
    if caller.role not in EVERY_PARTNER:
        granted = GRANTED_BY.get(caller.role, set()) if partner_id is not None else set()
    if role not in granted or not keeps(caller, partner_id, parent_id):
        raise Forbidden("membership-not-yours", "You may not grant or end this membership.")


def ensure_not_self(caller: Principal, account_id: UUID) -> None:
    """Who may grant to others takes no further power alone; only the operator stands above."""
    if caller.account_id == account_id and caller.role is not Role.OPERATOR:
        raise Forbidden("membership-own", "Somebody else must grant you a membership.")


def ensure_operator_remains(role: str, operators: int) -> None:
    if role == Role.OPERATOR and operators <= 1:
        raise Conflict("operator-last", "The platform keeps at least one operator.")


def ensure_live(status: str) -> None:
    if status != MembershipStatus.LIVE:
        raise Conflict("membership-ended", "This membership has ended.")


def _malformed(field: str, code: str, reason: str) -> Malformed:
    return Malformed(
        "membership-incomplete", reason, [Fault(field=f"body.{field}", code=code, reason=reason)]
    )
