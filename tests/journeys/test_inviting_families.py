"""A district invites the people of its records, through the gateway and all services."""

from uuid import uuid4

from tests.journeys.test_guardians_story import a_cast, ok
from tests.platform import Platform


async def test_a_district_invites_a_guardian_of_its_records_and_nobody_else(
    whole: Platform,
) -> None:
    cast = await a_cast(whole)
    [mother] = (await cast.admin.get(f"/v1/students/{cast.child}/contacts")).json()
    draft = {"role": "guardian", "partner_id": cast.district}
    for person in (str(uuid4()), cast.child):
        for address, more in (
            ("/v1/invitations", {}),
            ("/v1/memberships", {"issuer": whole.issuer, "subject": "stranger"}),
        ):
            refused = await cast.admin.post(address, json=draft | more | {"person_id": person})
            assert (refused.status_code, refused.json()["code"]) == (422, "person-unknown")
            assert [each["field"] for each in refused.json()["errors"]] == ["body.person_id"]

    made = await ok(
        await cast.admin.post("/v1/invitations", json=draft | {"person_id": mother["id"]})
    )
    guest = whole.client(f"mother-{uuid4()}")
    secret = made["link"].partition("#")[2]
    await ok(await guest.post("/v1/invitations/acceptance", json={"secret": secret}))
    seen = (await guest.get("/v1/students")).json()["items"]
    assert [each["id"] for each in seen] == [cast.child]

    async with whole.client() as operator:
        named = {"issuer": whole.issuer, "subject": "nobody", "person_id": str(uuid4())}
        await ok(await operator.post("/v1/memberships", json=draft | named))
    nobody = whole.client("nobody")
    assert (await nobody.get("/v1/students")).json()["items"] == []
    assert (await nobody.get(f"/v1/views/students/{cast.child}")).status_code == 404
