"""Standards frameworks: CASE packages in, browsed as a tree, searched by."""

import copy
import io
import struct
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.resources.exchange.case_packages.rules import Package, edges, read
from services.resources.exchange.descriptions.rules import Fault
from shared.contracts.resources.framework import FrameworkImported
from shared.security.principal import Role
from tests.houses import House, principal
from tests.resources.describing import BACKBONE, NOBODY, as_json, counts, names, publish, search

MOMENT = "2024-05-01T12:00:00Z"
DOCUMENT = "d0000000-0000-4000-8000-000000000000"


def node(identifier: str) -> dict[str, str]:
    return {"title": "x", "identifier": identifier, "uri": f"https://case.example/{identifier}"}


def item_id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def package(edges: list[tuple[int, int | None]], items: int | None = None) -> dict[str, Any]:
    """Items 0 to n, `edges` from child to parent, where None is the document."""
    count = items if items is not None else max((child for child, _ in edges), default=-1) + 1
    return {
        "CFDocument": {
            "identifier": DOCUMENT,
            "uri": f"https://case.example/{DOCUMENT}",
            "title": "Mathematics",
            "creator": "The state",
            "lastChangeDateTime": MOMENT,
        },
        "CFItems": [
            {
                "identifier": item_id(number),
                "uri": f"https://case.example/items/{item_id(number)}",
                "fullStatement": f"Statement {number}",
                "humanCodingScheme": f"M.{number}",
                "lastChangeDateTime": MOMENT,
            }
            for number in range(count)
        ],
        "CFAssociations": [
            {
                "identifier": f"a{place:07x}-0000-4000-8000-000000000000",
                "uri": "https://case.example/a",
                "associationType": "isChildOf",
                "originNodeURI": node(item_id(child)),
                "destinationNodeURI": node(DOCUMENT if parent is None else item_id(parent)),
                "sequenceNumber": place,
                "lastChangeDateTime": MOMENT,
            }
            for place, (child, parent) in enumerate(edges)
        ],
    }


TREE = package([(0, None), (2, 0), (1, 0), (3, 1), (4, None)])


def faults(document: Any) -> list[tuple[str, str]]:
    found = read(document)
    assert isinstance(found, list)
    return [(fault.field, fault.code) for fault in found]


async def load(house: House, content: bytes, caller: Any = BACKBONE) -> dict[str, Any]:
    return await house.import_file("standards", content, caller)


async def get(house: House, path: str, **asked: Any) -> Any:
    async with house.calling(NOBODY) as http:
        answer = await http.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@given(
    st.integers(1, 30).flatmap(lambda n: st.lists(st.integers(-1, n - 1), min_size=n, max_size=n))
)
def test_a_tree_is_accepted_and_a_cycle_is_refused(parents: list[int]) -> None:
    edges = [(child, None if parent < 0 else parent) for child, parent in enumerate(parents)]

    def reaches_top(child: int) -> bool:
        for _ in parents:
            if parents[child] < 0:
                return True
            child = parents[child]
        return False

    cyclic = not all(reaches_top(child) for child in range(len(parents)))
    found = read(package(edges))
    assert isinstance(found, list) == cyclic
    if isinstance(found, list):
        assert {fault.code for fault in found} == {"cycle"}


def placed(document: Any) -> list[tuple[str, str, int]]:
    found = read(document)
    assert isinstance(found, Package)
    return sorted(edges(found))


def test_an_item_may_have_two_parents_and_has_its_place_below_each() -> None:
    tree = placed(package([(0, None), (1, None), (3, 1), (2, 0), (2, 1)]))
    assert [(parent, place) for child, parent, place in tree if child == item_id(2)] == [
        (item_id(0), 0),
        (item_id(1), 1),
    ]


def test_an_item_without_a_parent_comes_below_the_document_after_those_with_a_place() -> None:
    tree = placed(package([(1, None)], items=3))
    assert [(child, place) for child, parent, place in tree if parent == DOCUMENT] == [
        (item_id(0), 1),
        (item_id(1), 0),
        (item_id(2), 2),
    ]


