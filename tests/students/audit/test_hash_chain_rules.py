"""The chain of the disclosure log, alone: any change, removal, insertion or swap is found, and at
which row."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.students.audit.hash_chain.rules import (
    BEGINNING,
    Fault,
    FaultKind,
    Head,
    canonical,
    missing_tail,
    next_seal,
    seals,
    walk,
)
from tests.promised import promise

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MOST = 12

contents = st.lists(
    st.fixed_dictionaries({
        "student_id": st.uuids(),
        "role": st.sampled_from(["educator", "guardian", "case_worker"]),
        "categories": st.lists(st.sampled_from(["identity", "contacts"]), max_size=2),
        "consent_id": st.none() | st.uuids(),
        "at": st.just(NOON),
    }),
    min_size=1, max_size=MOST, unique_by=lambda row: row["student_id"],
)  # fmt: skip
places = st.integers(0, MOST - 1)


def sealed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    named = zip(rows, seals(BEGINNING, rows), strict=True)
    return [row | {"seq": seal.seq, "hash": seal.hash} for row, seal in named]


def found(rows: list[dict[str, Any]], *heads: Head) -> Fault | None:
    last, fault = walk(BEGINNING, rows, None, heads)
    return fault or missing_tail(last, heads)


def head(rows: list[dict[str, Any]], at: datetime = NOON) -> Head:
    return Head(rows[-1]["seq"], rows[-1]["hash"], at)


def numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"seq": number} for number, row in enumerate(rows, 1)]


def test_the_canonical_form_is_sorted_and_has_neither_blanks_nor_nulls() -> None:
    row = {
        "position": 7, "seq": 1, "hash": b"x", "role": "é\n", "consent_id": None,
        "at": datetime(2026, 3, 2, 13, 0, 0, 5, timezone(timedelta(hours=1))),
        "student_id": UUID(int=1), "categories": ["b", "a"],
    }  # fmt: skip
    assert canonical(row).decode() == (
        '{"at":"2026-03-02T12:00:00.000005+00:00","categories":["b","a"],"role":"é\\n",'
        '"student_id":"00000000-0000-0000-0000-000000000001"}'
    )


def test_a_hash_never_changes() -> None:
    row = {"student_id": UUID(int=1), "role": "educator", "at": NOON}
    assert next_seal(BEGINNING, row).hash.hex() == (
        "24db96246cbaffe0d3ba6a8271b17938aa0f903d9aabbba753620095f101621b"
    )


@given(contents)
def test_a_log_that_nobody_touched_is_whole(rows: list[dict[str, Any]]) -> None:
    log = sealed(rows)
    assert found(log, head(log)) is None


@promise(
    "Access and privacy",
    "An altered, removed, inserted, swapped or rewritten row of the disclosure log is found, "
    "with its place.",
)
@given(contents, places, st.uuids())
def test_an_altered_row_is_found(rows: list[dict[str, Any]], place: int, other: UUID) -> None:
    log, place = sealed(rows), place % len(rows)
    if log[place]["student_id"] == other:
        return
    log[place]["student_id"] = other
    assert found(log) == Fault(place + 1, FaultKind.ALTERED)


@given(contents, places)
def test_a_row_whose_hash_alone_was_changed_is_found(
    rows: list[dict[str, Any]], place: int
) -> None:
    log, place = sealed(rows), place % len(rows)
    log[place]["hash"] = bytes(32)
    fault = found(log)
    assert fault is not None
    assert fault.seq == place + 1


@given(contents, places)
def test_a_removed_row_is_found(rows: list[dict[str, Any]], place: int) -> None:
    log, place = sealed(rows), place % len(rows)
    published = head(log)
    del log[place]
    assert found(log, published) == Fault(place + 1, FaultKind.REMOVED)


@given(contents, places)
def test_a_row_that_was_removed_from_under_its_seal_is_found(
    rows: list[dict[str, Any]], place: int
) -> None:
    log, place = sealed(rows), place % len(rows)
    log[place] = dict.fromkeys(rows[place]) | {
        "seq": log[place]["seq"], "hash": log[place]["hash"]
    }  # fmt: skip
    assert found(log) == Fault(place + 1, FaultKind.REMOVED)


@given(contents, places)
def test_a_removed_row_is_found_although_the_others_were_renumbered(
    rows: list[dict[str, Any]], place: int
) -> None:
    log, place = sealed(rows), place % len(rows)
    published = head(log)
    del log[place]
    fault = found(numbered(log), published)
    assert fault is not None
    assert fault.seq == place + 1
    assert fault.kind in {FaultKind.ALTERED, FaultKind.REMOVED}


@given(contents, places, contents)
def test_an_inserted_row_is_found(
    rows: list[dict[str, Any]], place: int, more: list[dict[str, Any]]
) -> None:
    log, place = sealed(rows), place % len(rows)
    log.insert(place, more[0] | {"hash": bytes(32)})
    assert found(numbered(log)) == Fault(place + 1, FaultKind.INSERTED)


@given(contents, places, places)
def test_swapped_rows_are_found_at_the_first_of_them(
    rows: list[dict[str, Any]], one: int, other: int
) -> None:
    log = sealed(rows)
    one, other = sorted((one % len(rows), other % len(rows)))
    if one == other:
        return
    log[one], log[other] = log[other], log[one]
    fault = found(numbered(log))
    assert fault is not None
    assert fault.seq == one + 1


@given(contents, places)
def test_a_recomputed_log_does_not_agree_with_the_published_head(
    rows: list[dict[str, Any]], place: int
) -> None:
    published = head(sealed(rows))
    place %= len(rows)
    rows[place] = rows[place] | {"role": "nobody"}
    assert found(sealed(rows), published) == Fault(len(rows), FaultKind.REWRITTEN)


@given(contents, places)
def test_a_missing_tail_is_found(rows: list[dict[str, Any]], kept: int) -> None:
    log, kept = sealed(rows), kept % len(rows)
    assert found(log[:kept], head(log)) == Fault(kept + 1, FaultKind.REMOVED)


def test_a_row_that_claims_to_be_older_than_a_head_before_it_is_found() -> None:
    rows: list[dict[str, Any]] = [
        {"student_id": UUID(int=n), "at": NOON - timedelta(minutes=n)} for n in (0, 5, 15)
    ]
    log = sealed(rows)
    published = head(log[:1])
    assert found(log[:2], published) is None
    assert found(log, published) == Fault(3, FaultKind.INSERTED)
