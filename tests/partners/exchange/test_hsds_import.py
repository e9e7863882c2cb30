"""A directory is imported as HSDS and exported as it was, on a real database."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from shared.contracts.partners.partner import PartnerChanged, PartnerRegistered
from shared.contracts.partners.program import ProgramChanged, ProgramClosed, ProgramOpened
from shared.contracts.partners.site import SiteOpened
from shared.security.principal import Role
from tests.houses import House, principal
from tests.partners.support import (
    OPERATOR,
    a_backbone,
    a_led_partnership,
    a_partner,
    a_program,
    made,
    version,
)

Documents = list[dict[str, Any]]
ORGANIZATION = {"id": "org-1", "name": "Tutors", "description": "They tutor"}


@pytest.fixture(scope="session")
def hsds(real_data: Path) -> Path:
    return real_data / "hsds"


@pytest.fixture(scope="session")
def validators(hsds: Path) -> dict[str, Draft202012Validator]:
    """The specification's own schemas."""
    service = json.loads((hsds / "schema/compiled/service_with_definitions.json").read_bytes())
    organization = service["definitions"]["organization"] | {"definitions": service["definitions"]}
    kind = validator_for(service, Draft202012Validator)
    return {"service": kind(service), "organization": kind(organization)}


async def load(partners: House, file: Any, caller: Any = OPERATOR) -> dict[str, Any]:
    content = file if isinstance(file, bytes) else json.dumps(file).encode()
    return await partners.import_file("hsds", content, caller)


async def exported(partners: House, path: str = "hsds") -> Documents:
    async with partners.calling(principal(Role.PUBLIC)) as http:
        answer = await http.get(f"/v1/exports/{path}")
        assert answer.status_code == 200, answer.text
        items: Documents = answer.json()["items"]
        return items


def zipped(tables: dict[str, Any]) -> bytes:
    """Tables as a package of CSV files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            text = rows if isinstance(rows, str | bytes) else csv_of(rows)
            archive.writestr(name, text)
    return packed.getvalue()


def csv_of(rows: Documents) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def missing(wanted: Any, found: Any, path: str = "$") -> list[str]:
    """What of `wanted` is not in `found`."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        gone = [f"{path}.{name}" for name in wanted.keys() - found.keys()]
        return gone + [
            lost
            for name in wanted.keys() & found.keys()
            for lost in missing(wanted[name], found[name], f"{path}.{name}")
        ]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [
            lost
            for number, each in enumerate(wanted)
            for lost in missing(each, found[number], f"{path}[{number}]")
        ]
    return [] if wanted == found else [path]


ORGANIZATIONS = ["examples_json/organization_full.json", "mock_api/data/organizations"]
SERVICES = ["examples_json/service_full.json", "mock_api/data/services"]


def document(hsds: Path, path: str) -> bytes:
    found = hsds / path
    return (next(found.glob("*.json")) if found.is_dir() else found).read_bytes()


@pytest.mark.parametrize("path", ORGANIZATIONS)
async def test_an_organization_is_exported_as_it_was_imported_and_is_valid(
    partners: House, hsds: Path, validators: dict[str, Draft202012Validator], path: str
) -> None:
    came = document(hsds, path)
    job = await load(partners, came)
    assert job["state"] == "done", job
    [went] = await exported(partners)
    assert missing(json.loads(came), went) == []
    assert list(validators["organization"].iter_errors(went)) == []
    for service in went["services"]:
        assert list(validators["service"].iter_errors(service)) == []


@pytest.mark.parametrize("path", SERVICES)
async def test_a_service_is_exported_as_it_was_imported_and_is_valid(
    partners: House, hsds: Path, validators: dict[str, Draft202012Validator], path: str
) -> None:
    came = json.loads(document(hsds, path))
    assert (await load(partners, came))["state"] == "done"
    [went] = await exported(partners, "hsds/services")
    # Its locations come out once, with the places; the organization's own page repeats them.
    del came["organization"]["locations"]
    assert missing(came, went) == []
    assert list(validators["service"].iter_errors(went)) == []


