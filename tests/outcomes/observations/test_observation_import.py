"""Files of observations: all or nothing, repeatable, and every fault with its place and reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.outcomes.observations.observation_import.rules import Parser, pieces
from shared.contracts.outcomes.observation import ObservationsPublished
from shared.imports.findings import Findings
from tests.houses import House
from tests.outcomes.builders import (
    ANALYST,
    HEADER,
    TEACHER,
    csv_of,
    define,
    definition,
    line,
    take_in,
)


async def test_a_file_is_imported_and_announced_once_for_each_definition(outcomes: House) -> None:
    made = await define(outcomes)
    job = await take_in(outcomes, line("2022-2023"), line("2023-2024"))
    assert job["state"] == "done", job
    assert job["counts"] == {"rows": 2, "observations": 2, "corrected": 0, "unchanged": 0}
    [event] = await outcomes.events(ObservationsPublished)
    assert event["data"] == {
        "indicator_id": made["id"], "version": 1, "count": 2, "corrected": 0,
    }  # fmt: skip


async def test_the_same_file_again_has_no_effect_even_after_a_correction(
    outcomes: House,
) -> None:
    await define(outcomes)
    first = line(as_of="2025-07-01"), line("2022-2023")
    await take_in(outcomes, *first)
    again = await take_in(outcomes, *first)
    corrected = await take_in(outcomes, line(numerator=149, as_of="2025-08-01"))
    once_more = await take_in(outcomes, *first)
    assert again["counts"]["unchanged"] == once_more["counts"]["unchanged"] == 2
    assert corrected["counts"] == {"rows": 1, "observations": 0, "corrected": 1, "unchanged": 0}
    assert len(await outcomes.events(ObservationsPublished)) == 2
    kept = await outcomes.rows(
        "select revision, numerator, superseded_at is null as current from observation"
        " join reporting_period p on p.id = period_id where label = '2023-2024' order by 1"
    )
    assert [(r["revision"], r["numerator"], r["current"]) for r in kept] == [
        (1, 150, False), (2, 149, True),
    ]  # fmt: skip


async def test_an_older_figure_does_not_take_the_place_of_a_newer(outcomes: House) -> None:
    await define(outcomes)
    await take_in(outcomes, line(as_of="2025-08-01T10:00:00+02:00"))
    job = await take_in(outcomes, line(numerator=1, as_of="2025-07-01"))
    assert job["state"] == "refused"
    assert [(p["line"], p["code"]) for p in job["problems"]] == [(2, "older-than-known")]


FAULTS = [
    (line(numerator=301), "numerator", "numerator-above-denominator"),
    (line(numerator=-3), "numerator", "value-negative"),
    (line(numerator="nan"), "numerator", "not-finite"),
    (line(denominator="inf"), "denominator", "not-finite"),
    (line(denominator=""), "denominator", "value-missing"),
    (line(denominator="3e2"), "denominator", "number-malformed"),
    (line(denominator="٣"), "denominator", "number-malformed"),
    (line(denominator=10**11), "denominator", "value-too-large"),
    (line(numerator="=1+1"), "numerator", "formula-cell"),
    (line("2023-2025"), "period", "period-impossible"),
    (line("2023-2024 Sometime"), "period", "period-impossible"),
    (line("2024-02-30/2024-03-01"), "period", "period-impossible"),
    (line("2024-03-02/2024-03-01"), "period", "period-impossible"),
    (line("2024"), "period", "period-kind-wrong"),
    (line("2026-2027"), "as_of", "period-not-begun"),
    (line(as_of="2025-02-30"), "as_of", "time-impossible"),
    (line(as_of="yesterday"), "as_of", "time-malformed"),
    (line(as_of="2025-07-01T10:00:00"), "as_of", "time-malformed"),
    (line(indicator="reading"), "indicator", "indicator-unknown"),
    (line(indicator="=HYPERLINK(1)"), "indicator", "formula-cell"),
    (line(definition_version=2), "definition_version", "definition-unknown"),
    (line(place_kind="planet"), "place_kind", "value-unknown"),
    (line(place_kind="roster"), "place_kind", "value-unknown"),
    (line(place="../etc"), "place", "key-malformed"),
    (line(place_name="@sum"), "place_name", "formula-cell"),
    (line(dimension="hair"), "dimension", "value-unknown"),
    (line(dimension="sex", group="Unsure"), "group", "value-unknown"),
    (line(source="x" * 201), "source", "field-too-long"),
    (line(source='"a\0b"'), "source", "nul-character"),
    (line(value="50.0"), "value", "value-unexpected"),
    ("grade3_reading,1", None, "cells-wrong-number"),
    ('"' + line(), None, "csv-malformed"),
    (line(source="x" * 200_000), "source", "field-too-long"),
]


@pytest.mark.parametrize(
    ("bad", "field", "code"), FAULTS, ids=[f"{c}-{f}-{len(b)}" for b, f, c in FAULTS]
)
async def test_a_fault_refuses_the_file_with_line_field_and_code(
    outcomes: House, bad: str, field: str | None, code: str
) -> None:
    await define(outcomes)
    job = await take_in(outcomes, line("2021-2022"), bad)
    assert job["state"] == "refused"
    found = [(p["line"], p["field"], p["code"]) for p in job["problems"]]
    assert found == [(3, field, code)], job["problems"]
    assert await outcomes.rows("select 1 from observation") == []


@pytest.mark.parametrize(
    ("file", "line_number", "code"),
    [
        (b"", None, "column-missing"),
        (b"indicator,period\n", 1, "column-missing"),
        (csv_of([], HEADER.replace("group", "grp")), 1, "column-unknown"),
        (csv_of([], HEADER.replace("place_kind,place", "place,place_kind")), 1,
         "columns-out-of-order"),
        (csv_of([]), None, "rows-missing"),
        (csv_of([line()]) + b"\xff\xfe", 3, "encoding"),
    ],
)  # fmt: skip
async def test_a_file_that_is_no_table_of_observations_is_refused(
    outcomes: House, file: bytes, line_number: int | None, code: str
) -> None:
    await define(outcomes)
    job = await outcomes.import_file("observations", file, ANALYST)
    assert job["state"] == "refused"
    assert code in {problem["code"] for problem in job["problems"]}
    if line_number:
        assert {problem["line"] for problem in job["problems"]} == {line_number}


async def test_a_byte_order_mark_and_a_header_without_optional_columns_are_accepted(
    outcomes: House,
) -> None:
    await define(outcomes)
    header = HEADER.replace("value,n,", "").replace(",place_name", "")
    row = line().replace(",,,", ",").removesuffix(",Grand Bend ISD")
    file = b"\xef\xbb\xbf" + csv_of([row], header).replace(b"\n", b"\r\n")
    job = await outcomes.import_file("observations", file, ANALYST)
    assert job["state"] == "done", job


async def test_a_repeated_key_is_refused_with_both_lines(outcomes: House) -> None:
    await define(outcomes)
    job = await take_in(outcomes, line(), line("2022-2023"), line(numerator=151))
    [problem] = job["problems"]
    assert (problem["line"], problem["code"]) == (4, "row-double")
    assert "2" in problem["reason"]


async def test_all_faults_of_a_row_are_reported_at_once_and_none_repeats_a_value(
    outcomes: House,
) -> None:
    await define(outcomes)
    job = await take_in(outcomes, line("4711", "hair", "4712", "4713x", source=""))
    assert {problem["field"] for problem in job["problems"]} == {
        "period", "dimension", "numerator", "source",
    }  # fmt: skip
    assert not any("471" in problem["reason"] for problem in job["problems"])


async def test_a_file_cannot_bring_observations_of_a_derived_indicator(outcomes: House) -> None:
    await define(outcomes, derivation="attendance_rate")
    job = await take_in(outcomes, line())
    assert [p["code"] for p in job["problems"]] == ["indicator-derived"]


async def test_teachers_import_nothing(outcomes: House) -> None:
    job = await outcomes.import_file("observations", csv_of([line()]), TEACHER)
    assert (job["status"], job["code"]) == (403, "permission-missing")


async def test_observations_stay_with_the_definition_they_name(outcomes: House) -> None:
    made = await define(outcomes)
    await take_in(outcomes, line())
    async with outcomes.calling(ANALYST) as http:
        await http.post(
            f"/v1/indicators/{made['id']}/definitions", json=definition(formula="other"),
            headers={"If-Match": '"2"'},
        )  # fmt: skip
        before = await http.get("/v1/observations", params={"indicator_id": made["id"]})
        await take_in(outcomes, line(definition_version=2, numerator=99))
        after = await http.get("/v1/observations", params={"indicator_id": made["id"]})
    assert before.json()["items"] == []
    [table] = after.json()["items"]
    assert (table["definition"], table["groups"][0]["cell"]["numerator"]) == (2, 99)


async def test_observations_are_listed_by_place_and_period_over_pages(outcomes: House) -> None:
    made = await define(outcomes)
    await take_in(outcomes, *(line(f"{y}-{y + 1}", place=f"D{y}") for y in range(2015, 2020)))
    async with outcomes.calling(TEACHER) as http:
        wanted = {"indicator_id": made["id"], "limit": 3}
        first = await http.get("/v1/observations", params=wanted)
        second = await http.get(first.headers["link"].split(";")[0].strip("<>"))
        one = await http.get("/v1/observations", params=wanted | {"place": "D2016"})
        none = await http.get("/v1/observations", params={"indicator_id": str(ANALYST.account_id)})
    assert [t["place"]["key"] for p in (first, second) for t in p.json()["items"]] == [
        "D2015", "D2016", "D2017", "D2018", "D2019",
    ]  # fmt: skip
    assert [t["period"] for t in one.json()["items"]] == ["2016-2017"]
    assert none.status_code == 404


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda t: (HEADER + "\n" + t).encode()))
def test_no_file_at_all_breaks_the_parser(file: bytes) -> None:
    findings = Findings()
    for rows in pieces(Parser({}), file, findings):
        assert rows == []
    assert findings.total


async def test_a_column_whose_name_is_no_text_is_refused_and_the_next_file_is_read(
    outcomes: House,
) -> None:
    await define(outcomes)
    job = await outcomes.import_file("observations", b"indi\0cator,b\r\n", ANALYST)
    assert (job["state"], job["problems"][0]["field"]) == ("refused", "indi\ufffdcator")
    job = await outcomes.import_file("observations", csv_of([line()]), ANALYST)
    assert job["state"] == "done"


def test_a_refusal_names_the_first_hundred_unknown_columns() -> None:
    header = ",".join(f"c{n}" for n in range(100_000)).encode()
    findings = Findings()
    assert list(pieces(Parser({}), header, findings)) == []
    assert sum(problem.code == "column-unknown" for problem in findings.listed) == 100
