"""An account has the name that its issuer or its owner gave, and an address that only the owner reads."""

from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.students.erasure import DataClass, StudentErased
from shared.security.principal import THE_GATEWAY, Role
from tests.houses import House, principal
from tests.partners.support import OPERATOR, a_partner
from tests.promised import promise

ANN = {"issuer": "https://id.example", "subject": "ann"}
TOLD = {"name": "Ann Rivera", "email": "ann@example.org"}


async def admitted(partners: House, **draft: Any) -> dict[str, Any]:
    async with partners.calling(OPERATOR) as http:
        answer = await http.post("/v1/memberships", json=ANN | draft)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def sign_in(partners: House, **told: Any) -> list[dict[str, Any]]:
    async with partners.calling(THE_GATEWAY) as http:
        answer = await http.post("/internal/sign-ins", json=ANN | told)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def name(partners: House, account_id: str, chosen: str) -> None:
    async with partners.calling(THE_GATEWAY) as http:
        body = {"account_id": account_id, "name": chosen}
        answer = await http.post("/internal/account-names", json=body)
    assert answer.status_code == 204, answer.text


async def kept(partners: House) -> list[tuple[str | None, str | None]]:
    rows = await partners.rows("select name, email from account")
    return [(row["name"], row["email"]) for row in rows]


async def test_the_issuers_name_and_verified_address_are_kept_of_a_member(partners: House) -> None:
    await admitted(partners, role="analyst")
    [acting] = await sign_in(partners, **TOLD)
    assert (acting["account_name"], acting["account_email"]) == tuple(TOLD.values())
    [later] = await sign_in(partners, name="Ann Núñez")
    assert (later["account_name"], later["account_email"]) == ("Ann Núñez", TOLD["email"])


@promise(
    "Access and privacy", "Nothing is kept of a person who signs in and was admitted by nobody."
)
async def test_nothing_is_kept_of_a_person_without_a_membership_in_force(partners: House) -> None:
    assert await sign_in(partners, **TOLD) == []
    assert await kept(partners) == []
    made = await admitted(partners, role="analyst")
    async with partners.calling(OPERATOR) as http:
        await http.delete(f"/v1/memberships/{made['id']}", headers={"If-Match": '"1"'})
    assert await sign_in(partners, **TOLD) == []
    assert await kept(partners) == [(None, None)]


async def test_the_owners_name_is_not_overwritten_by_the_issuers(partners: House) -> None:
    made = await admitted(partners, role="analyst")
    await name(partners, made["account_id"], "Annie")
    [acting] = await sign_in(partners, **TOLD)
    assert (acting["account_name"], acting["account_email"]) == ("Annie", TOLD["email"])


@promise("Access and privacy", "An account's e-mail address is told to nobody but its owner.")
async def test_a_membership_has_the_name_of_its_account_and_nobody_reads_the_address(
    partners: House,
) -> None:
    partner_id = await a_partner(partners)
    made = await admitted(partners, role="case_worker", partner_id=partner_id)
    await sign_in(partners, **TOLD)
    for role in (Role.OPERATOR, Role.PARTNER_ADMIN):
        async with partners.calling(principal(role, partner_id=partner_id)) as http:
            one = await http.get(f"/v1/memberships/{made['id']}")
            listed = await http.get("/v1/memberships", params={"role": "case_worker"})
        assert one.json()["account_name"] == "Ann Rivera"
        assert [each["account_name"] for each in listed.json()["items"]] == ["Ann Rivera"]
        assert "ann@example.org" not in one.text + listed.text
    events = await partners.events()
    assert "Rivera" not in str(events) and "ann@example.org" not in str(events)


@promise("Access and privacy", "A name and an e-mail address are erased with the account.")
async def test_the_name_and_the_address_are_erased_with_the_account(partners: House) -> None:
    district = await a_partner(partners, kind="district")
    person, other = uuid4(), uuid4()
    guardian = {"role": "guardian", "partner_id": district}
    made = await admitted(partners, **guardian, person_id=str(person))
    await sign_in(partners, **TOLD)
    await name(partners, made["account_id"], "Annie")
    erased = {"student_id": uuid4(), "classes": list(DataClass)}
    await partners.hear(StudentErased(erasure_id=uuid4(), people=[other], **erased))
    assert await kept(partners) == [("Annie", TOLD["email"])]
    await partners.hear(StudentErased(erasure_id=uuid4(), people=[person], **erased))
    assert await kept(partners) == [(None, None)]
    [row] = await partners.rows("select subject, named_by_owner from account")
    assert (row["subject"], row["named_by_owner"]) == (f"erased:{made['account_id']}", False)


