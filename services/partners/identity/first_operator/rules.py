"""What must hold before anybody becomes the first operator."""

from shared.core.refusals import Conflict


def ensure_none(has_operator: bool) -> None:
    if has_operator:
        raise Conflict("operator-known", "There is an operator already, who admits the others.")
