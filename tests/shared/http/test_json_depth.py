"""The limit to the depth of a body, tested alone."""

import json

from hypothesis import given
from hypothesis import strategies as st

from shared.http.json_depth import MOST_DEEP, is_deep

anything = st.recursive(
    st.none() | st.text() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def test_a_body_is_too_deep_from_one_level_over_the_limit() -> None:
    assert (is_deep(nested(MOST_DEEP)), is_deep(nested(MOST_DEEP + 1))) == (False, True)


def test_brackets_within_a_text_or_beside_each_other_nest_nothing() -> None:
    assert not is_deep(json.dumps({"a": '[{"\\' * 500}).encode())
    assert not is_deep(b"[" + b"[]," * 1000 + b"[]]")


def test_a_body_that_never_closes_is_too_deep_all_the_same() -> None:
    assert is_deep(b'{"name": "a", "parts": ' + b"[" * 10_000)


@given(anything)
def test_an_ordinary_body_is_never_too_deep(value: object) -> None:
    assert not is_deep(json.dumps([[[[value]]]]).encode())


def deepest(body: bytes) -> int:
    """One byte after the other, as a parser goes."""
    depth = most = 0
    within = escaped = False
    for byte in body:
        if within:
            within = escaped or byte != ord('"')
            escaped = not escaped and byte == ord("\\")
        elif byte == ord('"'):
            within = True
        elif byte in b"[{":
            depth += 1
            most = max(most, depth)
        elif byte in b"]}":
            depth -= 1
    return most


@given(st.lists(st.sampled_from(["[" * 40, "[", "]", '"', "\\", "a", "{", "}"])).map("".join))
def test_the_depth_check_reads_a_body_once_as_a_parser_does(text: str) -> None:
    assert is_deep(text.encode()) == (deepest(text.encode()) > MOST_DEEP)


def test_the_depth_check_reads_a_text_that_never_closes_once() -> None:
    """Tried anew from each of its quotes, this body would take a quarter of an hour."""
    assert not is_deep(b'"' + b'\\"' * 120_000 + b"[" * (MOST_DEEP + 1))