@promise(
    "Access and privacy", "An erased account's name and sign-in are in no stored answer either."
)
async def test_a_stored_answer_loses_the_erased_account_and_the_work_is_not_done_again(
    partners: House,
) -> None:
    district = await a_partner(partners, kind="district")
    person, other = uuid4(), uuid4()
    asked = [
        ANN | {"role": "guardian", "partner_id": district, "person_id": str(person)},
        ANN
        | {"subject": "bob", "role": "guardian", "partner_id": district, "person_id": str(other)},
    ]
    await admitted(partners, **asked[0])
    await sign_in(partners, **TOLD)

    async def repeated() -> list[tuple[int, str]]:
        async with partners.calling(OPERATOR) as http:
            answers = [
                await http.post("/v1/memberships", json=each, headers={"Idempotency-Key": str(n)})
                for n, each in enumerate(asked)
            ]
        return [(answer.status_code, answer.text) for answer in answers]

    [ann, bob] = await repeated()
    assert "Ann Rivera" in ann[1]
    erased = {"student_id": uuid4(), "classes": list(DataClass)}
    await partners.hear(StudentErased(erasure_id=uuid4(), people=[person], **erased))
    [row] = await partners.rows("select body from idempotency where body is not null")
    assert b"bob" in bytes(row["body"])
    [refused, same] = await repeated()
    assert (refused[0], "answer-not-kept" in refused[1]) == (409, True)
    assert same == bob
    live = await partners.rows("select account_id from membership where status = 'live'")
    assert len(live) == 1


async def read(partners: House, *ids: str, by: Role = Role.GUARDIAN) -> list[dict[str, Any]]:
    async with partners.calling(principal(by)) as http:
        answer = await http.get("/v1/accounts", params={"id": list(ids)})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_whoever_is_signed_in_reads_the_names_of_staff_and_their_partners(
    partners: House,
) -> None:
    tutors, library = await a_partner(partners), await a_partner(partners, "Harbor Library")
    made = await admitted(partners, role="case_worker", partner_id=tutors)
    await admitted(partners, role="partner_admin", partner_id=tutors)
    await admitted(partners, role="case_worker", partner_id=library)
    await sign_in(partners, **TOLD)
    bob = await admitted(partners, role="analyst", subject="bob")
    names = ["Harbor Library", "Riverside Tutors"]
    ann = {"id": made["account_id"], "name": "Ann Rivera", "partner_names": names}
    unnamed = {"id": bob["account_id"], "name": None, "partner_names": []}
    for role in (Role.GUARDIAN, Role.EDUCATOR, Role.ANALYST):
        assert await read(partners, made["account_id"], str(uuid4()), by=role) == [ann]
        assert await read(partners, made["account_id"], bob["account_id"]) == [ann, unnamed]


@promise(
    "Access and privacy",
    "A list of names by the ids of accounts has nobody of a child's family, and nobody who has left.",
)
async def test_an_account_of_a_family_and_one_that_has_left_are_answered_like_none(
    partners: House,
) -> None:
    district = await a_partner(partners, kind="district")
    guardian = {"role": "guardian", "partner_id": district, "person_id": str(uuid4())}
    staff = {"role": "case_worker", "partner_id": await a_partner(partners)}
    mother = await admitted(partners, subject="mother", **guardian)
    both = await admitted(partners, subject="both", **staff)
    left = await admitted(partners, subject="left", **staff)
    assert len(await read(partners, both["account_id"], left["account_id"])) == 2
    later = await admitted(partners, subject="both", **guardian)
    async with partners.calling(OPERATOR) as http:
        await http.delete(f"/v1/memberships/{left['id']}", headers={"If-Match": '"1"'})
    hidden = [each["account_id"] for each in (mother, both, left)]
    assert await read(partners, *hidden, by=Role.OPERATOR) == []
    async with partners.calling(OPERATOR) as http:
        await http.delete(f"/v1/memberships/{later['id']}", headers={"If-Match": '"1"'})
    assert await read(partners, *hidden, by=Role.OPERATOR) == []


async def test_names_are_read_by_ids_alone_at_most_200_at_once(partners: House) -> None:
    async with partners.calling(OPERATOR) as http:
        none = await http.get("/v1/accounts")
        many = await http.get("/v1/accounts", params={"id": [str(uuid4()) for _ in range(201)]})
        some = await http.get("/v1/accounts", params={"id": [str(uuid4()) for _ in range(200)]})
    assert (none.status_code, many.status_code, some.status_code) == (400, 400, 200)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.PARTNER_ADMIN, Role.PUBLIC])
async def test_only_the_gateway_passes_a_name_on(partners: House, role: Role) -> None:
    made = await admitted(partners, role="analyst")
    async with partners.calling(principal(role)) as http:
        body = {"account_id": made["account_id"], "name": "x"}
        answer = await http.post("/internal/account-names", json=body)
    assert answer.status_code in {401, 403}
    assert await kept(partners) == [(None, None)]
