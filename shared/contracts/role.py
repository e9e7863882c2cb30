"""The roles of the people and systems of the partnership."""

from enum import StrEnum


class Role(StrEnum):
    """The role of a person or a system in the partnership. A membership gives exactly one."""

    DISTRICT_ADMIN = "district_admin"
    EDUCATOR = "educator"
    CASE_WORKER = "case_worker"
    PARTNER_ADMIN = "partner_admin"
    GUARDIAN = "guardian"
    STUDENT = "student"
    BACKBONE = "backbone"
    ANALYST = "analyst"
    OPERATOR = "operator"
    PARTNER_SYSTEM = "partner_system"  # a partner's program, by its API client
    LINK_HOLDER = "link_holder"  # somebody with a link to one referral, for its partner
    PUBLIC = "public"  # nobody signed in
    GATEWAY = "gateway"  # the gateway on its own account


SOMEBODY: dict[Role, str] = {
    Role.DISTRICT_ADMIN: "A district administrator",
    Role.EDUCATOR: "An educator",
    Role.CASE_WORKER: "A case worker",
    Role.PARTNER_ADMIN: "A partner administrator",
    Role.GUARDIAN: "A guardian",
    Role.STUDENT: "A student",
    Role.BACKBONE: "A backbone",
    Role.ANALYST: "An analyst",
    Role.OPERATOR: "An operator",
    Role.PARTNER_SYSTEM: "A partner's system",
    Role.LINK_HOLDER: "Somebody with a link",
    Role.PUBLIC: "Somebody who is not signed in",
    Role.GATEWAY: "The gateway",
}
"""Somebody with the role, as the subject of a sentence."""
