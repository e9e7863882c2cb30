"""What a directory file is taken in with although it deviates: each with its place and code."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.partners.exchange.hsds_package.rules import read
from services.partners.exchange.json_documents.rules import Package
from shared.contracts.import_mapping import TableSource
from tests.partners.exchange.test_hsds_faults import (
    ORGANIZATION,
    ORGANIZATIONS,
    SERVICE,
    SERVICES,
    zipped,
)
from tests.promised import promise

Said = list[tuple[str, int | None, str | None, str]]


def taken(content: bytes) -> tuple[Package, Said]:
    package, findings = read(content)
    assert findings.listed == []
    assert findings.remarked.total() == len(findings.remarks)
    return package, [(r.file, r.line, r.field, r.code) for r in findings.remarks]


def document(value: Any) -> tuple[Package, list[tuple[str | None, str]]]:
    package, said = taken(json.dumps(value).encode())
    return package, [(field, code) for _, _, field, code in said]


@pytest.mark.parametrize(
    ("header", "cells", "field", "code"),
    [
        ("website", "javascript:alert(1)", "website", "uri-unsafe"),
        ("year_incorporated", "MM", "year_incorporated", "number"),
        ("year_incorporated", "99999999999", "year_incorporated", "number-out-of-range"),
        ("logo", " data:text/html;base64", "logo", "uri-unsafe"),
    ],
)
def test_a_malformed_field_that_may_be_empty_is_left_out_with_a_remark(
    header: str, cells: str, field: str, code: str
) -> None:
    text = f"id,name,description,{header}\no,Tutors,d,{cells}\n"
    package, said = taken(zipped({"organizations.csv": text}))
    assert said == [("organizations.csv", 2, field, code)]
    assert package.organizations["o"].fields == ORGANIZATION


@promise(
    "Imports",
    "A malformed field that the platform does not keep is a remark, and never refuses a directory.",
)
@pytest.mark.parametrize(
    ("name", "text", "field", "code"),
    [
        ("services.csv", "id,organization_id,name,status,assured_date\ns,o,R,active,2026-02-30\n",
         "assured_date", "date"),
        ("services.csv", "id,organization_id,name,status,last_modified\ns,o,R,active,noon\n",
         "last_modified", "moment"),
        ("fundings.csv", "id,organization_id,source\nf,gone,City\n", "organization_id",
         "dangling-reference"),
        ("attributes.csv", "id,link_id,taxonomy_term_id\na,,t\n", "link_id", "required"),
        ("taxonomies.csv", "id,name,description\n,Types,d\n", "id", "required"),
        ("taxonomies.csv", "id,name,description,uri\nt,Types,d,javascript:1\n", "uri",
         "uri-unsafe"),
        ("metadata.csv", ("id,resource_id,last_action_date,last_action_type,field_name,"
         "previous_value,replacement_value,updated_by\nm,o,soon,edit,name,,,\n"),
         "last_action_date", "date"),
    ],
)  # fmt: skip
def test_a_malformed_field_that_the_platform_does_not_keep_is_a_remark(
    name: str, text: str, field: str, code: str
) -> None:
    tables = {"organizations.csv": ORGANIZATIONS, name.replace("fundings", "funding"): text}
    package, said = taken(zipped(tables))
    assert said == [(name.replace("fundings", "funding"), 2, field, code)]
    assert list(package.organizations) == ["o"]


@pytest.mark.parametrize(
    ("value", "field", "code"),
    [
        (ORGANIZATION | {"year_incorporated": True}, "year_incorporated", "number"),
        (ORGANIZATION | {"year_incorporated": 10**30}, "year_incorporated", "number-out-of-range"),
        (ORGANIZATION | {"extra": {"deep": ["a\0b"]}}, "extra.deep[0]", "nul-character"),
        (ORGANIZATION | {"extra": "x" * 60_000}, "extra", "field-too-long"),
        (ORGANIZATION | {"legal_status": ["a"]}, "legal_status", "text"),
        (ORGANIZATION | {"attributes": {}}, "attributes", "list"),
        (ORGANIZATION | {"attributes": ["a"]}, "attributes[0]", "object"),
        (ORGANIZATION | {"funding": [{"source": "City"}]}, "funding[0].id", "required"),
        (SERVICE | {"last_modified": "yesterday"}, "last_modified", "moment"),
        (SERVICE | {"service_areas": [{"id": "a", "uri": "javascript:1"}]},
         "service_areas[0].uri", "uri-unsafe"),
        (SERVICE | {"schedules": [{"id": "c", "opens_at": "25:00"}]}, "schedules[0].opens_at",
         "time"),
        (SERVICE | {"minimum_age": "6"}, "minimum_age", "number"),
        (ORGANIZATION | {"phones": [{"id": "p", "number": 5551234}]}, "phones[0].number", "text"),
        ({"id": "o", "name": "T"}, "description", "required"),
    ],
)  # fmt: skip
def test_a_remark_of_a_document_names_its_path(value: Any, field: str, code: str) -> None:
    _, said = document(value)
    assert said == [(field, code)]


def test_a_number_written_as_text_is_read_as_the_number() -> None:
    package, _ = document(SERVICE | {"minimum_age": "6", "maximum_age": "9.5"})
    fields = package.services["s"].fields
    assert (fields["minimum_age"], fields["maximum_age"]) == (6, 9.5)


def test_a_malformed_coordinate_takes_the_other_with_it() -> None:
    location = {"id": "l", "location_type": "physical", "latitude": "north", "longitude": "101"}
    package, said = document(location)
    assert said == [("latitude", "number"), ("longitude", "number")]
    assert package.locations["l"].fields.keys().isdisjoint({"latitude", "longitude"})


def test_an_address_without_its_city_is_kept_with_an_empty_one() -> None:
    address = {"id": "a", "address_1": "1 Main", "address_type": "physical", "postal_code": 55901}
    package, said = document({"id": "l", "location_type": "physical", "addresses": [address]})
    [kept] = package.locations["l"].fields["addresses"]
    assert (kept["postal_code"], kept["city"]) == ("55901", "")
    assert {code for _, code in said} == {"text", "required"}


def test_a_table_without_a_description_says_so_once_and_leaves_it_as_it_is() -> None:
    package, said = taken(zipped({"organizations.csv": "id,name\no,T\np,T\n"}))
    assert said == [("organizations.csv", 1, "description", "column-missing")]
    assert package.organizations["o"].fields == {"id": "o", "name": "T"}


def test_a_file_that_is_no_table_of_the_standard_is_passed_over() -> None:
    files = {"organizations.csv": ORGANIZATIONS, "notes.csv": "a\n1\n", "readme.txt": "Hello"}
    _, said = taken(zipped(files))
    assert said == [(name, None, None, "file-unknown") for name in ("notes.csv", "readme.txt")]


def test_an_unsound_cell_of_a_column_that_is_not_kept_is_emptied_with_a_remark() -> None:
    text = f"id,name,description,tax_status,ours\no,Tutors,d,a\0b,{'x' * 60_000}\n"
    package, said = taken(zipped({"organizations.csv": text}))
    assert said == [
        ("organizations.csv", 2, "tax_status", "nul-character"),
        ("organizations.csv", 2, "ours", "field-too-long"),
    ]
    assert package.organizations["o"].fields["tax_status"] is None


def test_an_unsound_cell_of_a_kept_column_is_refused_whatever_the_capitals_of_its_header() -> None:
    text = "ID,Name,Description\no,Tutors,a\0b\n"
    for content, mapping in (
        (zipped({"organizations.csv": text}), []),
        (text.replace("ID", "A").replace("Name", "b").replace("Description", "f").encode(),
         MAPPING[:1]),
    ):  # fmt: skip
        _, findings = read(content.replace(b"Tutors", b"T\0") if mapping else content, mapping)
        assert {problem.code for problem in findings.listed} == {"nul-character"}


@promise(
    "Imports", "A cell of a directory that begins as a formula is kept as text, with a remark."
)
@pytest.mark.parametrize("cell", ["- Meals (free)", "=HYPERLINK(1)", "@tutors", "+1|cmd"])
def test_a_cell_of_a_directory_that_begins_as_a_formula_is_kept_as_text(cell: str) -> None:
    text = f"id,name,description\no,Tutors,{cell}\n"
    package, said = taken(zipped({"organizations.csv": text}))
    assert said == [("organizations.csv", 2, "description", "formula-cell")]
    assert package.organizations["o"].fields["description"] == cell


TERM = {"id": "t", "code": "1", "name": "Food", "taxonomy": "Types"}
TAXONOMY = {"id": "t", "name": "Types", "description": "Of help", "version": "1"}


@pytest.mark.parametrize(
    ("value", "field"),
    [(TAXONOMY, None), ([TERM], "[0]"), ({"contents": [TERM]}, "contents[0]")],
)
def test_a_taxonomy_that_comes_alone_is_passed_over(value: Any, field: str | None) -> None:
    package, said = document(value)
    assert said == [(field, "taxonomy-alone")]
    assert package.counts == {"organizations": 0, "locations": 0, "services": 0}


def page(contents: list[Any], number: int = 1, of: int = 1) -> bytes:
    return json.dumps({
        "total_items": of, "total_pages": of, "page_number": number, "size": 1,
        "first_page": number == 1, "last_page": number == of, "empty": not contents,
        "contents": contents,
    }).encode()  # fmt: skip


LOCATION = {"id": "l", "location_type": "physical", "name": "Hall"}
ELSEWHERE = LOCATION | {"id": "m", "name": "Church"}


@promise(
    "Imports", "Pages of the API of HSDS come in together, each noun of the standard in one zip."
)
def test_the_pages_of_every_noun_come_in_together_in_one_zip() -> None:
    brief = {"id": "s", "name": "Reading", "status": "active"}
    package, said = taken(zipped({
        "api/organizations-1.json": page([ORGANIZATION], 1, 2),
        "api/organizations-2.json": page([ORGANIZATION | {"id": "p"}], 2, 2),
        "api/locations.json": page([LOCATION]),
        "api/service_at_locations.json": page([
            {"id": "a", "service": brief, "location": LOCATION},
            {"id": "b", "service": brief, "location": ELSEWHERE},
        ]),
        "api/services.json": page([SERVICE]),
        "api/taxonomies.json": page([{"id": "t", "name": "Types", "description": "d"}]),
        "api/taxonomy_terms.json": page([TERM]),
    }))  # fmt: skip
    assert [code for *_, code in said] == ["common-folder", "taxonomy-alone", "taxonomy-alone"]
    assert [*package.organizations] == ["o", "p"]
    assert [*package.locations] == ["l", "m"]
    service = package.services["s"].fields
    assert service["organization_id"] == "o"
    assert [each["location_id"] for each in service["service_at_locations"]] == ["l", "m"]


@promise("Imports", "A page with others behind it comes in with a remark that they are missing.")
@pytest.mark.parametrize(
    ("pages", "whole"),
    [
        ([page([ORGANIZATION], 1, 2)], False),
        ([page([ORGANIZATION], 2, 2)], False),
        ([page([ORGANIZATION], 1, 2), page([ORGANIZATION], 2, 2)], True),
        ([page([ORGANIZATION], 1, 2), page([SERVICE])], False),
        ([b'{"contents": [], "last_page": false}'], False),
        ([b'{"contents": [], "page_number": 2, "last_page": true}'], False),
        ([b'{"contents": [], "page_number": 1000000000000, "total_pages": 1e30}'], False),
        ([b'{"contents": [], "total_pages": "many", "page_number": [1]}'], True),
        ([b'{"items": [], "next": "cursor"}'], False),
        ([b'{"items": [], "next": null}'], True),
    ],
)  # fmt: skip
def test_a_page_with_others_behind_it_is_taken_with_a_remark(
    pages: list[bytes], whole: bool
) -> None:
    files = {f"page-{number}.json": content for number, content in enumerate(pages)}
    _, said = taken(zipped(files))
    assert ("pages-missing" in {code for *_, code in said}) is not whole


def test_a_service_that_none_of_the_pages_gives_an_organization_is_refused() -> None:
    brief = {"id": "s", "name": "Reading", "status": "active"}
    at = {"id": "a", "service": brief, "location": LOCATION}
    _, findings = read(zipped({"service_at_locations.json": page([at])}))
    assert [(p.file, p.field, p.code) for p in findings.listed] == [
        ("service_at_locations.json", "contents[0].service.organization", "required")
    ]


def test_tables_and_pages_may_come_in_one_zip() -> None:
    files = {"organizations.csv": ORGANIZATIONS, "services.csv": SERVICES,
             "locations.json": page([LOCATION])}  # fmt: skip
    package, said = taken(zipped(files))
    assert said == []
    assert (len(package.services), len(package.locations)) == (1, 1)


LETTERS = st.characters(codec="utf-8", exclude_characters="\0")
CELL = st.text(LETTERS, max_size=6) | st.sampled_from(
    ["o", "s", "1", "yes", "=1", "- a (b)", "1;2"]
)
MAPPING = [
    TableSource.model_validate(each)
    for each in (
        {"file": "ours.csv", "table": "organizations",
         "fields": {"id": {"header": "A"}, "name": {"header": "B"}}},
        {"file": "ours.csv", "table": "services",
         "fields": {"id": {"header": "C"}, "name": {"header": "B"}, "status": {"constant": "active"},
                    "organization_id": {"header": "A"}, "minimum_age": {"header": "D"},
                    "grades": {"header": "E", "separator": ";"}}},
        {"file": "ours.csv", "table": "schedules",
         "fields": {"service_id": {"header": "C"}, "opens_at": {"header": "F", "separator": ";"}}},
        {"file": "ours.csv", "table": "attributes",
         "fields": {"link_id": {"header": "C"}, "value": {"header": "F"}}},
        {"file": "more.csv", "table": "locations",
         "fields": {"id": {"header": "A"}, "location_type": {"header": "B"},
                    "latitude": {"header": "C"}}},
    )
]  # fmt: skip


@given(st.lists(st.lists(CELL, min_size=6, max_size=6), max_size=5), st.binary(max_size=60))
def test_no_table_crashes_the_reader_of_a_mapping(rows: list[list[str]], noise: bytes) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([list("ABCDEF"), *rows])
    table = text.getvalue().encode()
    for content in (
        table, noise, table + noise, zipped({"ours.csv": table, "MORE.csv": table}),
        zipped({"ours.csv": noise, "more.csv": table + noise}),
    ):  # fmt: skip
        for problem in read(content, MAPPING)[1].listed:
            assert problem.file in {"", "ours.csv", "more.csv"}
        read(content, MAPPING[:4])


def test_a_table_whose_first_column_is_named_pk_is_no_zip() -> None:
    table = {"file": "a.csv", "table": "organizations",
             "fields": {"id": {"header": "PK"}, "name": {"header": "Name"}}}  # fmt: skip
    package, findings = read(b"PK,Name,Note\n1,Tutors,a\0b\n", [TableSource.model_validate(table)])
    assert (findings.listed, list(package.organizations)) == ([], ["1"])
    assert [(r.field, r.code) for r in findings.remarks] == [("Note", "nul-character")]


PAGE = st.fixed_dictionaries(
    {
        "contents": st.lists(
            st.sampled_from([ORGANIZATION, SERVICE, LOCATION, TERM, 7]), max_size=3
        )
    },
    optional=dict.fromkeys(
        ("total_pages", "page_number", "last_page", "next"),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    ),
)


@given(st.lists(PAGE, max_size=4))
def test_no_pages_crash_the_reader(pages: list[dict[str, Any]]) -> None:
    read(zipped({f"{number}.json": json.dumps(each) for number, each in enumerate(pages)}))


@pytest.mark.parametrize("folder", ["examples_json", "mock_api/data"])
def test_every_document_of_the_standard_comes_in_and_all_of_them_in_one_zip(
    real_data: Path, folder: str
) -> None:
    files = {
        path.relative_to(real_data).as_posix(): path.read_bytes()
        for path in sorted((real_data / "hsds" / folder).rglob("*.json"))
        if path.stem not in {"root", "base"}  # what an API says of itself
    }
    assert len(files) > 4
    for content in files.values():
        taken(content)
    package, said = taken(zipped(dict(files)))
    assert len(package.organizations) * len(package.services) * len(package.locations) > 0
    assert {code for *_, code in said} <= {"common-folder", "taxonomy-alone", "pages-missing"}
