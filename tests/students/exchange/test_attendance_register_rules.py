"""The file of an attendance register: its entries, and the code of each fault."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.students.exchange.attendance_register.rules import Entry, read_register
from shared.contracts.students.attendance import AttendanceCategory

TODAY = date(2026, 10, 1)
HEADER = "studentSourcedId,date,category\n"


def read(text: str | bytes) -> tuple[list[Entry], list[tuple[int | None, str | None, str]]]:
    entries, found = read_register(text if isinstance(text, bytes) else text.encode(), TODAY)
    return entries, [(problem.line, problem.field, problem.code) for problem in found.listed]


def test_lines_are_read_with_a_byte_order_mark_and_with_any_line_end() -> None:
    text = "\ufeff" + (HEADER + "s1,2026-09-30,Tardy\n").replace("\n", "\r\n")
    assert read(text) == ([Entry("s1", date(2026, 9, 30), "Tardy", 2)], [])


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ("s1,2026-02-30,Present", "date", "date"),
        ("s1,20260901,Present", "date", "date"),
        ("s1,2026-10-02,Present", "date", "date"),
        ("s1,1989-12-31,Present", "date", "date"),
        ("s1,2026-09-01,present", "category", "value-unknown"),
        ("s1,2026-09-01,=1+1", "category", "value-unknown"),
        (",2026-09-01,Present", "studentSourcedId", "id-malformed"),
        ("s\x001,2026-09-01,Present", "studentSourcedId", "nul-character"),
        ("s1,2026-09-01", None, "cells-wrong-number"),
        ("s1,2026-09-01,Present,", None, "cells-wrong-number"),
        ('s1,2026-09-01,"Present', None, "csv-malformed"),
        ("s1,2026-09-01," + "x" * 200_000, "category", "value-unknown"),
    ],
)
def test_a_fault_is_reported_with_its_line_and_field(
    line: str, field: str | None, code: str
) -> None:
    entries, problems = read(f"{HEADER}s0,2026-09-01,Present\n{line}\n")
    assert [entry.sourced_id for entry in entries] == ["s0"]
    assert problems == [(3, field, code)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "header-wrong"),
        (b"date,studentSourcedId,category\n", "header-wrong"),
        (b"studentSourcedId;date;category\n", "header-wrong"),
        (HEADER.encode("utf-16"), "encoding"),
        (HEADER.encode() + b"s1,2026-09-01,Pr\xe9sent\n", "encoding"),
    ],
)
def test_a_file_that_is_not_a_register_is_refused_at_once(content: bytes, code: str) -> None:
    entries, problems = read(content)
    assert entries == []
    assert [found for _, _, found in problems] == [code]


days = st.dates(date(2024, 7, 1), TODAY)
entries = st.tuples(st.from_regex(r"[a-z0-9\-]{1,8}", fullmatch=True), days,
                    st.sampled_from(AttendanceCategory))  # fmt: skip


@given(st.lists(entries, max_size=40))
def test_an_entry_that_is_written_is_read_back(lines: list[tuple[str, date, str]]) -> None:
    text = HEADER + "".join(f"{id},{day},{category}\n" for id, day, category in lines)
    read_lines, problems = read(text)
    assert problems == []
    assert [entry[:3] for entry in read_lines] == lines
    assert [entry.line for entry in read_lines] == list(range(2, len(lines) + 2))


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    read(HEADER.encode() + content)
