"""Importing descriptions over HTTP: all or nothing, twice as once, every fault with its place."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.resources.resource import ResourceChanged, ResourcePublished
from shared.security.principal import Role
from tests.houses import House, principal
from tests.promised import promise
from tests.resources.describing import (
    LIBRARIAN,
    OTHER_LIBRARIAN,
    PARTNER,
    as_json,
    counts,
    described,
    draft,
    names,
    search,
)

DEEP = 10_000


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


async def load(house: House, content: bytes, caller: Any = LIBRARIAN) -> dict[str, Any]:
    return await house.import_file("learning-resources", content, caller)


def places(job: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(p["file"], p["line"], p["field"], p["code"]) for p in job["problems"]]


async def test_every_example_of_the_profile_is_imported_or_refused_as_its_folder_says(
    resources: House, real_data: Path
) -> None:
    for kind, state in (("valid", "done"), ("invalid", "refused")):
        for path in sorted((real_data / "resources/amb/examples" / kind).glob("*.json")):
            job = await load(resources, path.read_bytes())
            assert job["state"] == state, (path.stem, job)
            assert all(p["field"].startswith("$.") and p["reason"] for p in job["problems"])
    assert "Beispielkurs" in names(await search(resources))


@pytest.mark.parametrize("form", ["array", "lines", "zip"])
async def test_many_descriptions_come_as_an_array_one_a_line_or_zipped(
    resources: House, form: str
) -> None:
    documents = [described(number) for number in range(1, 4)]
    content = {
        "array": as_json(documents),
        "lines": b"\n".join(as_json(each) for each in documents) + b"\n",
        "zip": zipped(**{"a.json": as_json(documents[:2]), "sub/b.jsonld": as_json(documents[2])}),
    }[form]
    job = await load(resources, content)

    expected = {"resources": 3, "added": 3, "changed": 0, "unchanged": 0}
    assert (job["state"], job["counts"]) == ("done", expected)
    assert sorted(names(await search(resources))) == ["Resource 1", "Resource 2", "Resource 3"]
    assert len(await resources.events(ResourcePublished)) == 3


async def test_the_same_file_again_changes_nothing_and_another_file_changes_only_the_differences(
    resources: House,
) -> None:
    first = [described(number, inLanguage=["en"]) for number in range(4)]
    second = [*first[:2], described(2, inLanguage=["es"]), described(9)]
    await load(resources, as_json(first))
    before = await search(resources)
    again = await load(resources, as_json(first))
    unchanged = await search(resources)
    other = await load(resources, as_json(second))

    assert again["counts"] == {"resources": 4, "added": 0, "changed": 0, "unchanged": 4}
    assert unchanged == before
    assert other["counts"] == {"resources": 4, "added": 1, "changed": 1, "unchanged": 2}
    published = await resources.events(ResourcePublished)
    changed = await resources.events(ResourceChanged)
    assert (len(published), [e["aggregate_version"] for e in changed]) == (5, [2])
    found = await search(resources)
    assert (found["total"], counts(found, "language")) == (5, {"en": 3, "es": 1})


async def test_partners_do_not_overwrite_each_others_descriptions(resources: House) -> None:
    await load(resources, as_json(described(1)))
    job = await load(resources, as_json(described(1, name="Theirs")), OTHER_LIBRARIAN)
    assert job["counts"]["added"] == 1
    assert sorted(names(await search(resources))) == ["Resource 1", "Theirs"]
    assert names(await search(resources, partner_id=str(PARTNER))) == ["Resource 1"]


async def test_one_fault_refuses_the_whole_file_and_every_fault_is_reported(
    resources: House,
) -> None:
    documents = [described(1), described(2, inLanguage="fr"), described(1), {"name": "no"}]
    job = await load(resources, as_json(documents))

    assert job["state"] == "refused"
    assert places(job) == [
        ("file", None, "$[1].inLanguage", "list-type"),
        ("file", None, "$[2].id", "duplicate-id"),
        ("file", None, "$[3].@context", "missing"),
        ("file", None, "$[3].id", "missing"),
        ("file", None, "$[3].type", "missing"),
    ]
    assert await resources.events() == []
    assert names(await search(resources)) == []


async def test_a_fault_in_lines_and_in_a_zip_is_placed_by_line_and_file(resources: House) -> None:
    lines = as_json(described(1)) + b"\n\n" + as_json(described(2, type="Course")) + b"\n{"
    assert places(await load(resources, lines)) == [
        ("file", 3, "$.type", "list-type"),
        ("file", 4, None, "json-malformed"),
    ]
    packed = zipped(**{"good.json": as_json(described(1)), "x/bad.json": b'{"a": 1,\n"b": x}'})
    assert places(await load(resources, packed)) == [("x/bad.json", 2, None, "json-malformed")]
    latin = b'{"a": 1,\n\n"b": "\xe9"}'
    assert places(await load(resources, latin)) == [("file", 3, None, "encoding")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "json-malformed"),
        (b"[]", "empty"),
        (b"null", "model-type"),
        (b"[" * DEEP + b"]" * DEEP, "json-too-deep"),
        (b'{"a":' * DEEP + b"1" + b"}" * DEEP, "json-too-deep"),
        (b'{"name": "\xff"}', "encoding"),
        ("{}".encode("utf-16"), "encoding"),
        (b'{"name": "\\ud800"}', "json-malformed"),
        (b"\x00" * 1000, "json-malformed"),
        (as_json(described(name="x" * 5_000_000)), "string-too-long"),
        (as_json(described(name="a\x00")), "nul-character"),
        (as_json(described(keywords=["k"] * 501)), "too-long"),
        (zipped(**{"../../evil.json": b"{}"}), "zip-path"),
        (zipped(**{"a.json": b"0" * 300_000_000}), "zip-too-large"),
        (zipped(**{"a.jsonl": b"{}" + b"\n" * 1_000_001}), "too-many-lines"),
        (zipped(**{"run.exe": b"MZ"}), "file-unknown"),
        (zipped(**{"a.json": b"{}"})[:-40], "zip-unreadable"),
        (b"PK\x03\x04 no zip", "zip-unreadable"),
        (zipped(), "empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_hostile_files_are_refused_with_a_code_and_change_nothing(
    resources: House, content: bytes, code: str
) -> None:
    job = await load(resources, content)
    assert job["state"] == "refused", job
    assert code in {problem["code"] for problem in job["problems"]}
    assert names(await search(resources)) == []
    assert await resources.events() == []


async def test_ten_thousand_faults_are_counted_and_the_first_thousand_listed(
    resources: House,
) -> None:
    job = await load(resources, as_json([described(n, type="x") for n in range(10_000)]))
    assert (job["problem_count"], len(job["problems"])) == (10_000, 1_000)


@promise("Imports", "The job says each deviation of a file that the platform accepts.")
async def test_the_litter_of_a_mac_is_passed_over_and_the_job_says_so(
    resources: House, real_data: Path
) -> None:
    packed = real_data / "reported/zip-from-a-mac/learning-resources.zip"
    job = await load(resources, packed.read_bytes())
    assert (job["state"], job["problems"], job["counts"]["added"]) == ("done", [], 1)
    assert {remark["code"] for remark in job["remarks"]} == {"litter"}
    assert job["remark_count"] == len(job["remarks"]) > 0
    assert all(remark["file"] and remark["reason"] for remark in job["remarks"])


async def test_a_thousand_deviations_are_counted_and_the_first_hundred_of_each_kind_listed(
    resources: House,
) -> None:
    litter = {f"__MACOSX/._{number}": b"Mac OS X" for number in range(1_000)}
    files = {f"{number}.json": as_json(described(number)) for number in range(500)}
    job = await load(resources, zipped(**files, **litter))
    assert (job["state"], job["remark_count"], len(job["remarks"])) == ("done", 1_000, 100)


async def test_a_caller_who_may_not_import_is_refused(resources: House) -> None:
    for role in (Role.EDUCATOR, Role.STUDENT, Role.PUBLIC):
        job = await load(resources, as_json(described()), principal(role))
        assert job["status"] == (401 if role is Role.PUBLIC else 403)


async def test_an_import_brings_a_withdrawn_resource_back(resources: House) -> None:
    await load(resources, as_json(described(1)))
    made = (await search(resources))["items"][0]
    async with resources.calling(LIBRARIAN) as http:
        await http.post(f"/v1/resources/{made['id']}/withdrawal", headers={"If-Match": '"1"'})
        assert names(await search(resources)) == []
        job = await load(resources, as_json(described(1)))
        own = await http.get(f"/v1/resources/{made['id']}")
    assert (job["counts"]["changed"], own.json()["version"]) == (1, 3)
    assert names(await search(resources)) == ["Resource 1"]


async def test_the_totals_always_equal_a_count_of_the_resources(resources: House) -> None:
    languages = [["en"], ["es"], ["en", "es"], ["de"]]
    documents = [described(n, inLanguage=languages[n % 4]) for n in range(40)]
    await load(resources, as_json(documents))
    await load(resources, as_json([described(n, inLanguage=["fr"]) for n in range(0, 40, 3)]))
    first = (await search(resources))["items"][0]
    async with resources.calling(LIBRARIAN) as http:
        await http.put(
            f"/v1/resources/{first['id']}", json=draft(name="Other", in_language=["it"]),
            headers={"If-Match": f'"{first["version"]}"'},
        )  # fmt: skip
        second = (await search(resources))["items"][1]
        await http.post(
            f"/v1/resources/{second['id']}/withdrawal",
            headers={"If-Match": f'"{second["version"]}"'},
        )
    kept = await resources.rows("select value, resources from facet_total where resources > 0")
    counted = await resources.rows(
        "select value, count(*)::int as resources from resource, unnest(facets || '{total:}') value"
        " where status = 'shared' group by value"
    )
    assert {r["value"]: r["resources"] for r in kept} == {
        r["value"]: r["resources"] for r in counted
    }


async def test_a_description_is_kept_clean_and_refused_with_a_character_that_nobody_sees(
    resources: House,
) -> None:
    job = await load(resources, as_json(described(name=" Cafe\u0301\u00a0Sol ")))
    assert job["state"] == "done", job
    assert names(await search(resources)) == ["Café Sol"]
    refused = await load(resources, as_json(described(name="Caf\u00ade")))
    assert places(refused) == [("file", None, "$.name", "format-character")]
