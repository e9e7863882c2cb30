"""Scorecards over HTTP: imported figures, their standing, and suppressed cells."""

from uuid import uuid4

from shared.contracts.outcomes.scorecard import ScorecardReport
from shared.contracts.partners.partnership import MemberLeft, MemberRole
from shared.security.principal import Role
from tests.houses import House, principal
from tests.outcomes.builders import (
    ANALYST,
    DISTRICT,
    PUBLIC,
    TEACHER,
    add_member,
    csv_of,
    define,
    definition,
    form_partnership,
    joined,
    leading,
    line,
    make_scorecard,
    report_of,
    series,
    take_in,
)


async def standing(house: House, *lines: str, **more: object) -> tuple[str, dict]:
    made = await define(house)
    job = await take_in(house, *lines)
    assert job["state"] == "done", job
    card = await make_scorecard(house, await form_partnership(house), [made["id"]], **more)
    return card["id"], await report_of(house, card["id"])


YEARS = [
    line("2020-2021", numerator=120),
    line("2021-2022", numerator=129),
    line("2022-2023", numerator=141),
    line("2023-2024", numerator=150),
]


async def test_a_report_shows_figures_trend_and_gap_in_their_own_units(outcomes: House) -> None:
    lines = [
        *YEARS,
        line("2023-2024", "sex", "Female", 80, 150),
        line("2023-2024", "sex", "Male", 70, 150),
    ]
    _, report = await standing(outcomes, *lines)
    ScorecardReport.model_validate(report)

    everybody = series(report)
    assert report["indicators"][0]["periods"] == [
        "2020-2021", "2021-2022", "2022-2023", "2023-2024",
    ]  # fmt: skip
    assert everybody["cells"][-1] == {
        "state": "shown", "value": {"value": "50.0", "unit": "percent"}, "numerator": 150,
        "denominator": 300, "bound": None, "clause": None,
    }  # fmt: skip
    assert everybody["trend"] == {
        "state": "improving", "per_period": {"value": "3.4", "unit": "percentage_points"},
    }  # fmt: skip
    assert series(report, "Female")["gap"] == {"value": "3.3", "unit": "percentage_points"}
    assert series(report, "Female")["cells"][:3] == [None, None, None]
    [gap] = report["indicators"][0]["gaps"]
    assert (gap["highest"], gap["lowest"], gap["difference"]["value"]) == ("Female", "Male", "6.6")


async def test_an_answer_names_the_indicator_the_scorecard_and_the_partnership_whose_ids_it_has(
    outcomes: House,
) -> None:
    reading = await define(outcomes)
    math = await define(outcomes, key="grade3_math", name="Mathematics in grade 3")
    await take_in(outcomes, *YEARS)
    shown = [math["id"], reading["id"]]
    card = await make_scorecard(
        outcomes, await form_partnership(outcomes), shown, title="Our card"
    )
    draft = {
        "scorecard_id": card["id"], "indicator_id": reading["id"], "due_on": "2028-06-30",
        "value": {"value": "60", "unit": "percent"},
    }  # fmt: skip
    async with outcomes.calling(leading(card["partnership_id"])) as http:
        target = (await http.post("/v1/targets", json=draft)).json()
        tables = await http.get("/v1/observations", params={"indicator_id": reading["id"]})
        asked = await http.get("/v1/indicators", params={"id": [reading["id"], str(uuid4())]})

    assert [each["id"] for each in asked.json()["items"]] == [reading["id"]]
    assert card["partnership_name"] == "Riverside Promise"
    assert card["indicator_names"] == ["Mathematics in grade 3", "Reading in grade 3"]
    named = (target["scorecard_title"], target["indicator_name"])
    assert named == ("Our card", "Reading in grade 3")
    assert {each["indicator_name"] for each in tables.json()["items"]} == {"Reading in grade 3"}