def changed(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(TREE)
    inside: Any = document
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = value
    return document


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (None, ("$", "model-type")),
        ({}, ("$.CFDocument", "missing")),
        (changed(("CFDocument", "title"), ""), ("$.CFDocument.title", "string-too-short")),
        (changed(("CFDocument", "identifier"), "7"), ("$.CFDocument.identifier", "identifier")),
        (changed(("CFItems", 1, "fullStatement"), "a\x00"),
         ("$.CFItems[1].fullStatement", "nul-character")),
        (changed(("CFItems", 1, "fullStatement"), "a" * 5_000_000),
         ("$.CFItems[1].fullStatement", "string-too-long")),
        (changed(("CFItems", 1, "lastChangeDateTime"), "yesterday"),
         ("$.CFItems[1].lastChangeDateTime", "date")),
        (changed(("CFItems", 3, "identifier"), item_id(0).upper()),
         ("$.CFItems[3].identifier", "duplicate-id")),
        (changed(("CFItems", 4, "identifier"), DOCUMENT),
         ("$.CFItems[4].identifier", "duplicate-id")),
        (changed(("CFAssociations", 1, "associationType"), "isFriendOf"),
         ("$.CFAssociations[1].associationType", "association-type")),
        (changed(("CFAssociations", 1, "sequenceNumber"), -1),
         ("$.CFAssociations[1].sequenceNumber", "greater-than-equal")),
        (changed(("CFAssociations", 1, "originNodeURI"), node(item_id(99))),
         ("$.CFAssociations[1].originNodeURI", "dangling-association")),
        (changed(("CFAssociations", 1, "destinationNodeURI"), node(item_id(99))),
         ("$.CFAssociations[1].destinationNodeURI", "dangling-association")),
    ],
)  # fmt: skip
def test_a_faulty_package_is_refused_with_the_path(
    document: Any, expected: tuple[str, str]
) -> None:
    assert expected in faults(document)


def test_a_link_to_another_framework_is_kept_if_one_end_is_in_this_one() -> None:
    outward = changed(("CFAssociations", 1, "associationType"), "exactMatchOf")
    outward["CFAssociations"][1]["destinationNodeURI"] = node("elsewhere")
    assert isinstance(read(outward), Package)
    outward["CFAssociations"][1]["originNodeURI"] = node("elsewhere too")
    assert all(isinstance(fault, Fault) for fault in read(outward))


async def test_every_framework_of_the_real_data_is_imported_unchanged(
    resources: House, real_data: Path
) -> None:
    for path in sorted((real_data / "resources" / "case").glob("*.json")):
        if path.name.startswith("case-v1p"):
            continue
        content = orjson.loads(path.read_bytes())
        job = await load(resources, path.read_bytes())
        assert job["state"] == "done", (path.name, job["problems"])
        assert job["counts"]["items"] == len(content["CFItems"])
        if path.name.startswith("opensalt"):
            found = (await get(resources, "/v1/frameworks"))["items"]
            [framework] = [f for f in found if f["title"] == "What Standards Could Be"]
            top = await get(resources, f"/v1/frameworks/{framework['id']}/items")
            assert len(top["items"]) == 2
            assert framework["items_count"] == 16


async def test_a_framework_is_browsed_level_by_level_in_its_order(resources: House) -> None:
    await load(resources, as_json(TREE))
    [framework] = (await get(resources, "/v1/frameworks"))["items"]
    items = f"/v1/frameworks/{framework['id']}/items"
    top = (await get(resources, items))["items"]
    below = (await get(resources, items, parent=item_id(0)))["items"]
    first = await get(resources, items, parent=item_id(0), limit=1)
    second = await get(resources, items, parent=item_id(0), limit=1, cursor=first["next"])
    deep = await get(resources, f"{items}/{item_id(3)}")

    assert [(i["human_coding_scheme"], i["children_count"]) for i in top] == [
        ("M.0", 2),
        ("M.4", 0),
    ]
    assert [i["human_coding_scheme"] for i in below] == ["M.2", "M.1"]
    assert [i["human_coding_scheme"] for i in deep["path"]] == ["M.0", "M.1"]
    assert (first["items"] + second["items"], second["next"]) == (below, None)
    async with resources.calling(NOBODY) as http:
        for path in (
            f"/v1/frameworks/{uuid4()}",
            f"{items}/{uuid4()}",
            f"{items}?parent={uuid4()}",
        ):
            assert (await http.get(path)).status_code == 404


async def test_the_same_package_again_changes_nothing_and_a_new_one_replaces_it(
    resources: House,
) -> None:
    await load(resources, as_json(TREE))
    again = await load(resources, as_json(TREE))
    smaller = await load(resources, as_json(package([(0, None), (7, 0)], items=8)))

    assert again["counts"]["unchanged"] == 1
    assert smaller["counts"] == {"frameworks": 1, "items": 8, "associations": 2, "unchanged": 0}
    events = await resources.events(FrameworkImported)
    assert [(e["aggregate_version"], e["data"]["items"]) for e in events] == [(1, 5), (2, 8)]
    [framework] = (await get(resources, "/v1/frameworks"))["items"]
    assert framework["items_count"] == 8


