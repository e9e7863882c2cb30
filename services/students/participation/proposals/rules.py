"""The rules of proposals."""

from datetime import date, timedelta

from shared.contracts.students.proposal import ProposalStatus
from shared.core.refusals import Conflict, Forbidden
from shared.security.principal import Role

OPEN_DAYS = 60
ASKING = frozenset({Role.EDUCATOR, Role.DISTRICT_ADMIN})


def ensure_may_propose(role: Role) -> None:
    if role not in ASKING:
        raise Forbidden(
            "proposal-by-school",
            "Only a school or a district proposes a program; a family applies for it.",
        )


def ensure_may_withdraw(role: Role, *, own: bool) -> None:
    """The district withdraws any proposal, an educator the own."""
    if role is not Role.DISTRICT_ADMIN and not own:
        raise Forbidden("proposal-of-another", "Another person made this proposal.")


def ensure_none_open(*, proposed: bool) -> None:
    if proposed:
        raise Conflict("already-proposed", "The family has been asked and has not answered yet.")


def ensure_open(status: ProposalStatus) -> None:
    if status is not ProposalStatus.OPEN:
        raise Conflict(
            "proposal-not-open", f"The proposal is no longer open; its status is {status}."
        )


def last_day(today: date) -> date:
    return today + timedelta(days=OPEN_DAYS)