@pytest.mark.parametrize(
    "name",
    ["organization_list", "service_list", "service_at_location_list", "location",
     "service_at_location_full"],
)  # fmt: skip
async def test_every_form_of_the_specification_is_read(
    partners: House, hsds: Path, name: str
) -> None:
    job = await load(partners, document(hsds, f"examples_json/{name}.json"))
    assert job["state"] == "done", job
    assert sum(job["counts"].values()) > 0


async def test_the_pages_of_an_api_come_in_as_one_directory(partners: House, hsds: Path) -> None:
    pages = {
        path.name: path.read_bytes() for path in sorted(hsds.glob("examples_json/*_list.json"))
    }
    for counted in (1, 0):
        job = await load(partners, zipped(pages))
        assert job["state"] == "done", job
        assert {remark["code"] for remark in job["remarks"]} == {"taxonomy-alone", "pages-missing"}
        assert job["counts"].get("partners_registered", 0) == counted
    [went] = await exported(partners)
    [service] = went["services"]
    assert [each["location"]["name"] for each in service["service_at_locations"]] == [
        "MyCity Civic Center"
    ]


async def test_the_tables_give_the_same_as_the_document(partners: House, hsds: Path) -> None:
    tables = json.loads(document(hsds, "examples_json/tabular.json"))
    came = json.loads(document(hsds, "examples_json/organization_full.json"))
    for file in (tables, zipped(tables)):
        await partners.empty()
        job = await load(partners, file)
        assert job["state"] == "done", job
        assert job["counts"]["services"] == 1
        [went] = await exported(partners)
        # The example's tables hang these on ids that they do not have.
        lost = {"$.services[0].attributes", "$.services[0].metadata"}
        assert {path for path in missing(came, went) if "contacts" not in path} == lost


async def test_the_same_file_imported_again_changes_and_announces_nothing(
    partners: House, hsds: Path
) -> None:
    for path in ("examples_json/organization_full.json", "examples_json/tabular.json"):
        await partners.empty()
        first = await load(partners, document(hsds, path))
        before = await partners.events()
        again = await load(partners, document(hsds, path))
        assert {first["state"], again["state"]} == {"done"}
        assert first["counts"]["partners_registered"] == 1
        assert not [name for name in again["counts"] if "_" in name]
        assert await partners.events() == before
        assert [e["type"] for e in before] == [
            PartnerRegistered.type, SiteOpened.type, ProgramOpened.type,
        ]  # fmt: skip


async def test_an_export_that_is_imported_again_has_no_effect(partners: House) -> None:
    district = await a_partner(partners, "District", "district")
    school = await a_partner(
        partners, "Academy", "school", parent_id=district, contacts=[{"name": "Ann"}],
        identifiers=[{"identifier_type": "EIN", "identifier": "1"}],
    )  # fmt: skip
    await a_program(partners, school)
    before = await partners.events()
    for path in ("hsds", "hsds/services"):
        job = await load(partners, await exported(partners, path))
        assert job["state"] == "done", job
        assert not [name for name in job["counts"] if "_" in name]
    assert await partners.events() == before


async def test_an_export_can_be_imported_elsewhere(partners: House, hsds: Path) -> None:
    tutors = await a_partner(partners, "Tutors", "library", phones=[{"number": "1"}])
    async with partners.calling(OPERATOR) as http:
        hall = await made(http, "sites", partner_id=tutors, name="Hall")
    await a_program(
        partners, tutors, site_ids=[hall["id"]], grades=["01", "02"], capacity=12, minimum_age=6,
        starts_on="2026-09-01", schedules=[{"opens_at": "10:00", "freq": "WEEKLY"}],
    )  # fmt: skip
    went = await exported(partners)
    here = await load(partners, went)
    assert {e["type"] for e in await partners.events()} == {
        PartnerRegistered.type, SiteOpened.type, ProgramOpened.type,
    }  # fmt: skip
    await partners.empty()
    there = await load(partners, {"items": went})
    assert (here["state"], there["state"]) == ("done", "done")
    again = await exported(partners)
    assert again == went
    assert again[0]["services"][0]["capacity"] == 12


