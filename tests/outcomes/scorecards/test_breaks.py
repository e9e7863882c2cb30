"""A definition changes: its past stays, and nothing is compared across the break."""

from typing import Any

from tests.houses import House
from tests.outcomes.builders import (
    PUBLIC,
    define,
    definition,
    form_partnership,
    leading_all,
    line,
    make_scorecard,
    redefine,
    report_of,
    series,
    take_in,
)
from tests.promised import promise

YEARS = [
    line("2020-2021", numerator=120),
    line("2021-2022", numerator=129),
    line("2022-2023", numerator=141),
]


async def broken(house: House) -> tuple[str, dict[str, Any]]:
    """A scorecard with three years of a first definition and one of a second, and a target set for
    each."""
    made = await define(house)
    await take_in(house, *YEARS)
    card = await make_scorecard(house, await form_partnership(house), [made["id"]])
    await aim(house, card["id"], made["id"], "60.0")
    await redefine(house, made["id"], formula="proficient / enrolled")
    await take_in(house, line("2023-2024", numerator=90, definition_version=2))
    await aim(house, card["id"], made["id"], "50.0")
    return card["id"], (await report_of(house, card["id"]))["indicators"][0]


async def aim(house: House, card_id: str, indicator_id: str, value: str) -> dict[str, Any]:
    draft = {
        "scorecard_id": card_id, "indicator_id": indicator_id, "baseline_period": "2020-2021",
        "value": {"value": value, "unit": "percent"}, "due_on": "2030-06-30",
    }  # fmt: skip
    async with house.calling(await leading_all(house)) as http:
        made = await http.post("/v1/targets", json=draft)
    assert made.status_code == 201, made.text
    target: dict[str, Any] = made.json()
    return target


@promise(
    "Figures",
    "When the definition of an indicator changes, its past stays, with a break in the series.",
)
async def test_the_past_of_a_redefined_indicator_stays_with_a_break_before_its_present(
    outcomes: House,
) -> None:
    _, report = await broken(outcomes)
    [earlier] = report["earlier"]
    assert (report["definition"], report["periods"]) == (2, ["2023-2024"])
    assert (earlier["definition"], earlier["periods"]) == (
        1, ["2020-2021", "2021-2022", "2022-2023"],
    )  # fmt: skip
    [cut] = report["breaks"]
    assert (cut["before"], cut["after"]) == (1, 2)
    assert cut["since"]


@promise("Figures", "No trend, gap or target is taken across a break.")
async def test_no_trend_is_taken_across_a_break(outcomes: House) -> None:
    _, report = await broken(outcomes)
    assert series({"indicators": [report]})["trend"]["state"] == "too_few_periods"
    assert series({"indicators": report["earlier"]})["trend"]["state"] == "improving"


@promise("Figures", "Baseline and target stay with the definition that they were set for.")
async def test_each_target_stands_against_the_figures_of_its_own_definition(
    outcomes: House,
) -> None:
    _, report = await broken(outcomes)
    before = series({"indicators": report["earlier"]})["target"]
    after = series({"indicators": [report]})["target"]
    assert (before["value"]["value"], before["distance"]["value"]) == ("60.0", "13.0")
    assert before["since_baseline"]["value"] == "7.0"
    assert (after["value"]["value"], after["distance"]["value"]) == ("50.0", "20.0")
    assert after["baseline"] is None


async def test_a_changed_target_stays_with_its_definition_and_has_its_unit(
    outcomes: House,
) -> None:
    made = await define(outcomes)
    card = await make_scorecard(outcomes, await form_partnership(outcomes), [made["id"]])
    target = await aim(outcomes, card["id"], made["id"], "60.0")
    await redefine(outcomes, made["id"], unit="mean")
    wanted = {"value": {"value": "61.0", "unit": "percent"}, "due_on": "2030-06-30"}
    async with outcomes.calling(await leading_all(outcomes)) as http:
        address, headers = f"/v1/targets/{target['id']}", {"If-Match": f'"{target["version"]}"'}
        changed = await http.put(address, json=wanted, headers=headers)
    assert changed.status_code == 200, changed.text
    assert (changed.json()["definition"], changed.json()["value"]["unit"]) == (1, "percent")
    [earlier] = (await report_of(outcomes, card["id"]))["indicators"][0]["earlier"]
    assert (earlier["unit"], series({"indicators": [earlier]})["target"]["value"]["value"]) == (
        "percent", "61.0",
    )  # fmt: skip


async def test_the_file_and_the_list_of_observations_hold_the_past_too(outcomes: House) -> None:
    card_id, report = await broken(outcomes)
    asked = {"indicator_id": report["indicator_id"]}
    async with outcomes.calling(await leading_all(outcomes)) as http:
        exported = await http.get(f"/v1/scorecards/{card_id}/report.csv")
        now = await http.get("/v1/observations", params=asked)
        before = await http.get("/v1/observations", params={**asked, "definition": 1})
        none = await http.get("/v1/observations", params={**asked, "definition": 3})
    lines = [each.split(",")[:3] for each in exported.text.splitlines()[1:]]
    assert lines == [
        ["grade3_reading", "1", "2020-2021"], ["grade3_reading", "1", "2021-2022"],
        ["grade3_reading", "1", "2022-2023"], ["grade3_reading", "2", "2023-2024"],
    ]  # fmt: skip
    assert [each["period"] for each in now.json()["items"]] == ["2023-2024"]
    assert len(before.json()["items"]) == 3
    assert (none.status_code, none.json()["code"]) == (404, "definition-unknown")


async def test_an_edition_shows_the_break_and_its_headline_the_last_figure_there_is(
    outcomes: House,
) -> None:
    made = await define(outcomes)
    await take_in(outcomes, *YEARS)
    card = await make_scorecard(outcomes, await form_partnership(outcomes), [made["id"]])
    await redefine(outcomes, made["id"], **definition(formula="proficient / enrolled"))
    async with outcomes.calling(await leading_all(outcomes)) as http:
        await http.post(f"/v1/scorecards/{card['id']}/editions")
    async with outcomes.calling(PUBLIC) as http:
        [newest] = (await http.get("/internal/editions/latest")).json()["items"]
        edition = (await http.get(f"/v1/editions/{newest['id']}")).json()
    [headline] = newest["headlines"]
    assert (headline["definition"], headline["period"]) == (1, "2022-2023")
    assert headline["cell"]["numerator"] == 141
    assert [cut["after"] for cut in headline["breaks"]] == [2]
    assert edition["report"]["indicators"][0]["earlier"][0]["periods"][-1] == "2022-2023"
