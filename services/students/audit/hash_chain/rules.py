"""The hash chain of the disclosure log: sealing it, and finding the first row that is not as it was.

A row's hash is SHA-256 over the hash before it and the row's canonical JSON (RFC 8785). The JSON
holds all columns but those of the sealing, and no null ones, so that a column added later leaves
older hashes as they were.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.formats.canonical_json import canonical_json

OUTSIDE = frozenset({"position", "seq", "hash"})
LATE_SECONDS = 600
"""A row is written within the longest life of a transaction, which is far less than this."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seal:
    """Row number `seq` and its hash."""

    seq: int
    hash: bytes


BEGINNING = Seal(0, bytes(32))


@dataclass(frozen=True, slots=True)
class Mark:
    """The highest position that could be seen, and the transactions that were open then: once they
    have ended, no row will appear at this position or below it any more."""

    position: int
    writers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Head:
    """A published head: the log's last row at the moment `at`."""

    seq: int
    hash: bytes
    at: datetime


class FaultKind(StrEnum):
    ALTERED = "altered"
    """The row was altered; or, where rows were numbered anew, the row before it was removed."""
    REMOVED = "removed"
    INSERTED = "inserted"
    REWRITTEN = "rewritten"
    """The chain was computed anew: it is whole, but differs from the published heads."""
    UNSEALED = "unsealed"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first row that is not as it was, by the `seq` that it has or had."""

    seq: int
    kind: FaultKind


def canonical(row: Row) -> bytes:
    told = {n: _plain(v) for n, v in row.items() if n not in OUTSIDE and v is not None}
    return canonical_json(told)


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case UUID():
            return str(value)
        case list():
            return [_plain(each) for each in value]
        case _:
            return value


def next_seal(before: Seal, row: Row) -> Seal:
    return Seal(before.seq + 1, hashlib.sha256(before.hash + canonical(row)).digest())


def seals(before: Seal, rows: Sequence[Row]) -> Iterator[Seal]:
    """The seals of rows that follow `before`, one after the other."""
    for row in rows:
        before = next_seal(before, row)
        yield before


def walk(
    before: Seal, rows: Sequence[Row], following: Row | None, heads: Sequence[Head]
) -> tuple[Seal, Fault | None]:
    """The seal of the last row that is as it was, and the fault of the next; None without a fault.
    `rows` come in the order of their numbers, `following` is the row after them, and `heads` come in
    the order of theirs."""
    for row, after in zip(rows, [*rows[1:], following], strict=False):
        seal = next_seal(before, row)
        kind = _wrong(before, seal, row, after) or _against(heads, seal, row)
        if kind is not None:
            return before, Fault(before.seq + 1, kind)
        before = seal
    return before, None


def _wrong(before: Seal, seal: Seal, row: Row, after: Row | None) -> FaultKind | None:
    if row["seq"] != seal.seq:
        return FaultKind.REMOVED if row["seq"] > seal.seq else FaultKind.INSERTED
    if row["at"] is None:  # the seal stands without its row
        return FaultKind.REMOVED
    if row["hash"] == seal.hash:
        return None
    follows = after is not None and next_seal(before, after).hash == after["hash"]
    return FaultKind.INSERTED if follows else FaultKind.ALTERED


def _against(heads: Sequence[Head], seal: Seal, row: Row) -> FaultKind | None:
    place = bisect_left(heads, seal.seq, key=lambda head: head.seq)
    for head in heads[place:]:
        if head.seq != seal.seq:
            break
        if head.hash != seal.hash:
            return FaultKind.REWRITTEN
    # Each row that follows a published head was written after it.
    late = place and row["at"] < heads[place - 1].at - timedelta(seconds=LATE_SECONDS)
    return FaultKind.INSERTED if late else None


def missing_tail(last: Seal, heads: Sequence[Head]) -> Fault | None:
    """The fault of a log that ends before a published head; None without one."""
    beyond = any(head.seq > last.seq for head in heads)
    return Fault(last.seq + 1, FaultKind.REMOVED) if beyond else None
