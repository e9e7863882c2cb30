"""Search as everybody meets it: words, facets with counts, pages."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.resources.library.search.rules import WORDS, words
from shared.security.principal import Role
from tests.houses import House, principal
from tests.resources.describing import (
    BACKBONE,
    NOBODY,
    counts,
    names,
    publish,
    search,
)


async def library(resources: House) -> None:
    await publish(
        resources, name="Adding fractions", about=["Mathematics"], grades=["04"],
        in_language=["en"], license_url="CC BY 4.0", audience=["student"],
        learning_resource_type=["lessonPlan"], description="Unlike denominators.",
    )  # fmt: skip
    await publish(
        resources, name="Sumar fracciones", about=["Mathematics"], grades=["05"],
        in_language=["es"], license_url="CC BY 4.0", audience=["student"],
        learning_resource_type=["assessment"],
    )  # fmt: skip
    await publish(
        resources, name="Rocks", about=["Science"], grades=["04", "05"], in_language=["en-US"],
        license_url="CC0", audience=["teacher"], description="No fractions here, or one fraction.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("fraction", ["Adding fractions", "Rocks"]),
        ("FRACTIONS", ["Adding fractions", "Rocks"]),
        ("denominator fractions", ["Adding fractions"]),
        ("fracc", ["Sumar fracciones"]),
        ("sumar fracciones", ["Sumar fracciones"]),
        ("mathem", ["Sumar fracciones", "Adding fractions"]),
        ("the rocks", ["Rocks"]),
        ("nothing-of-this", []),
        ("!!! & | ( ' :*", ["Rocks", "Sumar fracciones", "Adding fractions"]),
    ],
)
async def test_search_matches_all_words_by_their_stem_and_the_last_by_its_beginning(
    resources: House, asked: str, expected: list[str]
) -> None:
    await library(resources)
    assert names(await search(resources, q=asked)) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("evaluacion", {"Evaluación del Café"}), ("EVALUACIÓN", {"Evaluación del Café"}),
        ("cafe", {"Evaluación del Café"}), ("café eval", {"Evaluación del Café"}),
        ("children's", {"The Children’s Straße"}), ("childrens", {"The Children’s Straße"}),
        ("strasse", {"The Children’s Straße"}), ("oneill", {"The Children’s Straße"}),
        ("O'Neill", {"The Children’s Straße"}), ("well-being", {"The Children’s Straße"}),
    ],
)  # fmt: skip
async def test_a_resource_is_found_as_its_words_are_typed_on_an_ordinary_keyboard(
    resources: House, asked: str, expected: set[str]
) -> None:
    await publish(
        resources, name="Evaluación del Café", in_language=["es"], url="https://e.example/1"
    )
    await publish(
        resources,
        name="The Children’s Straße",
        url="https://e.example/2",
        description="On well-being.",
        creator=["J. O’Neill"],
    )
    assert set(names(await search(resources, q=asked))) == expected


async def test_a_word_in_the_name_ranks_higher_than_one_in_the_description(
    resources: House,
) -> None:
    await library(resources)
    found = (await search(resources, q="fractions"))["items"]
    assert [item["name"] for item in found] == ["Adding fractions", "Rocks"]
    assert 1 > found[0]["score"] > found[1]["score"] > 0


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"subject": "Mathematics"}, {"Adding fractions", "Sumar fracciones"}),
        ({"subject": ["Mathematics", "Science"], "grade": "04"}, {"Adding fractions", "Rocks"}),
        ({"language": "en"}, {"Adding fractions", "Rocks"}),
        ({"license": "CC-BY-4.0", "grade": "05"}, {"Sumar fracciones"}),
        ({"age": 9}, {"Adding fractions", "Rocks"}),
        ({"age": 30}, set()),
        ({"type": "assessment", "audience": "student"}, {"Sumar fracciones"}),
        ({"q": "fractions", "audience": "teacher"}, {"Rocks"}),
        ({"subject": "mathematics"}, set()),
    ],
)
async def test_values_of_a_facet_are_alternatives_and_facets_narrow_each_other(
    resources: House, asked: dict[str, Any], expected: set[str]
) -> None:
    await library(resources)
    found = await search(resources, **asked)
    assert set(names(found)) == expected
    assert (found["total"], found["exact"]) == (len(expected), True)


async def test_the_counts_of_a_facet_are_narrowed_by_the_words_and_all_other_facets(
    resources: House,
) -> None:
    await library(resources)
    everything = await search(resources)
    narrowed = await search(resources, subject="Mathematics", grade="04")

    assert counts(everything, "subject") == {"Mathematics": 2, "Science": 1}
    assert counts(everything, "grade") == {"04": 2, "05": 2}
    assert counts(narrowed, "subject") == {"Mathematics": 1, "Science": 1}
    assert counts(narrowed, "grade") == {"04": 1, "05": 1}
    assert counts(narrowed, "license") == {"CC-BY-4.0": 1}
    by_words = await search(resources, q="fractions", language="es")
    assert (counts(by_words, "language"), by_words["total"]) == ({"en": 2}, 0)


async def test_a_filter_that_every_resource_passes_leaves_the_counts_unchanged(
    resources: House,
) -> None:
    await library(resources)
    for asked in ({"age": 10}, {"grade": ["04", "05"]}):
        everything, narrowed = await search(resources), await search(resources, **asked)
        assert narrowed["facets"] == everything["facets"]


@pytest.mark.parametrize("asked", [{}, {"q": "lesson"}, {"subject": "Science"}])
async def test_the_pages_of_a_search_give_every_hit_once(
    resources: House, asked: dict[str, str]
) -> None:
    for number in range(7):
        await publish(resources, name=f"Lesson {number}", about=["Science"])
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        found = await search(resources, **asked, **cursor, limit=3)
        seen += names(found)
        if found["next"] is None:
            break
        cursor = {"cursor": found["next"]}
    assert sorted(seen) == [f"Lesson {n}" for n in range(7)]
    assert asked.get("q") or seen == sorted(seen, reverse=True)


async def test_a_cursor_of_another_search_or_caller_is_refused(resources: House) -> None:
    for number in range(3):
        await publish(resources, name=f"Lesson {number}")
    cursor = (await search(resources, q="lesson", limit=1))["next"]
    for caller, asked in ((NOBODY, {"q": "other"}), (NOBODY, {}), (BACKBONE, {"q": "lesson"})):
        async with resources.calling(caller) as http:
            refused = await http.get("/v1/resources", params={**asked, "cursor": cursor})
        assert (refused.status_code, refused.json()["code"]) == (400, "cursor-foreign")


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": -1}, {"limit": 201}, {"age": -1}, {"age": 10**30}, {"grade": "15"},
        {"q": "x" * 201}, {"partner_id": "me"}, {"subject": ["x"] * 51}, {"cursor": "%%"},
    ],
)  # fmt: skip
async def test_a_senseless_parameter_is_refused(resources: House, asked: dict[str, Any]) -> None:
    async with resources.calling(NOBODY) as http:
        refused = await http.get("/v1/resources", params=asked)
    assert refused.status_code == 400, refused.text


@pytest.mark.parametrize(
    "text", ["\x00", "a\x00b", "'; drop table resource; --", "\\", "∑ ♥", "ß"]
)
async def test_no_text_makes_search_fail(resources: House, text: str) -> None:
    async with resources.calling(NOBODY) as http:
        answer = await http.get("/v1/resources", params={"q": text})
        subject = await http.get("/v1/resources", params={"subject": text})
    wanted = 400 if "\x00" in text else 200
    assert (answer.status_code, subject.status_code) == (wanted, wanted), answer.text


@given(st.text(max_size=200))
def test_a_tsquery_holds_nothing_but_quoted_words(text: str) -> None:
    query = words(text)
    inner = query.removesuffix(":*").split(" & ") if query else []
    assert len(inner) <= WORDS
    assert all(each[0] == each[-1] == "'" and each[1:-1].isalnum() for each in inner)


async def test_a_search_without_facets_gives_no_counts(resources: House) -> None:
    await library(resources)
    found = await search(resources, facets=False)
    assert (found["total"], found["facets"], len(found["items"])) == (None, {}, 3)


async def test_the_platforms_search_gets_hits_with_a_score(resources: House) -> None:
    await library(resources)
    async with resources.calling(principal(Role.GATEWAY)) as http:
        hits = (await http.get("/internal/search", params={"q": "fracti", "limit": 1})).json()
        nothing = (await http.get("/internal/search", params={"q": "?!"})).json()
    [hit] = hits["items"]
    assert (hit["kind"], hit["title"]) == ("resource", "Adding fractions")
    assert (hit["summary"], 0 < hit["score"] < 1) == ("Unlike denominators.", True)
    assert nothing["items"] == []