async def test_small_groups_are_suppressed_with_others_and_leave_no_trace_in_any_answer(
    outcomes: House,
) -> None:
    lines = [
        line("2023-2024"),
        line("2023-2024", "race_ethnicity", "Asian", 3, 7),
        line("2023-2024", "race_ethnicity", "White", 97, 193),
        line("2023-2024", "race_ethnicity", "Hispanic or Latino", 50, 100),
    ]
    card_id, report = await standing(outcomes, *lines)

    assert series(report, "Asian")["cells"][0]["state"] == "suppressed"
    hidden = series(report, "Hispanic or Latino")
    assert hidden["cells"][0]["clause"] == series(report, "Asian")["cells"][0]["clause"]
    assert hidden["cells"][0]["denominator"] is None
    assert hidden["gap"] is None
    assert series(report, "White")["cells"][0]["state"] == "shown"
    assert report["indicators"][0]["gaps"] == []
    async with outcomes.calling(ANALYST) as http:
        indicator_id = report["indicators"][0]["indicator_id"]
        listed = await http.get("/v1/observations", params={"indicator_id": indicator_id})
        exported = await http.get(f"/v1/scorecards/{card_id}/report.csv")
    [table] = listed.json()["items"]
    states = {group["group"]: group["cell"]["state"] for group in table["groups"]}
    assert states == {
        "all": "shown", "Asian": "suppressed", "Hispanic or Latino": "suppressed",
        "White": "shown",
    }  # fmt: skip
    assert ",Asian,suppressed,,percent,,,," in exported.text
    assert ",White,shown,50.3,percent,97,193,," in exported.text


async def test_a_count_of_zero_is_shown_as_a_band(outcomes: House) -> None:
    _, report = await standing(outcomes, line(numerator=0, denominator=400))
    cell = series(report)["cells"][0]
    assert (cell["state"], cell["bound"], cell["value"], cell["numerator"]) == (
        "banded", "<5 %", None, None,
    )  # fmt: skip


async def test_a_trend_over_a_suppressed_period_is_suppressed(outcomes: House) -> None:
    years = [*YEARS[:3], line("2023-2024", numerator=4, denominator=9)]
    _, report = await standing(outcomes, *years)
    assert series(report)["trend"] == {"state": "suppressed", "per_period": None}


async def test_two_periods_are_too_few_for_a_trend(outcomes: House) -> None:
    _, report = await standing(outcomes, *YEARS[:2])
    assert series(report)["trend"]["state"] == "too_few_periods"


async def test_figures_of_several_places_are_added_up(outcomes: House) -> None:
    made = await define(outcomes)
    await take_in(
        outcomes, line(numerator=60, denominator=100), line(place="7", numerator=90, place_name="")
    )
    places = [DISTRICT, {"kind": "district", "key": "7", "name": "Seven"}]
    partnership_id = await form_partnership(outcomes)
    card = await make_scorecard(outcomes, partnership_id, [made["id"]], places=places)
    report = await report_of(outcomes, card["id"])
    cell = series(report)["cells"][0]
    assert (cell["numerator"], cell["denominator"]) == (150, 400)
    assert [place["name"] for place in report["places"]] == ["Grand Bend ISD", "Seven"]


async def test_an_import_changes_the_scorecards_that_show_its_figures(outcomes: House) -> None:
    card_id, _ = await standing(outcomes, line(numerator=150))
    await take_in(outcomes, line(numerator=153, as_of="2025-08-01"))
    cell = series(await report_of(outcomes, card_id))["cells"][0]
    assert cell["value"]["value"] == "51.0"


