"""The brake: how much an import may end or fill in unasked. One rule for all kinds, pure.

A register that was not ready writes a file without rows, and a filter that is set wrong leaves a
school out. Whatever such a file lacks would end. An import that ends more than a share of what is in
force, in all or in one part (a school, a partner, a framework), waits for a confirmation.

So does an import that would be the first to fill in days that its file does not name. The load knows
whether it is, and says so of the part (`to_confirm`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.contracts.imports import ImportEffect, PartEffect

ALL_OF_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Brake:
    """`share`: of what is in force, from 0 to 1. `least`: fewer are never too many, so that a small
    school that loses a child is not asked; but all that there are of a kind are, from two on, where
    nothing comes in their place."""

    share: float = 0.1
    least: int = 5
    days: int = 7
    """For which an import waits for its confirmation, and its file is kept."""

    def judged(self, effects: Iterable[ImportEffect]) -> list[ImportEffect]:
        """The effects, saying of each whether it needs a confirmation."""
        return [self._judged(effect) for effect in effects]

    def _judged(self, effect: ImportEffect) -> ImportEffect:
        parts = [
            part.model_copy(update={"to_confirm": part.to_confirm or self._is_too_much(part)})
            for part in effect.parts
        ]
        all_end = effect.ended == effect.known >= ALL_OF_SEVERAL and not effect.added
        too_much = (
            (all_end and self.share < 1)
            or self._is_too_much(effect)
            or any(p.to_confirm for p in parts)
        )
        return effect.model_copy(update={"to_confirm": too_much, "parts": parts})

    def _is_too_much(self, of: ImportEffect | PartEffect) -> bool:
        return of.ended >= self.least and of.ended > self.share * of.known


def to_confirm(effects: Iterable[ImportEffect]) -> bool:
    return any(effect.to_confirm for effect in effects)


def exceeds(effects: Iterable[ImportEffect], confirmed: Sequence[ImportEffect]) -> bool:
    """Whether anything ends, in all or in a part, or is filled in for the first time, beyond what was
    confirmed."""
    asked = {key: count for effect in confirmed for key, count in _asked(effect)}
    return any(count > asked.get(key, 0) for effect in effects for key, count in _asked(effect))


def _asked(effect: ImportEffect) -> Iterable[tuple[tuple[str, ...], int]]:
    yield (effect.noun, "ended"), effect.ended
    for part in effect.parts:
        yield (effect.noun, str(part.id), "ended"), part.ended
        if part.to_confirm:
            yield (effect.noun, str(part.id), "filled"), part.filled
