"""Two partnerships' scorecards on one platform: each is kept by its own backbone's staff."""

import re
from typing import Any

from shared.security.principal import Principal, Role
from tests.access.roles import table
from tests.houses import House, principal
from tests.outcomes.builders import (
    DISTRICT,
    csv_of,
    define,
    definition,
    form_partnership,
    leading,
    line,
    make_scorecard,
    publish,
)
from tests.promised import promise
from tests.promises.sources import guilty

SHARED = {
    "POST /v1/imports/{}/confirmation": "hidden: tests/shared/imports/test_brake.py",
    "POST /v1/imports/{}/rejection": "hidden: tests/shared/imports/test_brake.py",
    "POST /v1/indicators": "an indicator is everybody's until a scorecard shows it",
    "POST /v1/imports/observations": "test_figures_that_only_others_show_are_not_imported",
}


async def a_target(house: House, card: dict[str, Any], indicator_id: str) -> dict[str, Any]:
    draft = {"scorecard_id": card["id"], "indicator_id": indicator_id, **AIM}
    async with house.calling(leading(card["partnership_id"])) as http:
        made = await http.post("/v1/targets", json=draft)
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


AIM = {"value": {"value": "60", "unit": "percent"}, "due_on": "2028-06-30"}


async def asked(house: House, caller: Principal, routes: dict[str, Any]) -> dict[str, Any]:
    """Each route with the code of its refusal, or its status."""
    found = {}
    async with house.calling(caller) as http:
        for name, (path, body, version) in routes.items():
            answer = await http.request(
                name.partition(" ")[0], path, json=body, headers={"If-Match": f'"{version}"'}
            )
            there = answer.json() if answer.content else {}
            found[name] = there.get("code", answer.status_code)
    return found


@promise(
    "Access and privacy",
    "Only the staff of a partnership's own backbone change its scorecard, targets and editions.",
)
async def test_the_staff_of_another_backbone_change_nothing_of_a_partnerships_scorecard(
    outcomes: House,
) -> None:
    here, there = await form_partnership(outcomes), await form_partnership(outcomes, "Other")
    bare = await form_partnership(outcomes, "Bare")
    indicator = await define(outcomes)
    card = await make_scorecard(outcomes, here, [indicator["id"]])
    target = await a_target(outcomes, card, indicator["id"])
    wanted = {"title": "T", "places": [DISTRICT], "indicators": [indicator["id"]]}
    group = {"dimension": "sex", "group": "Male"}
    withdrawn, replaced = [await publish(outcomes, card["id"]) for _ in range(2)]
    because = {"reason": "A school sent last year's file."}
    scorecard, of_target = f"/v1/scorecards/{card['id']}", f"/v1/targets/{target['id']}"
    definitions = f"/v1/indicators/{indicator['id']}/definitions"
    routes = {
        "POST /v1/scorecards": ("/v1/scorecards", wanted | {"partnership_id": str(bare)}, 1),
        "POST /v1/targets": (
            "/v1/targets",
            {"scorecard_id": card["id"], "indicator_id": indicator["id"], **group, **AIM}, 1,
        ),
        "PUT /v1/targets/{}": (of_target, AIM, 1),
        "DELETE /v1/targets/{}": (of_target, None, 2),
        "PUT /v1/scorecards/{}": (scorecard, wanted, 1),
        "POST /v1/scorecards/{}/editions": (f"{scorecard}/editions", None, 1),
        "POST /v1/editions/{}/withdrawal": (
            f"/v1/editions/{withdrawn['id']}/withdrawal", because, 1,
        ),
        "POST /v1/editions/{}/replacement": (
            f"/v1/editions/{replaced['id']}/replacement", because, 1,
        ),
        "POST /v1/indicators/{}/definitions": (
            definitions, definition(formula="proficient / enrolled"), 1,
        ),
    }  # fmt: skip
    strangers = (leading(there), principal(Role.ANALYST), principal(Role.BACKBONE))
    before = await outcomes.events()
    for caller in strangers:
        stale = routes | {"DELETE /v1/targets/{}": (of_target, None, 1)}
        found = await asked(outcomes, caller, stale)
        assert set(found.values()) == {"partnership-not-led"}, found
    assert await outcomes.events() == before

    found = await asked(outcomes, leading(here, bare), routes)
    assert {name: code for name, code in found.items() if code not in {200, 201, 204}} == {}
    guilty([
        f"{route} is tried by no other backbone"
        for route, roles in table()["outcomes"].items()
        if Role.BACKBONE in roles and not route.startswith("GET")
        and re.sub(r"{\w+}", "{}", route) not in routes.keys() | SHARED.keys()
    ])  # fmt: skip


async def test_only_its_own_backbone_reads_what_a_partnerships_next_edition_would_withhold(
    outcomes: House,
) -> None:
    here, there = await form_partnership(outcomes), await form_partnership(outcomes, "Other")
    card = await make_scorecard(outcomes, here, [(await define(outcomes))["id"]])
    found = []
    for caller in (leading(here), leading(there)):
        async with outcomes.calling(caller) as http:
            answer = await http.get(f"/v1/scorecards/{card['id']}/exposed")
        found.append(answer.json().get("code", answer.status_code))
    assert found == [200, "partnership-not-led"]


async def test_an_indicator_that_two_partnerships_show_is_not_redefined_by_one_of_them(
    outcomes: House,
) -> None:
    here, there = await form_partnership(outcomes), await form_partnership(outcomes, "Other")
    indicator = await define(outcomes)
    for partnership_id in (here, there):
        await make_scorecard(outcomes, partnership_id, [indicator["id"]])
    path = f"/v1/indicators/{indicator['id']}/definitions"
    route = {f"POST {path}": (path, definition(formula="proficient / enrolled"), 1)}
    alone = await asked(outcomes, leading(here), route)
    both = await asked(outcomes, leading(here, there), route)
    assert [*alone.values(), *both.values()] == ["partnership-not-led", 201]


async def test_figures_that_only_others_show_are_not_imported(outcomes: House) -> None:
    here, there = await form_partnership(outcomes), await form_partnership(outcomes, "Other")
    indicator = await define(outcomes)
    await make_scorecard(outcomes, here, [indicator["id"]])
    figures = csv_of([line(), line(place="7", place_name="Seven")])
    foreign = await outcomes.import_file("observations", figures, leading(there))
    own = await outcomes.import_file("observations", figures, leading(here))
    again = await outcomes.import_file("observations", figures, leading(there))
    elsewhere = csv_of([line(place="7", numerator=151, as_of="2025-08-01", place_name="Seven")])
    free = await outcomes.import_file("observations", elsewhere, leading(there))
    assert [(p["code"], p["line"]) for p in foreign["problems"]] == [("partnership-not-led", 2)]
    assert [job["state"] for job in (own, again, free)] == ["done"] * 3
    await make_scorecard(outcomes, there, [indicator["id"]])
    shared = csv_of([line(numerator=151, as_of="2025-08-01")])
    both = await outcomes.import_file("observations", shared, leading(there))
    assert both["state"] == "done"
