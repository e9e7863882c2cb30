"""What must hold for an indicator and its definitions."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from shared.contracts.outcomes.indicator import DefinitionDraft, PeriodKind, Unit
from shared.core.refusals import Conflict, Forbidden
from shared.security.principal import Principal


def ensure_derivable(derivation: str | None, draft: DefinitionDraft) -> None:
    """An indicator derived from events is a share per school year."""
    if derivation is None:
        return
    if (draft.unit, draft.period_kind) != (Unit.PERCENT, PeriodKind.SCHOOL_YEAR):
        raise Conflict(
            "derivation-share-per-year",
            "A derived indicator is a percentage, and its periods are school years.",
        )


def ensure_key_free(taken: bool) -> None:
    if taken:
        raise Conflict("indicator-key-taken", "Another indicator has this key.")


def ensure_differs(current: DefinitionDraft, draft: DefinitionDraft) -> None:
    """A definition that says the same as the one in force is not a new one."""
    if current == draft:
        raise Conflict("definition-unchanged", "The definition in force already says the same.")


def ensure_led(caller: Principal, showing: Collection[UUID]) -> None:
    """A new definition changes each scorecard that shows the indicator. `showing`: the partnerships
    of these scorecards."""
    if not set(showing) <= caller.leads:
        raise Forbidden(
            "partnership-not-led",
            "A partnership that you do not lead shows this indicator; define another one.",
        )


class KnownDefinition(NamedTuple):
    """The definition that a file's indicator key and version name. Files may not name a `derived`
    one."""

    id: UUID
    indicator_id: UUID
    unit: Unit
    period_kind: PeriodKind
    derived: bool
