"""Editions beside all that was ever published, over HTTP."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from shared.contracts.students.attendance import AttendanceCounted
from tests.houses import House
from tests.outcomes.builders import (
    PUBLIC,
    ROSTER,
    TEACHER,
    define,
    definition,
    form_partnership,
    leading_all,
    line,
    make_scorecard,
    publish,
    redefine,
    series,
    take_in,
)
from tests.promised import promise

X = {"kind": "school", "key": "X", "name": "School X"}
Y = {"kind": "school", "key": "Y", "name": "School Y"}


async def edition(house: House, card_id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The report of a new edition as everybody reads it, and what was exposed."""
    made = await publish(house, card_id)
    async with house.calling(PUBLIC) as http:
        read = (await http.get(f"/v1/editions/{made['id']}")).json()
    return read["report"], made["exposed"]


async def exposed(house: House, card_id: str) -> list[dict[str, Any]]:
    async with house.calling(await leading_all(house)) as http:
        found = await http.get(f"/v1/scorecards/{card_id}/exposed")
    assert found.status_code == 200, found.text
    items: list[dict[str, Any]] = found.json()["items"]
    return items


def cell(report: dict[str, Any], group: str = "all") -> dict[str, Any]:
    found: dict[str, Any] = series(report, group)["cells"][-1]
    return found


def figure(report: dict[str, Any], group: str = "all") -> tuple[int | None, int | None]:
    return cell(report, group)["numerator"], cell(report, group)["denominator"]


async def card(house: House, *lines: str, **more: Any) -> str:
    made = await define(house)
    await take_in(house, *lines)
    partnership_id = await form_partnership(house)
    return str((await make_scorecard(house, partnership_id, [made["id"]], **more))["id"])


def at(place: str, numerator: int, denominator: int) -> str:
    return line(
        place_kind="school", place=place, place_name="", numerator=numerator,
        denominator=denominator,
    )  # fmt: skip


async def test_the_second_of_two_editions_keeps_the_figure_and_says_so_to_the_analyst(
    outcomes: House,
) -> None:
    card_id = await card(outcomes, line(numerator=400, denominator=505))
    first, nothing = await edition(outcomes, card_id)
    await take_in(outcomes, line(numerator=401, denominator=506, as_of="2025-09-01"))
    [foreseen] = await exposed(outcomes, card_id)
    second, named = await edition(outcomes, card_id)
    assert (figure(first), nothing) == ((400, 505), [])
    assert "as_of" not in cell(first)
    assert figure(second) == (400, 505)
    assert cell(second)["as_of"] == first["indicators"][0]["as_of"]
    assert [foreseen] == named
    assert (foreseen["key"], foreseen["period"], foreseen["dimension"]) == (
        "grade3_reading", "2023-2024", "all",
    )  # fmt: skip
    assert (foreseen["outcome"], foreseen["cause"]) == ("kept", "near_earlier")


async def test_the_live_report_shows_the_figure_that_the_edition_keeps_back(
    outcomes: House,
) -> None:
    card_id = await card(outcomes, line(numerator=400, denominator=505))
    await edition(outcomes, card_id)
    await take_in(outcomes, line(numerator=401, denominator=506, as_of="2025-09-01"))
    await edition(outcomes, card_id)
    async with outcomes.calling(await leading_all(outcomes)) as http:
        live = (await http.get(f"/v1/scorecards/{card_id}/report")).json()
    assert figure(live) == (401, 506)


async def test_a_corrected_edition_does_not_publish_a_correction_of_one_child(
    outcomes: House,
) -> None:
    card_id = await card(outcomes, line(numerator=400, denominator=505))
    wrong = await publish(outcomes, card_id)
    await take_in(outcomes, line(numerator=401, denominator=506, as_of="2025-09-01"))
    async with outcomes.calling(await leading_all(outcomes)) as http:
        address = f"/v1/editions/{wrong['id']}/replacement"
        why = {"reason": "One child was counted in another district."}
        made = await http.post(address, json=why, headers={"If-Match": '"1"'})
        read = (await http.get(f"/v1/editions/{made.json()['id']}")).json()
    assert figure(read["report"]) == (400, 505)
    assert [each["edition_id"] for each in made.json()["exposed"]] == [wrong["id"]]


