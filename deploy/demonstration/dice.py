"""Chance that falls the same way every time."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

SEED = 20260701
T = TypeVar("T")


def dice(part: str) -> Random:
    """A source of chance for one part, so that a change in one part moves no other."""
    return Random(f"{SEED} {part}")  # noqa: S311 - nothing here is secret


def happens(chance: Random, per_cent: float) -> bool:
    return chance.random() * 100 < per_cent


def weighted(chance: Random, choices: Sequence[tuple[T, int]]) -> T:
    """One of the values, each as likely as its weight."""
    return chance.choices([v for v, _ in choices], [weight for _, weight in choices])[0]
