"""An administrator offers a membership by a link that works once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from shared.contracts.partners.erasure import ChildErased
from shared.contracts.partners.invitation import (
    InvitationAccepted,
    InvitationOffered,
    InvitationWithdrawn,
)
from shared.contracts.partners.membership import MembershipGranted
from shared.contracts.students.erasure import DataClass, StudentErased
from shared.security.principal import THE_GATEWAY, Principal, Role
from tests.houses import House, principal
from tests.partners.support import OPERATOR, a_partner, version
from tests.promised import promise

ISSUER = "https://id.example"


async def an_admin(partners: House, role: Role, partner_id: str | None) -> Principal:
    """Somebody with a membership, under which they invite."""
    draft = {"issuer": ISSUER, "subject": f"admin-{uuid4()}", "role": role,
             "partner_id": partner_id}  # fmt: skip
    async with partners.calling(principal(Role.OPERATOR)) as http:
        made = (await http.post("/v1/memberships", json=draft)).json()
    return principal(
        role, account_id=made["account_id"], membership_id=made["id"], partner_id=partner_id
    )


async def offered(http: httpx.AsyncClient, **draft: Any) -> dict[str, Any]:
    answer = await http.post("/v1/invitations", json=draft)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


def secret_of(made: dict[str, Any]) -> str:
    return str(made["link"]).partition("#")[2]


async def accept(partners: House, secret: str, subject: str = "ann") -> tuple[int, dict[str, Any]]:
    async with partners.calling(THE_GATEWAY) as http:
        body = {"secret": secret, "issuer": ISSUER, "subject": subject}
        answer = await http.post("/internal/invitations/acceptance", json=body)
        return answer.status_code, answer.json()


async def test_a_person_who_follows_the_link_gets_the_membership_that_was_offered(
    partners: House,
) -> None:
    partner_id = await a_partner(partners)
    admin = await an_admin(partners, Role.PARTNER_ADMIN, partner_id)
    async with partners.calling(admin) as http:
        made = await offered(http, role="case_worker", partner_id=partner_id)
        code, became = await accept(partners, secret_of(made))
        read = (await http.get(f"/v1/invitations/{made['id']}")).json()
        members = (await http.get("/v1/memberships", params={"role": "case_worker"})).json()
    assert code == 201
    assert (became["role"], became["partner_id"]) == ("case_worker", partner_id)
    assert (read["status"], read["membership_id"]) == ("accepted", became["membership_id"])
    assert [each["subject"] for each in members["items"]] == ["ann"]
    events = [len(await partners.events(kind)) for kind in (InvitationOffered, InvitationAccepted)]
    assert events == [1, 1]


@promise("Access and privacy", "The platform keeps only a hash of an invitation's secret.")
async def test_the_link_hides_its_secret_from_servers_and_only_its_hash_is_kept(
    partners: House,
) -> None:
    partner_id = await a_partner(partners)
    admin = await an_admin(partners, Role.PARTNER_ADMIN, partner_id)
    async with partners.calling(admin) as http:
        key = {"Idempotency-Key": "once"}
        draft = {"role": "case_worker", "partner_id": partner_id}
        first = await http.post("/v1/invitations", json=draft, headers=key)
        again = await http.post("/v1/invitations", json=draft, headers=key)
        read = await http.get(f"/v1/invitations/{first.json()['id']}")
        listed = await http.get("/v1/invitations")
    page, mark, secret = first.json()["link"].partition("#")
    assert (mark, len(secret)) == ("#", 43)
    assert httpx.URL(page).path == "/invitation" and not httpx.URL(page).query
    assert again.json()["code"] == "answer-not-kept"
    assert secret not in read.text + listed.text
    for table in ("invitation", "outbox", "idempotency"):
        rows = await partners.rows(f"select t::text as whole from {table} t")
        assert rows and all(secret not in row["whole"] for row in rows)


@promise("Access and privacy", "An invitation is taken once.")
async def test_one_of_many_people_who_follow_one_link_at_once_is_admitted(partners: House) -> None:
    partner_id = await a_partner(partners)
    admin = await an_admin(partners, Role.PARTNER_ADMIN, partner_id)
    async with partners.calling(admin) as http:
        made = await offered(http, role="case_worker", partner_id=partner_id)
    before = len(await partners.events(MembershipGranted))
    found = await asyncio.gather(
        *(accept(partners, secret_of(made), f"person-{n}") for n in range(8))
    )
    assert sorted(code for code, _ in found) == [201] + [404] * 7
    assert len(await partners.events(MembershipGranted)) == before + 1


async def test_wrong_used_withdrawn_late_and_orphaned_links_are_answered_alike(
    partners: House,
) -> None:
    partner_id, closed = await a_partner(partners), await a_partner(partners, "Closed")
    admin = await an_admin(partners, Role.PARTNER_ADMIN, partner_id)
    leaving = await an_admin(partners, Role.PARTNER_ADMIN, partner_id)
    closing = await an_admin(partners, Role.PARTNER_ADMIN, closed)
    draft = {"role": "case_worker", "partner_id": partner_id}
    async with partners.calling(admin) as http:
        used, withdrawn, late = [await offered(http, **draft) for _ in range(3)]
        gone = await http.delete(f"/v1/invitations/{withdrawn['id']}", headers=version(withdrawn))
    async with partners.calling(leaving) as http:
        orphan = await offered(http, **draft)
    async with partners.calling(closing) as http:
        homeless = await offered(http, **draft | {"partner_id": closed})
    await accept(partners, secret_of(used))
    async with partners.calling(OPERATOR) as http:
        address = f"/v1/memberships/{leaving.membership_id}"
        assert (await http.delete(address, headers={"If-Match": '"1"'})).status_code == 200
        partner = (await http.get(f"/v1/partners/{closed}")).json()
        await http.post(f"/v1/partners/{closed}/closure", headers=version(partner))
    async with partners.database.transaction() as session:
        await session.execute(
            text("update invitation set expires_at = :then where id = :id"),
            {"then": datetime.now(UTC) - timedelta(seconds=1), "id": late["id"]},
        )
    accounts = await partners.rows("select id from account")

    secrets = [secret_of(each) for each in (used, withdrawn, late, orphan, homeless)]
    answers = [await accept(partners, secret, "eve") for secret in ("x" * 43, *secrets)]

    assert {code for code, _ in answers} == {404}
    assert all(said == answers[0][1] for _, said in answers)
    assert await partners.rows("select id from account") == accounts
    assert gone.json()["status"] == "withdrawn"
    assert len(await partners.events(InvitationWithdrawn)) == 2
    async with partners.calling(OPERATOR) as http:
        states = {each["id"]: each["status"]
                  for each in (await http.get("/v1/invitations")).json()["items"]}  # fmt: skip
        lapsed = (await http.get("/v1/invitations", params={"status": "lapsed"})).json()["items"]
    assert [states[each["id"]] for each in (used, withdrawn, late, orphan, homeless)] == [
        "accepted", "withdrawn", "lapsed", "lapsed", "withdrawn",
    ]  # fmt: skip
    assert {each["id"] for each in lapsed} == {late["id"], orphan["id"]}


@promise(
    "Access and privacy",
    "An erased person's invitations admit nobody any more, as its memberships do not.",
)
async def test_the_erasure_of_a_person_withdraws_its_invitations_and_no_others(
    partners: House,
) -> None:
    district = await a_partner(partners, kind="district")
    admin = await an_admin(partners, Role.DISTRICT_ADMIN, district)
    child, other = uuid4(), uuid4()
    draft = {"role": "student", "partner_id": district}
    async with partners.calling(admin) as http:
        made, kept, taken = [
            await offered(http, **draft, person_id=str(person)) for person in (child, other, child)
        ]
    assert (await accept(partners, secret_of(taken)))[0] == 201
    erased = StudentErased(
        erasure_id=uuid4(), student_id=child, people=[child], classes=list(DataClass)
    )
    await partners.hear(erased)
    late, same = [await accept(partners, secret_of(each), "eve") for each in (made, kept)]
    assert (late[0], late[1]["code"], same[0]) == (404, "invitation-unknown", 201)
    async with partners.calling(admin) as http:
        states = [
            (await http.get(f"/v1/invitations/{each['id']}")).json()["status"]
            for each in (made, kept, taken)
        ]
    assert states == ["withdrawn", "accepted", "accepted"]
    [told] = await partners.events(InvitationWithdrawn)
    assert told["data"] == {"invitation_id": made["id"]}
    [confirmed] = await partners.events(ChildErased)
    assert confirmed["data"]["rows"] == 3  # an invitation, a membership and a sign-in


async def test_nobody_offers_a_membership_that_they_may_not_grant(partners: House) -> None:
    district, tutors = await a_partner(partners, kind="district"), await a_partner(partners)
    person = str(uuid4())
    codes = []
    for role, partner_id, draft in (
        (Role.PARTNER_ADMIN, tutors, {"role": "case_worker", "partner_id": district}),
        (Role.PARTNER_ADMIN, tutors, {"role": "guardian", "partner_id": tutors,
                                      "person_id": person}),
        (Role.PARTNER_ADMIN, tutors, {"role": "operator"}),
        (Role.BACKBONE, tutors, {"role": "guardian", "partner_id": district,
                                 "person_id": person}),
        (Role.DISTRICT_ADMIN, district, {"role": "guardian", "person_id": person}),
        (Role.DISTRICT_ADMIN, district, {"role": "guardian", "partner_id": district}),
        (Role.DISTRICT_ADMIN, district, {"role": "partner_system", "partner_id": district}),
        (Role.DISTRICT_ADMIN, district, {"role": "guardian", "partner_id": district,
                                         "person_id": person}),
        (Role.DISTRICT_ADMIN, district, {"role": "student", "partner_id": district,
                                         "person_id": person}),
    ):  # fmt: skip
        async with partners.calling(await an_admin(partners, role, partner_id)) as http:
            answer = await http.post("/v1/invitations", json=draft)
            codes.append(answer.json().get("code", answer.status_code))
    assert codes == ["membership-not-yours"] * 4 + ["membership-incomplete"] * 3 + [201, 201]


async def test_an_invited_contact_is_tied_to_the_child_that_the_district_named(
    partners: House,
) -> None:
    district, contact = await a_partner(partners, kind="district"), str(uuid4())
    admin = await an_admin(partners, Role.DISTRICT_ADMIN, district)
    async with partners.calling(admin) as http:
        made = await offered(http, role="guardian", partner_id=district, person_id=contact)
    _, became = await accept(partners, secret_of(made))
    assert (became["person_id"], became["partner_id"]) == (contact, district)


async def test_nobody_accepts_their_own_invitation(partners: House) -> None:
    partner_id = await a_partner(partners)
    admin = await an_admin(partners, Role.PARTNER_ADMIN, partner_id)
    [me] = await partners.rows("select subject from account where id = :id", id=admin.account_id)
    async with partners.calling(admin) as http:
        made = await offered(http, role="case_worker", partner_id=partner_id)
    code, said = await accept(partners, secret_of(made), me["subject"])
    assert (code, said["code"]) == (403, "membership-own")
    assert (await accept(partners, secret_of(made)))[0] == 201


async def test_an_existing_member_who_follows_the_link_keeps_the_membership(
    partners: House,
) -> None:
    partner_id = await a_partner(partners)
    admin = await an_admin(partners, Role.PARTNER_ADMIN, partner_id)
    async with partners.calling(admin) as http:
        links = [await offered(http, role="case_worker", partner_id=partner_id) for _ in range(2)]
    became = [(await accept(partners, secret_of(each)))[1]["membership_id"] for each in links]
    assert became[0] == became[1]


async def test_another_partners_invitations_are_hidden(partners: House) -> None:
    mine, others = await a_partner(partners), await a_partner(partners, "Others")
    async with partners.calling(await an_admin(partners, Role.PARTNER_ADMIN, others)) as http:
        made = await offered(http, role="case_worker", partner_id=others)
    async with partners.calling(await an_admin(partners, Role.PARTNER_ADMIN, mine)) as http:
        address = f"/v1/invitations/{made['id']}"
        hidden = await http.get(address)
        absent = await http.get(f"/v1/invitations/{uuid4()}")
        withdrawn = await http.delete(address, headers=version(made))
        listed = await http.get("/v1/invitations")
    assert hidden.json() == absent.json() == withdrawn.json()
    assert listed.json()["items"] == []


@pytest.mark.parametrize("days", [0, 31, -1, "x"])
async def test_an_invitation_ends_within_thirty_days(partners: House, days: Any) -> None:
    partner_id = await a_partner(partners)
    async with partners.calling(await an_admin(partners, Role.PARTNER_ADMIN, partner_id)) as http:
        draft = {"role": "case_worker", "partner_id": partner_id, "days": days}
        answer = await http.post("/v1/invitations", json=draft)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.days")