@promise(
    "Figures", "What a withdrawn edition showed counts as published: it cannot be taken back."
)
async def test_a_figure_of_a_withdrawn_edition_still_holds_back_one_near_to_it(
    outcomes: House,
) -> None:
    card_id = await card(outcomes, line(numerator=400, denominator=505))
    wrong = await publish(outcomes, card_id)
    async with outcomes.calling(await leading_all(outcomes)) as http:
        address, why = f"/v1/editions/{wrong['id']}/withdrawal", {"reason": "Read twice."}
        await http.post(address, json=why, headers={"If-Match": '"1"'})
    await take_in(outcomes, line(numerator=401, denominator=506, as_of="2025-09-01"))
    assert figure((await edition(outcomes, card_id))[0]) == (400, 505)


async def test_an_edition_of_a_release_that_kept_no_tables_is_taken_up_from_its_report(
    outcomes: House,
) -> None:
    card_id = await card(outcomes, line(numerator=400, denominator=505))
    await edition(outcomes, card_id)
    async with outcomes.database.transaction() as session:
        await session.execute(text("delete from published_table"))
    await take_in(outcomes, line(numerator=401, denominator=506, as_of="2025-09-01"))
    assert [each["outcome"] for each in await exposed(outcomes, card_id)] == ["kept"]
    assert figure((await edition(outcomes, card_id))[0]) == (400, 505)


async def both_and_one(house: House) -> tuple[str, str]:
    """The scorecard of schools X and Y, where 63 of 129 have reached it, and that of X, where 60 of
    120 have."""
    both = await card(house, at("X", 60, 120), at("Y", 3, 9), places=[X, Y])
    async with house.calling(await leading_all(house)) as http:
        [known] = (await http.get("/v1/indicators")).json()["items"]
    there = await form_partnership(house, "Other")
    return both, str((await make_scorecard(house, there, [known["id"]], places=[X]))["id"])


async def test_of_two_scorecards_that_overlap_the_figure_published_later_is_withheld(
    outcomes: House,
) -> None:
    both, one = await both_and_one(outcomes)
    first, _ = await edition(outcomes, both)
    later, named = await edition(outcomes, one)
    assert figure(first) == (63, 129)
    assert (cell(later)["state"], figure(later)) == ("suppressed", (None, None))
    assert [(each["outcome"], each["cause"]) for each in named] == [("withheld", "overlap")]


async def test_of_two_scorecards_that_overlap_either_may_be_the_later_one(
    outcomes: House,
) -> None:
    both, one = await both_and_one(outcomes)
    first, _ = await edition(outcomes, one)
    later, _ = await edition(outcomes, both)
    assert (figure(first), cell(later)["state"]) == ((60, 120), "suppressed")


async def test_of_two_editions_made_at_once_one_sees_the_other(outcomes: House) -> None:
    cards = await both_and_one(outcomes)
    made = await asyncio.gather(*(edition(outcomes, each) for each in cards))
    assert sorted(cell(report)["state"] for report, _ in made) == ["shown", "suppressed"]


async def test_two_scorecards_of_one_place_publish_one_figure(outcomes: House) -> None:
    both, one = await both_and_one(outcomes)
    first, _ = await edition(outcomes, one)
    async with outcomes.calling(await leading_all(outcomes)) as http:
        read = await http.get(f"/v1/scorecards/{both}")
        wanted = {"title": "X", "indicators": read.json()["indicators"], "places": [X]}
        headers = {"If-Match": read.headers["etag"]}
        await http.put(f"/v1/scorecards/{both}", json=wanted, headers=headers)
    newer = at("X", 61, 121).replace("2025-07-01", "2025-09-01")
    await take_in(outcomes, newer)
    other, _ = await edition(outcomes, both)
    assert (figure(first), figure(other)) == ((60, 120), (60, 120))
    assert cell(other)["as_of"]