async def test_a_new_definition_starts_without_figures_and_the_old_one_keeps_its_own(
    outcomes: House,
) -> None:
    card_id, report = await standing(outcomes, *YEARS)
    indicator_id = report["indicators"][0]["indicator_id"]
    async with outcomes.calling(leading(report["partnership_id"])) as http:
        read = await http.get(f"/v1/indicators/{indicator_id}")
        headers = {"If-Match": read.headers["etag"]}
        address = f"/v1/indicators/{indicator_id}/definitions"
        same = await http.post(address, json=definition(), headers=headers)
        wanted = definition(formula="proficient / enrolled")
        new = await http.post(address, json=wanted, headers=headers)
        listed = await http.get(address)
    assert (same.status_code, same.json()["code"]) == (409, "definition-unchanged")
    assert (new.status_code, new.json()["definition"]["number"]) == (201, 2)
    assert [d["formula"] for d in listed.json()["items"]] == [
        "proficient / enrolled", "proficient / tested",
    ]  # fmt: skip
    after = (await report_of(outcomes, card_id))["indicators"][0]
    assert (after["definition"], after["periods"]) == (2, [])


async def test_targets_are_found_by_indicator(outcomes: House) -> None:
    made = [await define(outcomes, key=key) for key in ("reading", "writing")]
    card = await make_scorecard(
        outcomes, await form_partnership(outcomes), [each["id"] for each in made]
    )
    draft = {
        "scorecard_id": card["id"], "dimension": "all", "group": "all",
        "value": {"value": "60", "unit": "percent"}, "due_on": "2028-06-30",
    }  # fmt: skip
    async with outcomes.calling(leading(card["partnership_id"])) as http:
        for each in made:
            answer = await http.post("/v1/targets", json=draft | {"indicator_id": each["id"]})
            assert answer.status_code == 201, answer.text
        found = await http.get("/v1/targets", params={"indicator_id": made[1]["id"]})
    assert [each["indicator_id"] for each in found.json()["items"]] == [made[1]["id"]]


async def test_a_target_shows_the_gap_in_percentage_points(outcomes: House) -> None:
    card_id, report = await standing(outcomes, *YEARS)
    draft = {
        "scorecard_id": card_id, "indicator_id": report["indicators"][0]["indicator_id"],
        "value": {"value": "60.0", "unit": "percent"}, "due_on": "2030-06-30",
        "baseline_period": "2020-2021",
    }  # fmt: skip
    async with outcomes.calling(leading(report["partnership_id"])) as http:
        wrong = {**draft, "value": {"value": "60", "unit": "percentage_points"}}
        refused = await http.post("/v1/targets", json=wrong)
        mean = {**draft, "value": {"value": "60", "unit": "mean"}}
        unfit = await http.post("/v1/targets", json=mean)
        made = await http.post("/v1/targets", json=draft)
        again = await http.post("/v1/targets", json=draft)
        target = series(await report_of(outcomes, card_id))["target"]
        etag = {"If-Match": made.headers["etag"]}
        dropped = await http.delete(f"/v1/targets/{made.json()['id']}", headers=etag)
    assert refused.status_code == 422
    assert (unfit.status_code, unfit.json()["code"]) == (409, "target-unit-wrong")
    assert made.status_code == 201, made.text
    assert again.json()["code"] == "target-exists"
    assert target["distance"] == {"value": "10.0", "unit": "percentage_points"}
    assert target["since_baseline"] == {"value": "10.0", "unit": "percentage_points"}
    assert target["reached"] is False
    assert dropped.status_code == 204
    assert series(await report_of(outcomes, card_id))["target"] is None


