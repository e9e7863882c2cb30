"""A partner's own tables come in by a mapping, on a real database."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.partners.hsds_mapping import HsdsMappingRetired, HsdsMappingWritten
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.partners.exchange.test_hsds_import import csv_of, exported, missing, zipped
from tests.partners.support import OPERATOR, a_partner, made, version
from tests.promised import promise
from tests.promises.test_imports_page import PAGE

Json = dict[str, Any]
STATUS = {"header": "Open?", "values": {"yes": "active", "no": "inactive"}}
SERVICES: Json = {
    "file": "programs.csv", "table": "services",
    "fields": {
        "id": {"header": "No."}, "name": {"header": "Program"}, "status": STATUS,
        "organization_id": {"constant": "agency"},
        "grades": {"header": "Grades", "separator": "/", "values": {"K": "KG", "1": "01"}},
    },
}  # fmt: skip
AGENCY: Json = {
    "file": "programs.csv", "table": "organizations",
    "fields": {"id": {"constant": "agency"}, "name": {"constant": "Tutors"}},
}  # fmt: skip
HALLS: Json = {
    "file": "programs.csv", "table": "locations",
    "fields": {"id": {"header": "Where"}, "name": {"header": "Where"},
               "location_type": {"constant": "physical"}},
}  # fmt: skip
PLACES: Json = {
    "file": "programs.csv", "table": "service_at_locations",
    "fields": {"service_id": {"header": "No."}, "location_id": {"header": "Where"}},
}  # fmt: skip
LANGUAGES: Json = {
    "file": "programs.csv", "table": "languages",
    "fields": {"service_id": {"header": "No."},
               "name": {"header": "Spoken", "separator": ","}},
}  # fmt: skip
PHONES: Json = {
    "file": "programs.csv", "table": "phones",
    "fields": {"service_id": {"header": "No."}, "number": {"header": "Call"}},
}  # fmt: skip
WHOLE = [AGENCY, SERVICES, HALLS, PLACES, LANGUAGES, PHONES]
HEADER = "No.,Program,Open?,Grades,Where,Spoken,Call,Remarks\n"
TABLE = (
    HEADER + '1, Reading ,yes,K/1,Hall,"English, Spanish",+1 555 0100,\n'
    "2,Chess,no,,Hall,,,=1+1\n\n3,Swimming,yes,1,,,,\n"
)


async def a_mapping(
    partners: House, *tables: Json, caller: Principal = OPERATOR, **more: Any
) -> Json:
    async with partners.calling(caller) as http:
        return await made(http, "hsds-mappings", **{"name": "Ours", "tables": tables} | more)


async def load(partners: House, file: str | bytes, mapping: Json, **query: Any) -> Json:
    caller = query.pop("caller", OPERATOR)
    content = file if isinstance(file, bytes) else file.encode()
    return await partners.import_file("hsds", content, caller, mapping=mapping["id"], **query)


@promise(
    "Imports", "A table with other headers is read as a directory by a mapping of its columns."
)
async def test_a_table_with_other_headers_is_read_by_a_mapping(partners: House) -> None:
    mapping = await a_mapping(partners, *WHOLE)
    job = await load(partners, TABLE, mapping)
    remarked = [(each["line"], each["code"]) for each in job["remarks"]]
    assert (job["state"], remarked) == ("done", [(4, "blank-line")]), job
    assert (job["mapping_id"], job["mapping_version"]) == (mapping["id"], 1)
    [agency] = await exported(partners)
    assert (agency["id"], agency["name"]) == ("agency", "Tutors")
    assert [each["name"] for each in agency["locations"]] == ["Hall"]
    chess, reading, swimming = agency["services"]
    assert [each["status"] for each in (reading, chess, swimming)] == [
        "active", "inactive", "active",
    ]  # fmt: skip
    assert reading["grades"] == ["KG", "01"]
    assert [each["name"] for each in reading["languages"]] == ["English", "Spanish"]
    assert [each["number"] for each in reading["phones"]] == ["+1 555 0100"]
    assert chess.keys().isdisjoint({"languages", "phones", "grades"})
    assert "service_at_locations" in chess and "service_at_locations" not in swimming


async def test_the_same_table_again_changes_and_announces_nothing(partners: House) -> None:
    mapping = await a_mapping(partners, *WHOLE)
    await load(partners, TABLE, mapping)
    before = await partners.events()
    again = await load(partners, TABLE, mapping)
    assert again["state"] == "done"
    assert not [name for name in again["counts"] if "_" in name]
    assert await partners.events() == before


@promise("Imports", "A fault of a table that a mapping reads names the sender's file and header.")
@pytest.mark.parametrize(
    ("table", "line", "field", "code"),
    [
        (HEADER.replace("Program", "Name"), 1, "Program", "column-missing"),
        (HEADER.replace("Remarks", "Call"), 1, "Call", "column-twice"),
        (HEADER + "1,Reading,maybe,,,,,\n", 2, "Open?", "value-unknown"),
        (HEADER + "1,Reading,yes,K/9,,,,\n", 2, "Grades", "value-unknown"),
        (HEADER + "1,,yes,,,,,\n", 2, "Program", "required"),
        (HEADER + ",Reading,yes,,,,,\n", 2, "No.", "required"),
        (HEADER + "1,A,yes,,,,,\n1,B,yes,,,,,\n", 3, "No.", "duplicate-id"),
        (HEADER + f"{'1' * 201},A,yes,,,,,\n", 2, "No.", "field-too-long"),
        (HEADER + "1,A,yes\n", 2, None, "cells-wrong-number"),
    ],
)  # fmt: skip
async def test_a_fault_names_the_senders_file_line_and_header(
    partners: House, table: str, line: int, field: str | None, code: str
) -> None:
    job = await load(partners, table, await a_mapping(partners, AGENCY, SERVICES, PHONES))
    assert job["state"] == "refused"
    [problem] = job["problems"]
    found = (problem["file"], problem["line"], problem["field"], problem["code"])
    assert found == ("programs.csv", line, field, code)


async def test_a_header_in_other_capitals_is_read_with_a_remark(partners: House) -> None:
    mapping = await a_mapping(partners, AGENCY, SERVICES)
    table = HEADER.replace("Program", " PROGRAM ") + "1,Reading,yes,,,,,\n"
    job = await load(partners, table, mapping)
    found = [(each["line"], each["field"], each["code"]) for each in job["remarks"]]
    assert (job["state"], found) == ("done", [(1, " PROGRAM ", "header-spelling")])


async def test_a_look_before_by_a_mapping_changes_nothing(partners: House) -> None:
    mapping = await a_mapping(partners, *WHOLE)
    job = await load(partners, TABLE, mapping, preview=True)
    assert (job["state"], job["preview"], job["mapping_version"]) == ("done", True, 1)
    assert {each["noun"]: each["added"] for each in job["effects"]} == {
        "partners": 1, "sites": 1, "programs": 3,
    }  # fmt: skip
    assert await exported(partners) == []


async def test_a_remark_names_the_senders_header_too(partners: House) -> None:
    mapping = await a_mapping(partners, AGENCY, SERVICES)
    job = await load(partners, HEADER + "1,- Reading (free),yes,,,,,=1\n", mapping)
    [remark] = job["remarks"]
    assert (remark["line"], remark["field"], remark["code"]) == (2, "Program", "formula-cell")


async def test_a_value_the_directory_refuses_is_found_at_the_senders_header(
    partners: House,
) -> None:
    """Also where only the loading finds it."""
    tables = [AGENCY, SERVICES | {"fields": SERVICES["fields"] | {
        "organization_id": {"header": "Where"}, "minimum_age": {"header": "Call"},
    }}]  # fmt: skip
    mapping = await a_mapping(partners, *tables)
    for row, field, code in (
        ("1,Reading,yes,,agency,,six,", "Call", "number"),
        ("1,Reading,yes,,nobody,,6,", "Where", "dangling-reference"),
    ):
        job = await load(partners, HEADER + row + "\n", mapping)
        assert [(p["field"], p["code"]) for p in job["problems"]] == [(field, code)]


async def test_several_files_of_a_zip_are_read_beside_tables_of_the_standard(
    partners: House,
) -> None:
    moved = [HALLS | {"file": "Halls.csv"}, AGENCY, SERVICES]
    mapping = await a_mapping(partners, *moved)
    phones = "id,organization_id,number\np,agency,1\n"
    file = zipped({"x/PROGRAMS.csv": TABLE, "x/halls.csv": TABLE, "x/phones.csv": phones})
    job = await load(partners, file, mapping)
    assert job["state"] == "done", job
    [agency] = await exported(partners)
    assert (len(agency["services"]), agency["phones"][0]["number"]) == (3, "1")
    for content, file_name in ((zipped({"programs.csv": TABLE}), "Halls.csv"), (TABLE, "")):
        job = await load(partners, content, mapping)
        assert [(p["file"], p["code"]) for p in job["problems"]] == [(file_name, "file-missing")]


async def test_the_tables_of_the_specification_come_in_under_other_headers(
    partners: House, real_data: Path
) -> None:
    """Each column of the standard's own example has another header, in one zip of CSV files. Cells
    are read without the blanks around them."""
    example = (real_data / "hsds/examples_json/tabular.json").read_text()
    tables = json.loads(
        re.sub(r' +",?$', lambda end: end[0].lstrip(), example, flags=re.MULTILINE)
    )
    await partners.import_file("hsds", json.dumps(tables).encode(), OPERATOR)
    direct = await exported(partners)
    await partners.empty()
    kept = {
        file: rows for file, rows in tables.items()
        if rows and file != "meta_table_descriptions.csv"
    }  # fmt: skip
    renamed = {f"our {file}": [{f"Our {name}": value for name, value in row.items()}
                               for row in rows] for file, rows in kept.items()}  # fmt: skip
    mapping = await a_mapping(partners, *(
        {"file": f"our {file}", "table": file.removesuffix(".csv"),
         "fields": {name: {"header": f"Our {name}"} for name in rows[0]}}
        for file, rows in kept.items()
    ))  # fmt: skip
    job = await load(
        partners, zipped({file: csv_of(rows) for file, rows in renamed.items()}), mapping
    )
    assert job["state"] == "done", job
    assert missing(direct, await exported(partners)) == []


async def test_the_schools_of_a_roster_come_in_by_a_mapping(
    partners: House, real_data: Path
) -> None:
    """The orgs of a district's OneRoster package, a table that is no directory at all."""
    mapping = await a_mapping(partners, {
        "file": "orgs.csv", "table": "organizations",
        "fields": {
            "id": {"header": "sourcedId"}, "name": {"header": "name"},
            "kind": {"header": "type", "values": {"district": "district", "school": "school"}},
            "parent_organization_id": {"header": "parentSourcedId"},
        },
    })  # fmt: skip
    job = await load(partners, (real_data / "grand-bend/orgs.csv").read_bytes(), mapping)
    assert (job["state"], job["remarks"]) == ("done", []), job
    found = await partners.rows(
        "select p.kind, count(*) as n, count(p.parent_id) as below from partner p group by 1"
        " order by 1"
    )
    assert [(row["kind"], row["n"], row["below"]) for row in found] == [
        ("district", 1, 0), ("school", 3, 3),
    ]  # fmt: skip


