"""The disclosure log: every release of something of a child, and every refusal (34 CFR 99.32)."""

from enum import StrEnum


class Channel(StrEnum):
    """How something was released or asked for."""

    READ = "read"
    """One child."""
    LIST = "list"
    """Among others: a list, a caseload, a search."""
    GRANT = "grant"
    """What resources or outcomes tell against students' grant."""
    EVENT = "event"
    """In a partner's own stream."""
    EXPORT = "export"


class DisclosureOutcome(StrEnum):
    RELEASED = "released"
    REFUSED = "refused"