async def test_a_partner_that_leaves_a_partnership_leaves_the_contributors_of_its_scorecards(
    outcomes: House,
) -> None:
    made = await define(outcomes)
    here, there = await form_partnership(outcomes), await form_partnership(outcomes, "Other")
    first = await make_scorecard(outcomes, here, [made["id"]])
    second = await make_scorecard(outcomes, there, [made["id"]])
    tutors = await add_member(outcomes, here, "Riverside Tutors")
    library = await add_member(outcomes, here, "City Library")
    await outcomes.hear(joined(there, library, "City Library"))

    def left(partner_id, remaining):
        return MemberLeft(
            partnership_id=here, partner_id=partner_id, roles=[MemberRole.MEMBER],
            left_on="2025-06-01", remaining_partnerships=remaining,
        )  # fmt: skip

    await outcomes.hear(left(library, 1))
    named = [c["name"] for c in (await report_of(outcomes, first["id"]))["contributors"]]
    elsewhere = [c["name"] for c in (await report_of(outcomes, second["id"]))["contributors"]]
    assert (named, elsewhere) == (["Riverside Tutors"], ["City Library"])
    await outcomes.hear(left(tutors, 0), left(library, 0))
    assert (await report_of(outcomes, first["id"]))["contributors"] == []
    assert (await report_of(outcomes, second["id"]))["contributors"] == []


async def test_an_edition_stays_as_it_was_released_and_everybody_reads_it(
    outcomes: House,
) -> None:
    card_id, before = await standing(outcomes, *YEARS)
    backbone = leading(before["partnership_id"])
    async with outcomes.calling(backbone) as http:
        made = await http.post(f"/v1/scorecards/{card_id}/editions")
    later = line("2023-2024", numerator=180, as_of="2025-09-01")
    await take_in(outcomes, later)
    async with outcomes.calling(PUBLIC) as http:
        read = await http.get(f"/v1/editions/{made.json()['id']}")
        listed = await http.get("/v1/editions")
        latest = await http.get("/internal/editions/latest")
        refused = await http.get(f"/v1/scorecards/{card_id}/report")
        absent = await http.get(f"/v1/editions/{uuid4()}")
    assert made.status_code == 201, made.text
    assert read.json()["report"] == before
    assert read.json()["number"] == 1
    assert [item["id"] for item in listed.json()["items"]] == [made.json()["id"]]
    [newest] = latest.json()["items"]
    assert newest["headlines"][0]["cell"]["value"] == {"value": "50.0", "unit": "percent"}
    assert refused.status_code == 401
    assert (absent.status_code, absent.json()["code"]) == (404, "edition-unknown")


async def test_the_rollup_holds_the_sums_of_the_observations(outcomes: House) -> None:
    card_id, report = await standing(outcomes, *YEARS, line("2023-2024", "sex", "Male", 40, 90))
    async with outcomes.calling(leading(report["partnership_id"])) as http:
        await http.post(f"/v1/scorecards/{card_id}/editions")
        latest = (await http.get("/internal/editions/latest")).json()["items"][0]
        added_up = (await http.get(f"/v1/editions/{latest['id']}")).json()["report"]
    assert added_up == report


async def test_places_that_overlap_and_unknown_partnerships_are_refused(outcomes: House) -> None:
    made = await define(outcomes)
    partnership_id = await form_partnership(outcomes)
    draft = {
        "partnership_id": str(partnership_id), "title": "A", "indicators": [made["id"]],
        "places": [DISTRICT],
    }  # fmt: skip
    school = {"kind": "school", "key": "1", "name": "One"}
    unknown = uuid4()
    async with outcomes.calling(leading(partnership_id, unknown)) as http:
        answers = [
            await http.post("/v1/scorecards", json=draft | change)
            for change in (
                {"places": [DISTRICT, school]},
                {"places": [DISTRICT, DISTRICT]},
                {"indicators": [made["id"], made["id"]]},
                {"indicators": [str(uuid4())]},
                {"partnership_id": str(unknown)},
                {"minimum_cell": 4},
                {"title": "=cmd()"},
                {},
                {},
            )
        ]
    assert [(a.status_code, a.json().get("code")) for a in answers] == [
        (409, "places-overlap"), (409, "place-double"), (409, "indicator-double"),
        (404, "indicator-unknown"), (409, "partnership-unknown"), (422, "body-malformed"),
        (422, "body-malformed"), (201, None), (409, "scorecard-exists"),
    ]  # fmt: skip


