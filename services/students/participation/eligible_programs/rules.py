"""Whether a program is for a child, by its own eligibility (HSDS)."""

from datetime import date

from services.students.participation.engagements.rules import Eligibility, ensure_eligible
from shared.contracts.students.opportunity import NotKnown
from shared.core.refusals import Conflict


def fits(program: Eligibility, born: date | None, grade: str | None, today: date) -> bool:
    """Whether the child is eligible, by the rule that an application meets."""
    try:
        ensure_eligible(program, born, grade, today)
    except Conflict:
        return False
    return True


def not_known(born: date | None, grade: str | None) -> list[NotKnown]:
    missing = [(born is None, NotKnown.AGE), (grade is None, NotKnown.GRADE)]
    return [what for absent, what in missing if absent] + [NotKnown.PLACE]
