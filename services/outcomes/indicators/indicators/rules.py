"""What must hold for an indicator and its definitions."""

from typing import NamedTuple
from uuid import UUID

from shared.contracts.outcomes.indicator import DefinitionDraft, Derivation, PeriodKind, Unit
from shared.core.refusals import Conflict


def ensure_derivable(derivation: str | None, draft: DefinitionDraft) -> None:
    """What follows from events is a share per school year."""
    if derivation is None:
        return
    if (draft.unit, draft.period_kind) != (Unit.PERCENT, PeriodKind.SCHOOL_YEAR):
        raise Conflict(
            "derivation-share-per-year",
            f"{Derivation(derivation)} is a share (unit percent) of a school year.",
        )


def ensure_key_free(taken: bool) -> None:
    if taken:
        raise Conflict("indicator-key-taken", "Another indicator has this key.")


def ensure_differs(current: DefinitionDraft, draft: DefinitionDraft) -> None:
    """A definition that says the same is no new one."""
    if current == draft:
        raise Conflict("definition-unchanged", "The definition in force says the same.")


class KnownDefinition(NamedTuple):
    """What a row's indicator and version stand for. `derived` ones take no files."""

    id: UUID
    indicator_id: UUID
    unit: Unit
    period_kind: PeriodKind
    derived: bool
