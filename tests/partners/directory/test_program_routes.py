"""Programs and sites over HTTP, on a real database."""

from uuid import uuid4

from shared.contracts.partners.program import ProgramChanged, ProgramClosed, ProgramOpened
from shared.contracts.partners.site import SiteChanged, SiteOpened
from shared.security.principal import Role
from tests.houses import House, principal
from tests.partners.support import OPERATOR, a_partner, a_program, made, version


async def test_a_program_states_its_participants_places_and_times(partners: House) -> None:
    partner_id = await a_partner(partners)
    async with partners.calling(OPERATOR) as http:
        hall = await made(http, "sites", partner_id=partner_id, name="Hall", latitude=44.9,
                          longitude=-93.2)  # fmt: skip
        yard = await made(http, "sites", partner_id=partner_id, name="Yard")
        program = await made(
            http, "programs", partner_id=partner_id, name="Reading", minimum_age=6,
            maximum_age=9, grades=["01", "02"], capacity=20, starts_on="2026-09-01",
            ends_on="2027-06-15", site_ids=[yard["id"], hall["id"]],
            schedules=[{"freq": "WEEKLY", "byday": "SA", "opens_at": "10:00", "closes_at": "12:00"}],
            cost_options=[{"option": "all", "amount": 0, "currency": "usd"}],
            languages=[{"name": "Spanish", "code": "es"}],
        )  # fmt: skip
        read = (await http.get(f"/v1/programs/{program['id']}")).json()

    assert read == program
    assert read["site_ids"] == [yard["id"], hall["id"]]
    assert read["schedules"][0]["opens_at"] == "10:00"
    [opened] = await partners.events(ProgramOpened)
    assert opened["data"] == {
        "program_id": program["id"], "partner_id": partner_id, "name": "Reading",
        "status": "active", "capacity": 20, "minimum_age": 6, "maximum_age": 9,
        "grades": ["01", "02"], "starts_on": "2026-09-01", "ends_on": "2027-06-15",
    }  # fmt: skip
    assert len(await partners.events(SiteOpened)) == 2


async def test_a_change_leaves_the_fields_that_it_does_not_name(partners: House) -> None:
    program = await a_program(partners, await a_partner(partners), capacity=20, grades=["KG"])
    address = f"/v1/programs/{program['id']}"
    async with partners.calling(OPERATOR) as http:
        changed = await http.patch(address, json={"capacity": None}, headers=version(program))
        nameless = await http.patch(address, json={"name": None}, headers=version(changed.json()))

    assert changed.json() == program | {"capacity": None, "version": 2}
    assert (nameless.status_code, nameless.json()["errors"][0]["field"]) == (422, "body.name")
    assert len(await partners.events(ProgramChanged)) == 1


async def test_a_closed_program_is_defunct_and_stays_so(partners: House) -> None:
    program = await a_program(partners, await a_partner(partners))
    address = f"/v1/programs/{program['id']}"
    async with partners.calling(OPERATOR) as http:
        closed = await http.post(f"{address}/closure", headers=version(program))
        again = await http.post(f"{address}/closure", headers=version(closed.json()))
        changed = await http.patch(address, json={"name": "B"}, headers=version(closed.json()))

    assert (closed.json()["status"], closed.status_code) == ("defunct", 201)
    assert [a.json()["code"] for a in (again, changed)] == ["program-closed"] * 2
    [event] = await partners.events(ProgramClosed)
    assert event["data"]["closed_on"] == closed.json()["closed_on"]


