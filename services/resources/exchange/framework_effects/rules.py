"""What a package adds to the items of its framework, changes and ends."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from shared.contracts.imports import ImportEffect, PartEffect

Items = Mapping[UUID, Mapping[str, Any]]


def compared(
    framework_id: UUID, title: str, before: Items, after: Sequence[Mapping[str, Any]]
) -> ImportEffect:
    known = {item["identifier"]: item for item in after}
    ended = len(before.keys() - known.keys())
    changed = sum(before[id] != known[id] for id in before.keys() & known.keys())
    part = PartEffect(id=framework_id, name=title, known=len(before), ended=ended)
    return ImportEffect(
        noun="items", added=len(known.keys() - before.keys()), changed=changed, ended=ended,
        known=len(before), parts=[part] if ended else [],
    )  # fmt: skip


def summed(effects: Sequence[ImportEffect]) -> ImportEffect:
    sums = {
        name: sum(getattr(effect, name) for effect in effects)
        for name in ("added", "changed", "ended", "known")
    }
    parts = [part for effect in effects for part in effect.parts]
    return ImportEffect(noun="items", parts=parts, **sums)
