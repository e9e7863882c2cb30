"""Pipelines and the directory, on a real database."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.security.principal import THE_GATEWAY, Role
from tests.houses import House, principal
from tests.partners.support import OPERATOR, a_partner, a_partnership, a_program, made, version


async def asked(partners: House, path: str, **query: Any) -> Any:
    async with partners.calling(principal(Role.PUBLIC)) as http:
        answer = await http.get(f"/internal/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


async def test_a_pipeline_shows_its_steps_and_the_years_that_it_leaves_out(
    partners: House,
) -> None:
    tutors = await a_partner(partners)
    baby = await a_program(partners, tutors, name="Baby College", minimum_age=0, maximum_age=3)
    school = await a_program(partners, tutors, name="Promise", grades=["KG", "01", "02"])
    chess = await a_program(partners, tutors, name="Chess")
    promise = await a_partnership(partners, tutors)
    ids = [p["id"] for p in (baby, chess, school)]
    async with partners.calling(OPERATOR) as http:
        pipeline = await made(
            http, "pipelines", name="Cradle", partnership_id=promise, program_ids=ids, to_age=9
        )
        wrong = await http.patch(
            f"/v1/pipelines/{pipeline['id']}", json={"program_ids": ids[::-1]},
            headers=version(pipeline),
        )  # fmt: skip
        shown = (await http.get(f"/v1/pipelines/{pipeline['id']}")).json()

    assert wrong.json()["code"] == "pipeline-out-of-order"
    assert shown == pipeline
    assert [step["name"] for step in shown["steps"]] == ["Baby College", "Chess", "Promise"]
    assert shown["gaps"] == [{"from_age": 4, "to_age": 4}, {"from_age": 8, "to_age": 9}]
    assert shown["unplaced"] == [chess["id"]]


async def test_a_partner_maintains_its_own_pipeline_and_not_that_of_a_partnership(
    partners: House,
) -> None:
    tutors = await a_partner(partners)
    promise = await a_partnership(partners, tutors)
    async with partners.calling(principal(Role.PARTNER_ADMIN, partner_id=tutors)) as http:
        answers = [
            (await http.post("/v1/pipelines", json={"name": "P"} | owner)).status_code
            for owner in (
                {"partner_id": tutors}, {"partnership_id": promise}, {},
                {"partner_id": await a_partner(partners, "Other")},
            )
        ]  # fmt: skip
    assert answers == [201, 403, 422, 403]


async def test_a_partners_profile_holds_its_sites_and_programs(partners: House) -> None:
    tutors = await a_partner(partners)
    program = await a_program(partners, tutors)
    async with partners.calling(OPERATOR) as http:
        site = await made(http, "sites", partner_id=tutors, name="Hall")
    profile = await asked(partners, f"partners/{tutors}/profile")
    assert profile["partner"]["name"] == "Riverside Tutors"
    assert (profile["sites"], profile["programs"]) == ([site], [program])


async def test_a_partnerships_profile_holds_members_networks_and_pipelines(
    partners: House,
) -> None:
    tutors = await a_partner(partners)
    promise = await a_partnership(partners, tutors)
    async with partners.calling(OPERATOR) as http:
        await made(http, "networks", partnership_id=promise, name="N", outcome="Employment")
        await made(http, "pipelines", partnership_id=promise, name="P")
    profile = await asked(partners, f"partnerships/{promise}/profile")
    assert profile["partnership"]["id"] == promise
    assert [member["name"] for member in profile["members"]] == ["Riverside Tutors"]
    assert [network["outcome"] for network in profile["networks"]] == ["Employment"]
    assert len(profile["pipelines"]) == 1


async def test_programs_are_named_with_their_partners(partners: House) -> None:
    program = await a_program(partners, await a_partner(partners))
    [named] = await asked(partners, "programs", ids=f"{program['id']},{program['partner_id']}")
    assert (named["name"], named["partner_name"]) == ("Saturday Tutoring", "Riverside Tutors")
    async with partners.calling(THE_GATEWAY) as http:
        wrong = await http.get("/internal/programs", params={"ids": "x"})
    assert wrong.json()["code"] == "ids-malformed"


async def test_programs_name_the_place_where_they_happen_while_it_is_open(partners: House) -> None:
    tutors = await a_partner(partners)
    address = {
        "address_1": "1 Main St", "city": "Grand Bend", "state_province": "ON",
        "postal_code": "N0M 1T0", "country": "CA", "address_type": "physical",
    }  # fmt: skip
    async with partners.calling(OPERATOR) as http:
        library, online, closed = [
            await made(http, "sites", partner_id=tutors, name=name, **known)
            for name, known in (
                ("Library", {"latitude": 43.3, "longitude": -81.7, "addresses": [address]}),
                ("Online", {"location_type": "virtual"}),
                ("Old hall", {}),
            )
        ]
        shut = await http.patch(
            f"/v1/sites/{closed['id']}", json={"status": "closed"}, headers=version(closed)
        )
    assert shut.status_code == 200
    ids = [site["id"] for site in (online, library, closed)]
    program = await a_program(partners, tutors, site_ids=ids)
    [named] = await asked(partners, "programs", ids=program["id"])
    nowhere = {"address_1": None, "city": None, "postal_code": None, "latitude": None,
               "longitude": None}  # fmt: skip
    assert named["places"] == [
        {"site_id": online["id"], "name": "Online", "location_type": "virtual"} | nowhere,
        {
            "site_id": library["id"], "name": "Library", "location_type": "physical",
            "address_1": "1 Main St", "city": "Grand Bend", "postal_code": "N0M 1T0",
            "latitude": 43.3, "longitude": -81.7,
        },
    ]  # fmt: skip


async def test_the_directory_lists_active_partners_and_open_programs(partners: House) -> None:
    tutors = await a_partner(partners)
    await a_program(partners, tutors, name="Open")
    await a_program(partners, tutors, name="Paused", status="inactive")
    directory = await asked(partners, "directory")
    assert [partner["name"] for partner in directory["partners"]] == ["Riverside Tutors"]
    assert [program["name"] for program in directory["programs"]] == ["Open"]
    assert directory["more"] is False


async def test_search_ranks_names_before_descriptions_and_finds_a_half_typed_word(
    partners: House,
) -> None:
    tutors = await a_partner(partners, "Riverside Tutors", description="Reading for everyone")
    await a_partner(partners, "Reading Room", "library")
    await a_program(partners, tutors, name="Reading")
    await a_program(partners, tutors, name="Chess", description="No reads here, but knights")

    found = (await asked(partners, "search", q="reading"))["items"]
    assert [hit["title"] for hit in found] == [
        "Reading", "Reading Room", "Riverside Tutors", "Chess",
    ]  # fmt: skip
    assert [hit["matched"] for hit in found] == [["name"], ["name"], *[["description"]] * 2]
    scores = [hit["score"] for hit in found]
    assert scores == sorted(scores, reverse=True) and scores[0] == 1
    half = (await asked(partners, "search", q="rivers tut"))["items"]
    assert half == []
    half = (await asked(partners, "search", q="riverside tut"))["items"]
    assert [hit["title"] for hit in half] == ["Riverside Tutors"]


async def test_a_half_typed_name_ranks_above_a_description_that_has_the_whole_word(
    partners: House,
) -> None:
    await a_partner(partners, "Community Counselling", description="Counselling and counsel")
    await a_partner(partners, "Bar", description="counsel " * 50)
    found = (await asked(partners, "search", q="counsel"))["items"]
    assert [hit["title"] for hit in found] == ["Community Counselling", "Bar"]
    assert found[0]["score"] > 0.5 > found[1]["score"]


@pytest.mark.needs("data")
async def test_search_finds_the_same_with_capitals_and_without(
    partners: House, real_data: Path
) -> None:
    asked_for = json.loads(
        (real_data / "reported/directory-search-capitals/queries.json").read_text()
    )
    tutors = await a_partner(partners, "Riverlight Tutoring")
    await a_partner(partners, "Lantern Hill Children's Alliance")
    await a_program(partners, tutors, name="Little Lanterns")
    for pair in asked_for["pairs"]:
        first, second = [(await asked(partners, "search", q=q))["items"] for q in pair]
        assert first == second != [], pair


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("Lantern Hill Children’s Alliance", ("children's", "childrens", "CHILDREN’S ALL", "children alliance")),
        ("Café Ñandú", ("cafe", "CAFÉ", "nandu", "cafe ñan")),
        ("Kaʻanā-Groß Hall", ("kaana", "ka'ana", "gross hall", "kaanagross", "Kaana-Gross")),
    ],
)  # fmt: skip
async def test_a_name_of_the_directory_is_found_as_it_is_typed(
    partners: House, name: str, queries: tuple[str, ...]
) -> None:
    tutors = await a_partner(partners, name, description="Évaluation for everyone")
    await a_program(partners, tutors, name="Chess")
    for q in (*queries, "evaluation", "ÉVAL"):
        assert [hit["title"] for hit in (await asked(partners, "search", q=q))["items"]] == [
            name
        ], q
    [whole] = (await asked(partners, "search", q=name.upper()))["items"]
    assert whole["score"] == 1


async def test_search_accepts_any_text(partners: House) -> None:
    await a_partner(partners, "O'Brien & Söhne (Ltd.)")
    for words in ("'", "& | !", "a:* & b", "\\", "(", "söhne", "o'brien", "%_", "x" * 200):
        await asked(partners, "search", q=words)
    assert (await asked(partners, "search", q="söhne"))["items"][0]["score"] > 0
    async with partners.calling(OPERATOR) as http:
        refused = await http.get("/internal/search", params={"q": "a\x00b"})
    assert refused.status_code == 400
