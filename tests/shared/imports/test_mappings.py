"""The engine of mappings, which knows no standard."""

from typing import Any

import pytest

from shared.contracts.import_mapping import FieldSource
from shared.imports.findings import Findings, Place
from shared.imports.mappings import ensure_headers, fields_of, headers_of

PLACE = Place("ours.csv", 2)


def fields(cells: dict[str, str], **sources: Any) -> tuple[dict[str, list[str]], list[Any]]:
    read = {name: FieldSource(**each) for name, each in sources.items()}
    findings = Findings()
    place = Place("ours.csv", 2, headers=headers_of(read))
    found = fields_of(read, cells, place, findings)
    return found, [(p.line, p.field, p.code) for p in findings.listed]


@pytest.mark.parametrize(
    ("source", "cell", "values"),
    [
        ({"header": "A"}, " x ", ["x"]),
        ({"header": "A"}, "", [""]),
        ({"constant": "y"}, "x", ["y"]),
        ({"header": "A", "values": {"x": "z"}}, "x", ["z"]),
        ({"header": "A", "values": {"x": "z"}}, " ", [""]),
        ({"header": "A", "values": {"": "none"}}, " ", ["none"]),
        ({"header": "A", "separator": ";"}, "a; b;;", ["a", "b"]),
        ({"header": "A", "separator": "\n"}, "a\nb", ["a", "b"]),
        ({"header": "A", "separator": ";"}, " ", []),
        ({"header": "A", "separator": "/", "values": {"K": "KG", "1": "01"}}, "K/1", ["KG", "01"]),
    ],
)  # fmt: skip
def test_a_field_is_read_translated_and_parted(
    source: dict[str, Any], cell: str, values: list[str]
) -> None:
    assert fields({"A": cell}, field=source) == ({"field": values}, [])


def test_a_word_that_is_not_translated_is_found_at_the_senders_header() -> None:
    found, said = fields({"Open?": "maybe"}, status={"header": "Open?", "values": {"yes": "on"}})
    assert (found, said) == ({"status": [""]}, [(2, "Open?", "value-unknown")])


def test_a_header_that_is_missing_or_there_twice_is_found_once() -> None:
    findings = Findings()
    header = ["A", "B", "B", "C", "C"]
    assert not ensure_headers(["A", "B", "D"], header, PLACE, findings)
    assert [(p.field, p.code) for p in findings.listed] == [
        ("B", "column-twice"), ("D", "column-missing"),
    ]  # fmt: skip
    assert ensure_headers(["A"], header, PLACE, findings)
