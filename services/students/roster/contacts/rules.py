"""What must hold for contacts."""

from datetime import date

from shared.core.refusals import Conflict


def ensure_not_linked(*, linked: bool) -> None:
    if linked:
        raise Conflict("contact-linked", "This person is a contact of the child already.")


def ensure_ends_in_order(begins_on: date, ends_on: date) -> None:
    if ends_on < begins_on:
        raise Conflict("restriction-ends-before", f"The restriction begins on {begins_on}.")
