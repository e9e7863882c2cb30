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
    PUBLIC = "public"  # nobody signed in
    GATEWAY = "gateway"  # the gateway on its own account