async def test_a_partner_entered_here_is_exported_as_valid_hsds(
    partners: House, validators: dict[str, Draft202012Validator]
) -> None:
    tutors = await a_partner(
        partners, contacts=[{"name": "Ann", "phones": [{"number": "1"}]}],
        identifiers=[{"identifier_type": "EIN", "identifier": "1"}],
    )  # fmt: skip
    async with partners.calling(OPERATOR) as http:
        hall = await made(
            http, "sites", partner_id=tutors, name="Hall", accessibility=[{"description": "Ramp"}],
            addresses=[{"address_1": "1 Main", "city": "C", "state_province": "MN",
                        "postal_code": "5", "country": "US", "address_type": "physical"}],
        )  # fmt: skip
    await a_program(partners, tutors, site_ids=[hall["id"]], status="temporarily closed")
    [organization] = await exported(partners)
    assert list(validators["organization"].iter_errors(organization)) == []
    [service] = await exported(partners, "hsds/services")
    assert list(validators["service"].iter_errors(service)) == []


async def test_a_later_file_changes_the_fields_it_names_and_leaves_the_rest(
    partners: House,
) -> None:
    service = {"id": "s", "name": "Reading", "status": "active", "minimum_age": 6.5,
               "alert": "Full", "licenses": "None"}  # fmt: skip
    await load(partners, ORGANIZATION | {"email": "a@b.c", "services": [service]})
    job = await load(
        partners,
        ORGANIZATION | {"services": [
            {"id": "s", "name": "Reading", "status": "active", "maximum_age": 9, "alert": None}
        ]},
    )  # fmt: skip

    assert job["counts"]["programs_changed"] == 1
    [went] = await exported(partners)
    assert went["email"] == "a@b.c"
    assert went["services"] == [
        {"id": "s", "name": "Reading", "status": "active", "minimum_age": 6.5, "maximum_age": 9,
         "licenses": "None"}
    ]  # fmt: skip
    [event] = await partners.events(ProgramChanged)
    assert (event["data"]["minimum_age"], event["data"]["maximum_age"]) == (6, 9)
    assert await partners.events(PartnerChanged) == []


async def test_a_value_changed_here_is_exported_instead_of_the_imported_one(
    partners: House,
) -> None:
    service = {"id": "s", "name": "Reading", "status": "active", "minimum_age": 0.5}
    await load(partners, ORGANIZATION | {"services": [service]})
    async with partners.calling(OPERATOR) as http:
        [program] = (await http.get("/v1/programs")).json()["items"]
        await http.patch(
            f"/v1/programs/{program['id']}", json={"minimum_age": 3}, headers=version(program)
        )
    [went] = await exported(partners)
    assert went["services"][0]["minimum_age"] == 3


async def test_a_service_that_becomes_defunct_is_closed(partners: House) -> None:
    service = {"id": "s", "name": "Reading", "status": "active"}
    await load(partners, ORGANIZATION | {"services": [service]})
    job = await load(partners, ORGANIZATION | {"services": [service | {"status": "defunct"}]})
    assert job["counts"]["programs_closed"] == 1
    [event] = await partners.events(ProgramClosed)
    assert event["data"]["closed_on"]


async def test_a_file_that_would_close_much_of_a_partner_waits_for_a_confirmation(
    partners: House,
) -> None:
    services = [{"id": f"s{n}", "name": f"Reading {n}", "status": "active"} for n in range(12)]
    first = await load(partners, ORGANIZATION | {"services": services})
    assert [(effect["noun"], effect["added"]) for effect in first["effects"]] == [
        ("partners", 1), ("sites", 0), ("programs", 12)
    ]  # fmt: skip
    closed = [service | {"status": "defunct"} for service in services[:5]]
    before = await partners.contents()
    job = await load(partners, ORGANIZATION | {"services": closed})
    assert job["state"] == "needs_confirmation"
    [programs] = [effect for effect in job["effects"] if effect["noun"] == "programs"]
    assert (programs["ended"], programs["known"]) == (5, 12)
    assert [(part["name"], part["ended"]) for part in programs["parts"]] == [("Tutors", 5)]
    assert await partners.contents() == before