async def test_two_lists_that_count_from_one_are_two_publishers(partners: House) -> None:
    for name in ("North", "South"):
        mapping = await a_mapping(partners, AGENCY, SERVICES, name=name)
        await load(partners, HEADER + "1,Reading,yes,,,,,\n", mapping)
    assert len(await exported(partners)) == 2


@promise("Imports", "A job names the version of the mapping by which its file is read.")
async def test_each_change_makes_the_next_version_and_a_job_may_name_an_earlier_one(
    partners: House,
) -> None:
    mapping = await a_mapping(partners, AGENCY, SERVICES)
    address = f"/v1/hsds-mappings/{mapping['id']}"
    wanted = {"name": "Theirs", "tables": mapping["tables"][:1]}  # what came out goes in
    async with partners.calling(OPERATOR) as http:
        stale = await http.put(address, json=wanted, headers={"If-Match": '"9"'})
        changed = await http.put(address, json=wanted, headers=version(mapping))
        first, second, third = [
            await http.get(f"{address}/versions/{number}") for number in (1, 2, 3)
        ]
    assert (stale.status_code, changed.status_code, changed.headers["ETag"]) == (412, 200, '"2"')
    assert len(first.json()["tables"]) == 2
    assert (second.json()["tables"], third.status_code) == (changed.json()["tables"], 404)
    row = HEADER + "1,Reading,yes,,,,,\n"
    latest = await load(partners, row, mapping)
    earlier = await load(partners, row, mapping, mapping_version=1)
    assert (latest["mapping_version"], latest["counts"]["services"]) == (2, 0)
    assert (earlier["mapping_version"], earlier["counts"]["services"]) == (1, 1)
    none = await load(partners, row, mapping, mapping_version=3)
    assert (none["status"], none["code"]) == (404, "hsds-mapping-version-unknown")
    assert len(await partners.events(HsdsMappingWritten)) == 2