async def test_a_school_is_not_given_away_by_the_roster_without_it(outcomes: House) -> None:
    large, tiny = uuid4(), uuid4()
    await attend(outcomes, large, absent=15, present=25)
    await attend(outcomes, tiny, absent=2, present=4)
    made = await define(outcomes, key="absence", derivation="chronic_absence",
                        definition=definition(direction="lower_is_better"))  # fmt: skip
    school = {"kind": "school", "key": str(large), "name": "Large"}
    whole, part = [
        (await make_scorecard(outcomes, await form_partnership(outcomes, name), [made["id"]],
                              places=places))["id"]
        for name, places in (("A", [ROSTER]), ("B", [school]))
    ]  # fmt: skip
    assert figure((await edition(outcomes, whole))[0]) == (17, 46)
    report, named = await edition(outcomes, part)
    assert cell(report)["state"] == "suppressed"
    assert named[0]["cause"] == "overlap"


async def attend(house: House, school: UUID, *, absent: int, present: int) -> None:
    await house.hear(*(
        AttendanceCounted(
            student_id=uuid4(), school_id=school, school_year=2025, days_enrolled=100,
            days_attended=days, as_of=date(2025, 3, 1),
        )
        for days in [80] * absent + [98] * present
    ))  # fmt: skip


async def test_a_redefinition_does_not_publish_the_difference_within_one_edition_either(
    outcomes: House,
) -> None:
    card_id = await card(outcomes, line(numerator=400, denominator=505))
    async with outcomes.calling(await leading_all(outcomes)) as http:
        [known] = (await http.get("/v1/indicators")).json()["items"]
    await redefine(outcomes, known["id"], formula="proficient / enrolled")
    await take_in(outcomes, line(numerator=401, denominator=506, definition_version=2))
    report, named = await edition(outcomes, card_id)
    [earlier] = report["indicators"][0]["earlier"]
    assert figure({"indicators": [earlier]}) == (400, 505)
    assert cell(report)["state"] == "suppressed"
    assert [(each["cause"], each["edition_id"]) for each in named] == [("definition", None)]


async def test_a_gap_is_taken_of_figures_of_one_date(outcomes: House) -> None:
    def groups(total: tuple[int, int], female: tuple[int, int], **more: str) -> list[str]:
        male = [whole - part for whole, part in zip(total, female, strict=True)]
        return [
            line(numerator=total[0], denominator=total[1], **more),
            line("2023-2024", "sex", "Female", *female, **more),
            line("2023-2024", "sex", "Male", *male, **more),
        ]

    card_id = await card(outcomes, *groups((100, 200), (60, 100)))
    await edition(outcomes, card_id)
    await take_in(outcomes, *groups((112, 224), (61, 101), as_of="2025-09-01"))
    report, named = await edition(outcomes, card_id)
    assert (figure(report), figure(report, "Female")) == ((112, 224), (60, 100))
    assert series(report, "Female")["gap"] is None
    assert [each["dimension"] for each in named] == ["sex"]


async def test_only_those_who_publish_read_what_is_exposed(outcomes: House) -> None:
    card_id = await card(outcomes, line())
    async with outcomes.calling(TEACHER) as http:
        refused = await http.get(f"/v1/scorecards/{card_id}/exposed")
    async with outcomes.calling(await leading_all(outcomes)) as http:
        absent = await http.get(f"/v1/scorecards/{uuid4()}/exposed")
    assert (refused.status_code, absent.status_code) == (403, 404)
    assert await exposed(outcomes, card_id) == []