async def test_a_parent_in_the_same_file_may_come_after_its_child(partners: House) -> None:
    child = ORGANIZATION | {"id": "c", "parent_organization_id": "p"}
    job = await load(partners, [child, ORGANIZATION | {"id": "p", "name": "District"}])
    assert job["state"] == "done", job
    found = await partners.rows(
        "select c.name from partner c join partner p on p.id = c.parent_id and p.name = 'District'"
    )
    assert [row["name"] for row in found] == ["Tutors"]


async def test_ids_that_are_not_uuids_belong_to_their_package(partners: House) -> None:
    tables = {"organizations.csv": [ORGANIZATION | {"id": "1"}]}
    for name in ("north", "south", "north"):
        described = {"datapackage.json": json.dumps({"name": name})}
        assert (await load(partners, zipped(tables | described)))["state"] == "done"
    assert len(await partners.events(PartnerRegistered)) == 2


async def test_an_administrator_imports_only_their_own_partner(partners: House) -> None:
    own, other = await a_partner(partners), await a_partner(partners, "Other")
    admin = principal(Role.PARTNER_ADMIN, partner_id=own)
    service = {"id": str(uuid4()), "name": "Reading", "status": "active"}
    codes = []
    for id in (own, other, str(uuid4())):
        job = await load(partners, ORGANIZATION | {"id": id, "services": [service]}, admin)
        codes.append((job["state"], {problem["code"] for problem in job["problems"]}))
    assert codes == [("done", set())] + [("refused", {"partner-not-own"})] * 2
    assert len(await partners.events(ProgramOpened)) == 1
    educator = await load(partners, ORGANIZATION, principal(Role.EDUCATOR, partner_id=own))
    assert educator["status"] == 403


async def test_a_backbone_imports_new_partners_and_afterwards_those_in_its_care_alone(
    partners: House,
) -> None:
    ours, theirs = [await a_backbone(partners, name) for name in ("Ours", "Theirs")]
    service = {"id": "s", "name": "Reading", "status": "active"}
    file = ORGANIZATION | {"services": [service]}
    changed = ORGANIZATION | {"email": "a@b.c"}
    new = await load(partners, file, ours)
    before = await load(partners, changed, ours)
    [known] = await partners.rows(
        "select id from partner where name = :name", name=ORGANIZATION["name"]
    )
    await a_led_partnership(partners, ours, str(known["id"]))
    foreign = await load(partners, changed, theirs)
    cared_for = await load(partners, changed, ours)
    assert [new["state"], cared_for["state"]] == ["done", "done"]
    for job in (before, foreign):
        assert {problem["code"] for problem in job["problems"]} == {"partner-not-own"}


async def test_a_file_with_one_fault_leaves_nothing_behind(partners: House) -> None:
    service = {"id": "s", "name": "Reading", "status": "active"}
    lost = {"id": "t", "name": "Lost", "status": "active", "organization_id": "nowhere"}
    job = await load(partners, [ORGANIZATION | {"services": [service]}, lost])
    assert job["state"] == "refused"
    assert [(p["field"], p["code"]) for p in job["problems"]] == [
        ("[1].organization_id", "dangling-reference")
    ]
    assert await partners.events() == []
    assert await exported(partners) == []


async def test_a_text_is_kept_clean_and_goes_out_as_it_came(partners: House) -> None:
    came = ORGANIZATION | {"name": " Cafe\u0301\u00a0Sol ", "description": "They tutor. "}
    for file in (came, zipped({"organizations.csv": [came]})):
        await partners.empty()
        assert (await load(partners, file))["state"] == "done"
        [kept] = await partners.rows("select name, description from partner")
        assert kept == {"name": "Café Sol", "description": "They tutor."}
        [went] = await exported(partners)
        assert {name: went[name] for name in ("name", "description")} == {
            name: came[name] for name in ("name", "description")
        }


async def test_a_directory_leaves_out_a_text_with_a_character_that_nobody_sees(
    partners: House,
) -> None:
    job = await load(partners, ORGANIZATION | {"description": "They\u200btutor"})
    assert job["state"] == "done"
    assert ("description", "format-character") in {(r["field"], r["code"]) for r in job["remarks"]}
    refused = await load(partners, ORGANIZATION | {"id": "org\u202e2"})
    assert [(p["field"], p["code"]) for p in refused["problems"]] == [("id", "format-character")]