async def test_a_retired_mapping_reads_no_file_and_leaves_its_name(partners: House) -> None:
    mapping = await a_mapping(partners, AGENCY)
    address = f"/v1/hsds-mappings/{mapping['id']}"
    async with partners.calling(OPERATOR) as http:
        named = await http.post("/v1/hsds-mappings", json={"name": "Ours", "tables": [AGENCY]})
        gone = await http.delete(address, headers=version(mapping))
        again = await http.delete(address, headers=version(gone.json()))
        change = {"name": "Ours", "tables": [AGENCY]}
        late = await http.put(address, json=change, headers=version(gone.json()))
    assert (named.status_code, named.json()["code"]) == (409, "hsds-mapping-named")
    assert gone.json()["status"] == "retired"
    assert [again.json()["code"], late.json()["code"]] == ["hsds-mapping-retired"] * 2
    assert (await load(partners, TABLE, mapping))["code"] == "hsds-mapping-retired"
    await a_mapping(partners, AGENCY)
    assert len(await partners.events(HsdsMappingRetired)) == 1


async def test_a_mapping_is_known_to_those_who_may_import_by_it_alone(partners: House) -> None:
    district = await a_partner(partners, "District", "district")
    school = await a_partner(partners, "Academy", "school", parent_id=district)
    admin = principal(Role.PARTNER_ADMIN, partner_id=school)
    mapping = await a_mapping(partners, SERVICES, caller=admin)
    assert mapping["partner_id"] == school
    backbone = await a_partner(partners, "Backbone")
    hidden = (
        principal(Role.PARTNER_ADMIN, partner_id=uuid4()),
        principal(Role.BACKBONE, partner_id=backbone), principal(Role.BACKBONE),
    )  # fmt: skip
    open_to = (admin, principal(Role.DISTRICT_ADMIN, partner_id=district), OPERATOR)
    for caller, status in [*((each, 404) for each in hidden), *((each, 200) for each in open_to)]:
        async with partners.calling(caller) as http:
            address = f"/v1/hsds-mappings/{mapping['id']}"
            absent = await http.get(f"/v1/hsds-mappings/{uuid4()}")
            found = await http.get(address)
            version_1 = await http.get(f"{address}/versions/1")
            listed = (await http.get("/v1/hsds-mappings")).json()["items"]
        assert {found.status_code, version_1.status_code} == {status}
        assert [each["id"] for each in listed] == ([mapping["id"]] if status == 200 else [])
        if status == 404:
            assert found.json() == absent.json()
            job = await load(partners, TABLE, mapping, caller=caller)
            assert (job["status"], job["code"]) == (404, "hsds-mapping-unknown")
    async with partners.calling(hidden[0]) as http:
        foreign = {"name": "Ours", "tables": [SERVICES], "partner_id": school}
        assert (await http.post("/v1/hsds-mappings", json=foreign)).status_code == 403
    async with partners.calling(principal(Role.EDUCATOR, partner_id=school)) as http:
        assert (await http.get("/v1/hsds-mappings")).status_code == 403


