"""For what a child's record is asked for. A request has one purpose, an agreement allows one."""

from enum import StrEnum


class Purpose(StrEnum):
    """`education` and `family` are the school's and the family's own and need no agreement; the
    others are what partners ask for."""

    EDUCATION = "education"
    FAMILY = "family"
    SERVICE = "service"
    """Serving the child: tutoring, mentoring, after-school, health."""
    COORDINATION = "coordination"
    """Agreeing on the child's support among those who give it."""
    EVALUATION = "evaluation"
    STUDY = "study"
    AUDIT = "audit"


PARTNER_PURPOSES = (
    Purpose.SERVICE,
    Purpose.COORDINATION,
    Purpose.EVALUATION,
    Purpose.STUDY,
    Purpose.AUDIT,
)