async def test_nonsense_is_refused_with_its_reason_and_changes_nothing(partners: House) -> None:
    partner_id = await a_partner(partners)
    wrong = [
        ({"minimum_age": 9, "maximum_age": 6}, 409, "ages-reversed"),
        ({"starts_on": "2027-01-01", "ends_on": "2026-01-01"}, 409, "dates-reversed"),
        ({"starts_on": "2026-02-30"}, 422, "body-malformed"),
        ({"grades": ["0"]}, 422, "body-malformed"),
        ({"status": "defunct"}, 422, "body-malformed"),
        ({"capacity": -1}, 422, "body-malformed"),
        ({"capacity": 10**30}, 422, "body-malformed"),
        ({"name": "a\x00b"}, 422, "body-malformed"),
        ({"description": "x" * 10_001}, 422, "body-malformed"),
        ({"url": "javascript:alert(1)"}, 422, "body-malformed"),
        ({"site_ids": [str(uuid4())]}, 404, "site-unknown"),
        ({"partner_id": str(uuid4())}, 404, "partner-unknown"),
        ({"phones": [{"number": "1", "numbr": "2"}]}, 422, "body-malformed"),
    ]
    async with partners.calling(OPERATOR) as http:
        for body, status, code in wrong:
            fields = {"partner_id": partner_id, "name": "P"} | body
            answer = await http.post("/v1/programs", json=fields)
            assert (answer.status_code, answer.json()["code"]) == (status, code), body
        assert (await http.get("/v1/programs")).json()["items"] == []


async def test_programs_are_found_by_age_grade_and_status(partners: House) -> None:
    partner_id = await a_partner(partners)
    await a_program(partners, partner_id, name="Babies", minimum_age=0, maximum_age=3)
    await a_program(partners, partner_id, name="Grown", minimum_age=16, grades=["11", "12"])
    await a_program(partners, partner_id, name="Open to all")
    await a_program(partners, partner_id, name="Paused", status="temporarily closed")

    async def names(**query: str) -> list[str]:
        async with partners.calling(principal(Role.PUBLIC)) as http:
            found = (await http.get("/v1/programs", params=query)).json()["items"]
            return [program["name"] for program in found]

    assert await names(age="2") == ["Babies", "Open to all", "Paused"]
    assert await names(age="40", status="active") == ["Grown", "Open to all"]
    assert await names(grade="12") == ["Babies", "Grown", "Open to all", "Paused"]
    assert await names(grade="12", age="17", status="active") == ["Grown", "Open to all"]


async def test_an_administrator_maintains_their_own_partner_and_a_district_its_schools(
    partners: House,
) -> None:
    district = await a_partner(partners, "District", "district")
    school = await a_partner(partners, "School", "school", parent_id=district)
    stranger = await a_partner(partners, "Stranger")
    answers = {}
    for role, own in ((Role.PARTNER_ADMIN, school), (Role.DISTRICT_ADMIN, district)):
        async with partners.calling(principal(role, partner_id=own)) as http:
            answers[role] = [
                (await http.post(f"/v1/{noun}", json={"partner_id": id, "name": "N"})).status_code
                for id in (district, school, stranger)
                for noun in ("programs", "sites")
            ]
            parent = {"name": "New School", "kind": "school", "parent_id": district}
            answers[role].append((await http.post("/v1/partners", json=parent)).status_code)

    assert answers[Role.PARTNER_ADMIN] == [403, 403, 201, 201, 403, 403, 403]
    assert answers[Role.DISTRICT_ADMIN] == [201, 201, 201, 201, 403, 403, 201]


async def test_the_directory_is_public_and_writing_is_not(partners: House) -> None:
    partner_id = await a_partner(partners)
    codes = []
    for role in (Role.PUBLIC, Role.GUARDIAN, Role.EDUCATOR, Role.CASE_WORKER, Role.ANALYST):
        async with partners.calling(principal(role, partner_id=partner_id)) as http:
            read = await http.get(f"/v1/partners/{partner_id}")
            wrote = await http.post("/v1/programs", json={"partner_id": partner_id, "name": "N"})
            codes.append((read.status_code, wrote.status_code))
    assert codes == [(200, 401)] + [(200, 403)] * 4


async def test_a_site_moves_and_closes(partners: House) -> None:
    partner_id = await a_partner(partners)
    async with partners.calling(OPERATOR) as http:
        site = await made(http, "sites", partner_id=partner_id, name="Hall")
        half = await http.patch(
            f"/v1/sites/{site['id']}", json={"latitude": 1.5}, headers=version(site)
        )
        moved = await http.patch(
            f"/v1/sites/{site['id']}",
            json={"latitude": 1.5, "longitude": 2, "status": "closed"},
            headers=version(site),
        )
    assert half.status_code == 422
    assert (moved.json()["latitude"], moved.json()["status"]) == (1.5, "closed")
    [event] = await partners.events(SiteChanged)
    assert event["data"]["status"] == "closed"