async def test_a_backbone_brings_new_partners_by_a_mapping_of_its_own(partners: House) -> None:
    backbone = principal(Role.BACKBONE, partner_id=await a_partner(partners, "Backbone"))
    mapping = await a_mapping(partners, AGENCY, SERVICES, caller=backbone)
    assert mapping["partner_id"] == str(backbone.partner_id)
    job = await load(partners, HEADER + "1,Reading,yes,,,,,\n", mapping, caller=backbone)
    assert (job["state"], job["counts"]["partners_registered"]) == ("done", 1), job
    nobody = principal(Role.BACKBONE)
    async with partners.calling(nobody) as http:
        refused = await http.post("/v1/hsds-mappings", json={"name": "Ours", "tables": [AGENCY]})
    assert (refused.status_code, refused.json()["code"]) == (403, "partner-not-own")


async def test_the_mapping_of_a_partner_that_closes_is_retired(partners: House) -> None:
    tutors = await a_partner(partners)
    mapping = await a_mapping(partners, AGENCY, partner_id=tutors)
    async with partners.calling(OPERATOR) as http:
        partner = (await http.get(f"/v1/partners/{tutors}")).json()
        await http.post(f"/v1/partners/{tutors}/closure", headers=version(partner))
        found = (await http.get(f"/v1/hsds-mappings/{mapping['id']}")).json()
        late = await http.post(
            "/v1/hsds-mappings", json={"name": "N", "tables": [AGENCY], "partner_id": tutors}
        )
    assert (found["status"], late.json()["code"]) == ("retired", "partner-closed")
    assert (await load(partners, TABLE, mapping))["code"] == "hsds-mapping-retired"


