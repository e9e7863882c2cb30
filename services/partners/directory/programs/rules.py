"""What must hold for a program."""

from datetime import date

from shared.contracts.partners.program import ProgramStatus
from shared.core.refusals import Conflict


def ensure_open(status: str) -> None:
    """In HSDS a defunct service has ended for good."""
    if status == ProgramStatus.DEFUNCT:
        raise Conflict("program-closed", "The program is closed.")


def ensure_ages(minimum: int | None, maximum: int | None) -> None:
    if minimum is not None and maximum is not None and maximum < minimum:
        raise Conflict("ages-reversed", "The maximum age is below the minimum age.")


def ensure_dates(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise Conflict("dates-reversed", "The program ends before it starts.")