async def test_a_package_that_would_end_much_of_its_framework_waits_for_a_confirmation(
    resources: House,
) -> None:
    await load(resources, as_json(package([], items=40)))
    fewer = as_json(package([], items=35))
    shown = await resources.import_file("standards", fewer, BACKBONE, preview=True)
    job = await load(resources, fewer)
    assert (shown["state"], job["state"]) == ("done", "needs_confirmation")
    [effect] = job["effects"]
    assert shown["effects"] == [effect]
    assert (effect["noun"], effect["ended"], effect["known"]) == ("items", 5, 40)
    assert [(part["name"], part["ended"]) for part in effect["parts"]] == [("Mathematics", 5)]
    assert len(await resources.rows("select identifier from framework_item")) == 40

    changed = package([], items=36)
    changed["CFItems"][0]["fullStatement"] = "Otherwise"
    done = await load(resources, as_json(changed))
    [effect] = done["effects"]
    assert [effect[name] for name in ("added", "changed", "ended")] == [0, 1, 4]


async def test_an_item_belongs_to_one_framework(resources: House) -> None:
    await load(resources, as_json(TREE))
    other = copy.deepcopy(TREE)
    other["CFDocument"]["identifier"] = str(uuid4())
    other["CFAssociations"] = []
    job = await load(resources, as_json(other))
    assert job["state"] == "refused"
    assert [(p["field"], p["code"]) for p in job["problems"]] == [
        ("$.CFItems[0].identifier", "item-elsewhere")
    ]


async def test_several_packages_are_imported_together_or_not_at_all(resources: House) -> None:
    good = {"CFDocument": {**TREE["CFDocument"], "identifier": str(uuid4())}}
    job = await load(resources, as_json([good, TREE, {**TREE, "CFItems": []}]))
    assert job["state"] == "refused"
    assert (await get(resources, "/v1/frameworks"))["items"] == []
    twice = await load(resources, as_json([good, good]))
    assert [p["code"] for p in twice["problems"]] == ["duplicate-id"]


async def test_educators_partner_administrators_and_analysts_may_not_import_standards(
    resources: House,
) -> None:
    for role in (Role.EDUCATOR, Role.PARTNER_ADMIN, Role.ANALYST):
        job = await load(resources, as_json(TREE), principal(role, partner_id=uuid4()))
        assert job["status"] == 403


async def test_a_standard_finds_resources_aligned_to_it_or_to_any_standard_beneath_it(
    resources: House,
) -> None:
    await load(resources, as_json(TREE))
    for number in (0, 1, 3, 4):
        uri = f"https://case.example/items/{item_id(number)}"
        aligned = "teaches" if number % 2 else "assesses"
        await publish(resources, name=f"Lesson {number}", **{aligned: [uri]})

    async def found(standard: str) -> list[str]:
        return sorted(names(await search(resources, standard=standard)))

    assert await found(item_id(1)) == ["Lesson 1", "Lesson 3"]
    assert await found("M.0") == ["Lesson 0", "Lesson 1", "Lesson 3"]
    assert await found(f"https://case.example/items/{item_id(3)}") == ["Lesson 3"]
    assert await found(DOCUMENT) == [f"Lesson {n}" for n in (0, 1, 3, 4)]
    assert await found("M.2") == []
    everything = await search(resources)
    assert counts(everything, "standard") == {item_id(n): 1 for n in (0, 1, 3, 4)}
    labels = {each["value"]: each["label"] for each in everything["facets"]["standard"]}
    assert labels[item_id(3)] == "M.3"
    both = await search(resources, standard=["M.3", "M.4"])
    assert sorted(names(both)) == ["Lesson 3", "Lesson 4"]


async def test_an_alignment_to_a_framework_not_imported_is_found_by_its_uri(
    resources: House,
) -> None:
    uri = "https://standards.example/unknown"
    await publish(resources, teaches=[uri])
    assert len(names(await search(resources, standard=uri))) == 1


async def test_a_framework_a_thousand_levels_deep_is_searched_from_its_top(
    resources: House,
) -> None:
    chain: list[tuple[int, int | None]] = [(0, None)]
    chain += [(child, parent) for parent, child in pairwise(range(1_000))]
    await load(resources, as_json(package(chain)))
    await publish(resources, teaches=[f"https://case.example/items/{item_id(999)}"])
    assert len(names(await search(resources, standard="M.0"))) == 1
    [framework] = (await get(resources, "/v1/frameworks"))["items"]
    deep = await get(resources, f"/v1/frameworks/{framework['id']}/items/{UUID(item_id(999))}")
    assert len(deep["path"]) == 100


async def test_a_zip_whose_directory_lies_about_its_place_is_refused(resources: House) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.json", "{}")
    content = bytearray(packed.getvalue())
    at = content.rindex(b"PK\x05\x06") + 16
    struct.pack_into("<I", content, at, struct.unpack_from("<I", content, at)[0] + 2)
    job = await resources.import_file("standards", bytes(content), BACKBONE)
    assert [problem["code"] for problem in job["problems"]] == ["zip-unreadable"]