def changed(table: Json, **fields: Any) -> Json:
    """The table with other fields; None takes one out."""
    kept = {name: each for name, each in (table["fields"] | fields).items() if each is not None}
    return table | {"fields": kept}


@promise(
    "Imports", "A mapping that would give no directory is refused, and each field at fault named."
)
@pytest.mark.parametrize(
    ("table", "field", "code"),
    [
        (AGENCY | {"table": "children"}, "table", "table-unknown"),
        (changed(AGENCY, nmae={"constant": "x"}), "fields.nmae", "field-unknown"),
        (changed(AGENCY, name=None), "fields.name", "missing"),
        (changed(AGENCY, id=None), "fields.id", "missing"),
        (changed(AGENCY, name={"constant": ""}), "fields.name", "missing"),
        (changed(SERVICES, organization_id=None), "fields.organization_id", "missing"),
        (changed(SERVICES, status={"constant": "open"}), "fields.status", "choice"),
        (changed(SERVICES, status={"header": "O", "values": {"y": "yes"}}),
         "fields.status.values.y", "choice"),
        (changed(SERVICES, starts_on={"constant": "9/1/26"}), "fields.starts_on", "date"),
        (changed(LANGUAGES, code={"header": "C", "separator": ";"}), "fields", "separators"),
        (changed(AGENCY, name={"header": "A", "constant": "B"}), "fields.name", "value_error"),
        (changed(AGENCY, name={}), "fields.name", "value_error"),
        (AGENCY | {"fields": {}}, "fields", "too_short"),
        (AGENCY | {"file": "a/b.csv"}, "file", "string_pattern_mismatch"),
    ],
)  # fmt: skip
async def test_a_mapping_that_gives_no_directory_is_refused_with_each_field(
    partners: House, table: Json, field: str, code: str
) -> None:
    async with partners.calling(OPERATOR) as http:
        answer = await http.post("/v1/hsds-mappings", json={"name": "Ours", "tables": [table]})
    assert answer.status_code == 422, answer.text
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [
        (f"body.tables.0.{field}", code)
    ]


@promise("Imports", "The mapping of the imports page reads the table of the page.")
async def test_the_mapping_of_the_imports_page_reads_the_table_of_the_page(
    partners: House,
) -> None:
    tutors = await a_partner(partners)
    admin = principal(Role.PARTNER_ADMIN, partner_id=tutors)
    chapter = PAGE.split("\n## A table with other headers\n")[1].split("\n## ")[0]
    blocks = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", chapter, re.MULTILINE | re.DOTALL))
    body = json.loads(blocks["mapping.json"].replace("PARTNER-ID", tutors))
    async with partners.calling(admin) as http:
        mapping = await made(http, "hsds-mappings", **body)
    job = await load(partners, blocks["programs.csv"], mapping, caller=admin)
    assert (job["state"], job["remarks"]) == ("done", []), job
    assert (job["counts"]["programs_opened"], job["counts"]["sites_opened"]) == (3, 1)
    async with partners.calling(admin) as http:
        chess, reading, swimming = (await http.get("/v1/programs")).json()["items"]
        [hall] = (await http.get("/v1/sites")).json()["items"]
    assert (reading["minimum_age"], reading["maximum_age"], chess["status"]) == (6, 9, "inactive")
    assert [each["name"] for each in reading["languages"]] == ["English", "Spanish"]
    assert swimming["phones"][0]["number"] == "+1 555 0101"
    assert (hall["name"], hall["addresses"][0]["city"]) == ("Town library", "Rochester")


async def test_a_version_without_a_mapping_is_refused(partners: House) -> None:
    job = await partners.import_file("hsds", b"", OPERATOR, mapping_version=1)
    assert (job["status"], job["code"]) == (400, "mapping-missing")