async def test_a_changed_scorecard_shows_other_places_at_once(outcomes: House) -> None:
    card_id, before = await standing(
        outcomes, line(), line(place="7", numerator=90, place_name="Seven")
    )
    async with outcomes.calling(leading(before["partnership_id"])) as http:
        read = await http.get(f"/v1/scorecards/{card_id}")
        wanted = {
            "title": "Seven", "indicators": read.json()["indicators"], "minimum_cell": 5,
            "places": [{"kind": "district", "key": "7", "name": "Seven"}],
        }  # fmt: skip
        changed = await http.put(
            f"/v1/scorecards/{card_id}", json=wanted, headers={"If-Match": read.headers["etag"]}
        )
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    report = await report_of(outcomes, card_id)
    assert (series(report)["cells"][0]["numerator"], report["minimum_cell"]) == (90, 5)


async def test_teachers_read_and_do_not_write(outcomes: House) -> None:
    made = await define(outcomes)
    async with outcomes.calling(TEACHER) as http:
        read = await http.get(f"/v1/indicators/{made['id']}")
        seven = await http.get("/v1/outcomes")
        refused = await http.post("/v1/indicators", json={})
    async with outcomes.calling(principal(Role.OPERATOR)) as http:
        operator = await http.get(f"/v1/indicators/{made['id']}")
    assert operator.status_code == 403
    assert (read.status_code, refused.status_code) == (200, 403)
    assert [o["name"] for o in seven.json()] == [
        "Kindergarten Readiness", "Early Grade Reading", "Middle Grade Math",
        "High School Graduation", "Postsecondary Enrollment", "Postsecondary Completion",
        "Employment",
    ]  # fmt: skip
    assert seven.json()[1]["core"] == 1


async def test_the_gateway_asks_for_the_scorecard_of_a_partnership(outcomes: House) -> None:
    _, report = await standing(outcomes, *YEARS)
    async with outcomes.calling(TEACHER) as http:
        found = await http.get(f"/internal/partnerships/{report['partnership_id']}/scorecard")
        absent = await http.get(f"/internal/partnerships/{uuid4()}/scorecard")
    assert found.json() == report
    assert (absent.status_code, absent.json()["code"]) == (404, "scorecard-unknown")


async def test_differences_of_means_are_in_the_unit_of_the_mean(outcomes: House) -> None:
    made = await define(outcomes, definition=definition(unit="mean"))
    score = {"numerator": "", "denominator": ""}
    job = await take_in(
        outcomes,
        line(**score, value="500.25", n=40),
        line(**score, value="480", n=8, dimension="sex", group="Female"),
        line(**score, value="505.3125", n=32, dimension="sex", group="Male"),
    )
    assert job["state"] == "done", job
    card = await make_scorecard(outcomes, await form_partnership(outcomes), [made["id"]])
    report = await report_of(outcomes, card["id"])
    cell = series(report)["cells"][0]
    assert (cell["value"], cell["denominator"], cell["numerator"]) == (
        {"value": "500.3", "unit": "mean"}, 40, None,
    )  # fmt: skip
    assert {series(report, g)["cells"][0]["state"] for g in ("Male", "Female")} == {"suppressed"}


def test_the_builder_writes_the_documented_header() -> None:
    from services.outcomes.observations.observation_import.rules import COLUMNS

    assert csv_of([]).decode().strip().split(",") == list(COLUMNS)


async def test_the_list_of_observations_does_not_undo_a_stricter_scorecard(
    outcomes: House,
) -> None:
    _, report = await standing(outcomes, line(numerator=20, denominator=60), minimum_cell=30)
    async with outcomes.calling(ANALYST) as http:
        wanted = {"indicator_id": report["indicators"][0]["indicator_id"]}
        listed = await http.get("/v1/observations", params=wanted)
    [table] = listed.json()["items"]
    assert (table["minimum_cell"], table["groups"][0]["cell"]["state"]) == (30, "suppressed")
    assert series(report)["cells"][0]["state"] == "suppressed"
