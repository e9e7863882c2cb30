"""The permitted values of a cell of a OneRoster file."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.students.exchange.oneroster_columns import rules
from services.students.exchange.oneroster_columns.rules import RULES
from tests.promised import promise

TEXT = st.text(max_size=20)


def bad(rule: str, *values: str) -> set[str]:
    return set().union(*(one.bad(frozenset(values)) for one in RULES[rule]))


CASES: list[tuple[str, list[str], list[str]]] = [
    ("guid", ["a", "cls-ALG-1", "a/b@c.d_e-f", "x" * 255], ["bad id", "a,b", 'a"', "ä", "x" * 256, "=A1", "@a", "+cmd|'/C'!A0"]),
    ("guids", ["a", "a,b", "a, b"], ["a,,b", "a b", ",", "a,"]),
    ("list", ["01", "01,02", "Art, Music"], ["01,,02", ",", "01,"]),
    ("pairs", ["{State:1}", "{a:1},{b:2}"], ["{A:94},,", "State:1", "{a}", "{a:1}{b:2}"]),
    ("userids", ["{State:1}", "{Fed:123456789},{Local:12-34}"],
     ["{SSN:1}", "{Social Security Number:1}", "{a:1},{passport:x}", "{State:123-45-6789}", "{a}"]),
    ("identifier", ["S-001", "123456789", "123-456-789"], ["123-45-6789", " 123-45-6789 ", "a\0b"]),
    ("text", ["+1 (555) 010-0199", "-", "-83.42", "a@b.example", "- reads", "x\ny"],
     ["=1+1", "@x", "\t=1", "-HYPERLINK(A1)", "t" * 2_001, "a\0b"]),
    ("date", ["2026-02-28", "2024-02-29"],
     ["2026-02-29", "2026-2-8", "20260228", "1066-10-14", "x", "2026-02-28T00:00:00", "２026-01-01"]),
    ("datetime", ["2025-01-02T03:04:05.006Z", "2025-01-02T03:04:05+01:00"],
     ["2025-01-02", "2025-13-02T03:04:05Z", "now"]),
    ("year", ["2026", "1999"], ["20X5", "26", "02026", "٢٠٢٦"]),
    ("integer", ["20", "-3", "0"], ["2.0", "", "x", "9" * 400]),
    ("float", ["95.5", "1", ".5", "-1e3"], ["not-float", "1,5", "NaN", "inf", "1e999"]),
    ("boolean", ["true", "false"], ["TRUE", "1", "not-boolean"]),
    ("role12", ["teacher", "ext:clerk"], ["janitor", "ext:", "ext:a b", "Teacher"]),
    ("role11", ["administrator"], ["principal", "ext:clerk"]),
    ("roletype", ["primary"], ["ext:third"]),
    ("orgtype", ["school", "ext:campus"], ["college"]),
    ("sex", ["female", "unspecified"], ["f"]),
    ("name", ["O'Neill", "-", "Ana-María", "d’Arc", "张"],
     ["=1+1", "+49", "@x", "-1", "a\tb", "a\nb", "n" * 256]),
]  # fmt: skip


@promise(
    "Access and privacy",
    "Numbers of governments and of bodies are refused, by hand and in rosters.",
)
@pytest.mark.parametrize(("rule", "good", "wrong"), CASES, ids=[case[0] for case in CASES])
def test_a_rule_names_exactly_the_wrong_values_of_a_column(
    rule: str, good: list[str], wrong: list[str]
) -> None:
    assert bad(rule, *good, *wrong) == set(wrong)


@given(st.lists(TEXT.filter(bool), max_size=30), st.sampled_from(sorted(RULES)))
def test_a_column_is_judged_as_its_cells_are_one_by_one(cells: list[str], rule: str) -> None:
    one_by_one = set().union(*(bad(rule, cell) for cell in cells)) if cells else set()
    assert bad(rule, *cells) == one_by_one


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_every_existing_day_is_a_date(day: date) -> None:
    assert rules.is_date(day.isoformat())


@given(TEXT)
def test_the_rule_accepts_exactly_the_dates_that_the_database_accepts(text: str) -> None:
    if rules.is_date(text):
        assert date.fromisoformat(text).isoformat() == text


@given(st.lists(st.tuples(*[st.from_regex(r"[a-zA-Z0-9 ]+", fullmatch=True)] * 2), min_size=1))
def test_pairs_are_split_as_they_were_joined(pairs: list[tuple[str, str]]) -> None:
    pairs = [(kind.strip() or "k", value.strip() or "v") for kind, value in pairs]
    cell = ",".join(f"{{{kind}:{value}}}" for kind, value in pairs)
    assert not rules.bad_pairs({cell})
    assert rules.split_pairs(cell) == pairs
