"""The faults of a directory file: each with its place and code, and never a crash."""

import csv
import io
import json
import struct
import zipfile
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.partners.exchange.hsds_package.rules import ZIP, read
from services.partners.exchange.hsds_tables.rules import LINES

ORGANIZATION = {"id": "o", "name": "Tutors", "description": "d"}
SERVICE = {"id": "s", "name": "Reading", "status": "active", "organization_id": "o"}
ORGANIZATIONS = "id,name,description\no,Tutors,d\n"
SERVICES = "id,organization_id,name,status,minimum_age,last_modified\ns,o,Reading,active,6,\n"

Fault = tuple[str, int | None, str | None, str]


def faults(content: bytes) -> list[Fault]:
    _, findings = read(content)
    assert findings.total == len(findings.listed)
    return [(p.file, p.line, p.field, p.code) for p in findings.listed]


def document(value: Any) -> list[Fault]:
    return faults(json.dumps(value).encode())


def zipped(members: dict[str, str | bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def tables(**members: str | bytes) -> list[Fault]:
    named = {name.replace("__", "."): content for name, content in members.items()}
    return faults(zipped({"organizations.csv": ORGANIZATIONS} | named))


def test_a_good_package_has_no_faults() -> None:
    assert tables(services__csv=SERVICES) == []
    package, _ = read(zipped({"data/Organizations.csv": b"\xef\xbb\xbf" + ORGANIZATIONS.encode()}))
    assert list(package.organizations) == ["o"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("id,description\no,d\n", (1, "name", "column-missing")),
        ("id,name,description,name\no,T,d,T\n", (1, "name", "column-twice")),
        ("id,name,description,,\no,T,d,,\n", (1, None, "column-blank")),
        ("id,name,description\no,T\n", (2, None, "cells-wrong-number")),
        ("id,name,description\no,T,d,e\n", (2, None, "cells-wrong-number")),
        ("id,name,description\no,,d\n", (2, "name", "required")),
        ("id,name,description\no,T,d\np,T,d\no,T,d\n", (4, "id", "duplicate-id")),
        ('id,name,description\no,"a\nb",d\no,T,d\n', (4, "id", "duplicate-id")),
        ("id,name,description\no,a\0b,d\n", (2, "name", "nul-character")),
        ('id,name,description\no,"T,d\n', (2, None, "csv-malformed")),
        (f"id,name,description\no,{'x' * 60_000},d\n", (2, "name", "field-too-long")),
        (f"id,name,description\no,{'x' * 5_000_000},d\n", (2, "name", "field-too-long")),
        (f"id,name,description\n{'x' * 201},T,d\n", (2, "id", "field-too-long")),
        ("id,name,description,kind\no,T,d,pirate\n", (2, "kind", "choice")),
    ],
)  # fmt: skip
def test_a_fault_of_a_table_names_its_line_and_column(
    text: str, fault: tuple[int, str | None, str]
) -> None:
    found = faults(zipped({"organizations.csv": text}))
    assert found == [("organizations.csv", *fault)]


def test_a_phone_number_is_no_formula() -> None:
    assert tables(phones__csv="id,organization_id,number\np,o,+44 (0)12 34-56\n") == []


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("services.csv", "id,organization_id,name,status\ns,o,R,open\n", "status:choice"),
        ("services.csv", "id,organization_id,name,status\ns,,R,active\n",
         "organization_id:required"),
        ("services.csv", "id,organization_id,name,status,starts_on\ns,o,R,active,20260201\n",
         "starts_on:date"),
        ("services.csv", "id,organization_id,name,status,minimum_age\ns,o,R,active,six\n",
         "minimum_age:number"),
        ("services.csv", 'id,organization_id,name,status,grades\ns,o,R,active,"01,14"\n',
         "grades:grades"),
        ("services.csv", "id,organization_id,name,status,capacity\ns,o,R,active,1.5\n",
         "capacity:number"),
        ("programs.csv", "id,organization_id,name,description\np,x,P,d\n",
         "organization_id:dangling-reference"),
        ("phones.csv", "id,number,organization_id,service_id\np,1,x,y\n",
         "service_id:dangling-reference"),
        ("schedules.csv", "id,organization_id,service_id,until\nc,,x,soon\n", "until:date"),
        ("schedules.csv", "id,service_id,freq\nc,x,DAILY\n", "freq:choice"),
        ("service_at_location.csv", "id,service_id,location_id\na,x,l\n",
         "service_id:dangling-reference"),
    ],
)  # fmt: skip
def test_every_kind_of_value_and_reference_is_checked(name: str, text: str, fault: str) -> None:
    field, code = fault.split(":")
    assert faults(zipped({"organizations.csv": ORGANIZATIONS, name: text})) == [
        (name, 2, field, code)
    ]


def test_a_row_with_several_possible_parents_needs_one_of_them() -> None:
    assert tables(phones__csv="id,number,organization_id,service_id\np,1,o,gone\n") == []


def test_text_that_is_not_utf_8_is_refused_with_its_line() -> None:
    latin = "id,name,description\no,T,d\np,Söhne,d\n".encode("latin-1")
    assert tables(programs__csv=latin) == [("programs.csv", 3, None, "encoding")]
    assert faults(b'{"name":\n "\xff"}') == [("document", 2, None, "encoding")]


@pytest.mark.parametrize(
    "name", ["../organizations.csv", "/organizations.csv", "a/../../organizations.csv",
             "..\\organizations.csv", "C:organizations.csv"],
)  # fmt: skip
def test_a_name_that_leads_out_of_the_zip_is_refused(name: str) -> None:
    assert [fault[3] for fault in faults(zipped({name: ORGANIZATIONS}))] == ["zip-path"]


