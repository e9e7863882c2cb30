"""The purposes for which a child's record is asked for. A request has one, an agreement allows
one."""

from enum import StrEnum


class Purpose(StrEnum):
    """The purpose of a request. `education` and `family` are the school's and the family's own and
    need no agreement; partners ask for the others."""

    EDUCATION = "education"
    FAMILY = "family"
    SERVICE = "service"
    """Serving the child: tutoring, mentoring, after-school, health."""
    COORDINATION = "coordination"
    """Planning the child's support among those who give it."""
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
