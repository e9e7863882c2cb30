"""The text that is hashed is RFC 8785's, written here a second time after the RFC's own words."""

import json
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats.canonical_json import canonical_json

ESCAPED = {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NAMES = st.text(st.characters(max_codepoint=0x7F))
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda each: st.lists(each, max_size=4) | st.dictionaries(NAMES, each, max_size=5),
)


def quoted(text: str) -> str:
    """3.2.2.2."""
    marks = (ESCAPED.get(c, f"\\u{ord(c):04x}" if ord(c) < 0x20 else c) for c in text)
    return f'"{"".join(marks)}"'


def written(value: Any) -> str:
    """3.2: of whole numbers ECMAScript writes the digits up to 2^53."""
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case int():
            return str(value)
        case str():
            return quoted(value)
        case list():
            return f"[{','.join(map(written, value))}]"
        case _:
            names = sorted(value, key=lambda name: name.encode("utf-16-be"))
            return f"{{{','.join(f'{quoted(name)}:{written(value[name])}' for name in names)}}}"


@given(VALUES)
def test_canonical_json_is_as_the_rfc_writes_it_and_as_it_was_hashed_before(value: Any) -> None:
    text = canonical_json(value)
    assert text.decode() == written(value)
    assert text == orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    assert text.decode() == json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def test_canonical_json_writes_the_strings_and_literals_of_the_rfcs_first_example() -> None:
    """3.2.2 and 3.2.4, without its fractions."""
    string = "\u20ac$\x0f\x0aA'\x42\x22\x5c\\\"/"
    text = canonical_json({"string": string, "literals": [None, True, False]})
    assert text == (
        b'{"literals":[null,true,false],"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


@pytest.mark.parametrize(
    "value",
    [1.5, 1e21, 0.0, 2**53, -(2**53), 2**64, {"\u20ac": 1}, {"a": {"\U0001f600": 1}}, {1: "a"},
     "\ud800", UUID(int=1), b"a", (1, 2), {"a": [1.0]}],
)  # fmt: skip
def test_a_value_that_the_rfc_would_write_otherwise_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)
