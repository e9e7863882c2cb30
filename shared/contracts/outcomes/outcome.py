"""The seven cradle-to-career outcomes of StriveTogether; fixed, with their exact names."""

from enum import StrEnum

from shared.contracts.base import Answer


class Outcome(StrEnum):
    KINDERGARTEN_READINESS = "Kindergarten Readiness"
    EARLY_GRADE_READING = "Early Grade Reading"
    MIDDLE_GRADE_MATH = "Middle Grade Math"
    HIGH_SCHOOL_GRADUATION = "High School Graduation"
    POSTSECONDARY_ENROLLMENT = "Postsecondary Enrollment"
    POSTSECONDARY_COMPLETION = "Postsecondary Completion"
    EMPLOYMENT = "Employment"


class OutcomeSummary(Answer):
    """An outcome, and how many indicators of each level measure it."""

    name: Outcome
    position: int
    core: int
    contributing: int