def test_blank_lines_count_towards_the_limit_so_that_a_small_zip_is_not_read_for_long() -> None:
    table = ORGANIZATIONS + "\n" * (LINES // 2)
    assert tables(organizations__csv=table) == []
    assert tables(organizations__csv=table, services__csv=SERVICES + "\r" * (LINES // 2)) == [
        ("services.csv", None, None, "too-many-lines")
    ]


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped({"organizations.csv": b"0" * (ZIP.total_bytes + 1)})
    assert len(bomb) < 1_000_000
    assert faults(bomb) == [("", None, None, "zip-too-large")]


def test_a_zip_that_states_a_false_size_is_refused() -> None:
    honest = zipped({"organizations.csv": ORGANIZATIONS + "p,q,r\n" * 1000})
    size = struct.pack("<I", len(ORGANIZATIONS) + 6000)
    assert honest.count(size) == 2
    lying = honest.replace(size, struct.pack("<I", 40))
    [(_, _, _, code)] = faults(lying)
    assert code in {"zip-too-large", "zip-unreadable"}


def test_a_broken_an_empty_and_an_unrelated_zip_are_refused() -> None:
    good = zipped({"organizations.csv": ORGANIZATIONS})
    encrypted = bytearray(good)
    encrypted[good.index(b"PK\x01\x02") + 8] |= 1
    found = [
        faults(content)[0][3]
        for content in (
            good[:60], b"PK", zipped({}), zipped({"readme.txt": "x"}), bytes(encrypted),
            zipped({"organizations.csv": ORGANIZATIONS, "x/organizations.csv": ORGANIZATIONS}),
        )
    ]  # fmt: skip
    assert found == [
        "zip-unreadable", "zip-unreadable", "tables-missing", "tables-missing", "zip-encrypted",
        "file-twice",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "field", "code"),
    [
        ([ORGANIZATION, ORGANIZATION], "[1].id", "duplicate-id"),
        ({"contents": [ORGANIZATION, 7]}, "contents[1]", "object"),
        (ORGANIZATION | {"name": 7}, "name", "text"),
        (ORGANIZATION | {"name": None}, "name", "required"),
        (ORGANIZATION | {"phones": {}}, "phones", "list"),
        (ORGANIZATION | {"phones": [{"id": "p"}]}, "phones[0].number", "required"),
        (ORGANIZATION | {"services": [{"id": "s", "name": "S", "status": "open"}]},
         "services[0].status", "choice"),
        (ORGANIZATION | {"locations": [{"id": "l"}]}, "locations[0].location_type", "required"),
        ({"id": "s", "name": "S", "status": "active"}, "organization", "required"),
        (SERVICE | {"service_at_locations": [{"id": "a"}]},
         "service_at_locations[0].location", "required"),
        (SERVICE | {"schedules": [{"id": "c", "valid_from": "2026-13-01"}]},
         "schedules[0].valid_from", "date"),
        (SERVICE | {"maximum_age": {"years": 9}}, "maximum_age", "number"),
        (ORGANIZATION | {"parent_organization_id": "a\0b"}, "parent_organization_id",
         "nul-character"),
        ({"services.csv": [7]}, "[0]", "object"),
        ({"organizations.csv": [ORGANIZATION | {"id": [1]}]}, "[0].id", "text"),
        ({"organizations.csv": [ORGANIZATION | {"phones": 1}]}, "[0].phones", "column-nested"),
        ({"hello": "world"}, None, "form"),
        ("text", None, "form"),
    ],
)  # fmt: skip
def test_a_fault_of_a_document_names_its_path(value: Any, field: str | None, code: str) -> None:
    assert [(fault[2], fault[3]) for fault in document(value)] == [(field, code)]


def test_invalid_or_too_deeply_nested_json_is_refused() -> None:
    deep = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
    listed = b"[" * 40 + b"]" * 40
    phones: Any = []
    for _ in range(200):
        phones = [{"id": "p", "number": "1", "contacts": [{"id": "c", "phones": phones}]}]
    nested = json.dumps(ORGANIZATION | {"phones": phones}).encode()
    assert [faults(text)[0][3] for text in (deep, listed, nested)] == ["json-too-deep"] * 3
    for text in (b"", b"{", b'{"a": NaN}', b'{"a": 1e999}x', b'"\\ud800"', b"\0"):
        assert faults(text)[0][3] == "json-malformed"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["active", "physical", "o", "2026-01-01"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from([
            "id", "name", "description", "status", "organization", "organization_id", "services",
            "locations", "location", "location_type", "phones", "contacts", "programs", "program",
            "service_at_locations", "attributes", "taxonomy_term", "number", "grades", "contents",
            "services.csv", "organizations.csv", "metadata", "service", "minimum_age",
        ]),
        inner,
        max_size=6,
    ),
    max_leaves=30,
)  # fmt: skip


@given(JSON)
def test_no_document_crashes_the_reader(value: Any) -> None:
    read(json.dumps(value).encode())


CELLS = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(["o", "s", "active"])


@given(st.lists(st.lists(CELLS, min_size=6, max_size=6), max_size=4))
def test_no_table_crashes_the_reader(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([SERVICES.split("\n", maxsplit=1)[0].split(","), *rows])
    read(zipped({"organizations.csv": ORGANIZATIONS, "services.csv": text.getvalue()}))


@example(bytes(18), 283)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_no_damaged_zip_crashes_the_reader(noise: bytes, at: int) -> None:
    good = zipped({"organizations.csv": ORGANIZATIONS, "services.csv": SERVICES})
    read(good[:at] + noise + good[at + len(noise) :])


def test_a_table_of_very_many_columns_is_judged_like_any_other() -> None:
    found = faults(zipped({"organizations.csv": b"id," + b"," * 300_000}))
    assert ("organizations.csv", 1, None, "column-blank") in found
