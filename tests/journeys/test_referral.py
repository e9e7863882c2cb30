"""A referral from the need to the closed loop, on real services and a real broker: a teacher of the
district refers a child to a church basement, the mother reads what would be told and says yes, the
child attends, and the loop closes. The partner's own system follows, and takes back."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx

from tests.journeys.test_guardians_story import TODAY, Cast, a_cast, agree, listening, ok, until
from tests.platform import Platform
from tests.promised import promise

NEED = "Reading twice a week with somebody who has patience."


async def a_program_agreed_on(cast: Cast, name: str) -> str:
    """A program of the tutors, with an agreement by consent on what a referral tells."""
    program = await ok(await cast.tutor_admin.post(
        "/v1/programs", json={"partner_id": cast.tutors, "name": name}))  # fmt: skip
    parts = ("identity", "contacts", "support")
    await agree(cast, "service", datetime.now(UTC) + timedelta(days=300), *parts)
    return str(program["id"])


async def a_draft(cast: Cast, program: str) -> str:
    """The address of a new referral, once students has heard of the program."""
    body = {"student_id": cast.child, "program_id": program, "need": NEED}
    written: list[httpx.Response] = []

    async def known() -> bool:
        written.append(await cast.admin.post("/v1/referrals", json=body))
        return written[-1].status_code == 201

    await until(known)
    return f"/v1/referrals/{written[-1].json()['id']}"


@promise(
    "Support",
    "A referral goes from the need to the closed loop over the platform alone, and its partner"
    " deletes what it may not keep.",
)
async def test_from_the_need_to_the_closed_loop(whole: Platform) -> None:
    cast = await a_cast(whole)
    program = await a_program_agreed_on(cast, "Basement Reading")

    async with listening(cast) as listener:
        referral = await a_draft(cast, program)
        assert (await cast.mother.get(referral)).status_code == 404, "a draft is its author's"
        await ok(await cast.admin.post(f"{referral}/consent-request"))

        # The family reads the very words of what would be told, and who gets it.
        home = await ok(await cast.mother.get("/v1/views/family"), 200)
        [asked] = home["children"][0]["referrals"]["items"]
        assert (asked["state"], asked["need"], asked["partner_name"]) == (
            "awaiting_consent", NEED, "Riverside Tutors",
        )  # fmt: skip
        paths = home["children"][0]["paths"]
        preview = await ok(
            await cast.mother.get(paths["referral_preview"].replace("{id}", asked["id"])), 200
        )
        assert NEED in preview["text"] and "Riverside Tutors" in preview["text"]
        hidden = await cast.tutor.get(referral)
        none = await cast.tutor.get(f"/v1/referrals/{uuid4()}")
        assert (hidden.status_code, hidden.json()) == (404, none.json())
        said = paths["answer_referral"].replace("{id}", asked["id"])
        await ok(await cast.mother.post(said, json={"decision": "granted"}))

        # The church basement answers, and the child comes.
        [mine] = (await ok(await cast.tutor.get("/v1/referrals"), 200))["items"]
        assert (mine["state"], mine["student_name"]) == ("sent", "Amara Diallo")
        await ok(await cast.tutor.post(f"{referral}/acceptance", json={}))
        ways = await ok(await cast.tutor.get(f"/v1/students/{cast.child}/contacts"), 200)
        assert "+1 555 010 0199" in str(ways)
        await ok(await cast.tutor.post(
            f"{referral}/contacts", json={"reached": True, "channel": "telephone"}))  # fmt: skip
        placed = await ok(await cast.tutor.post(f"{referral}/place", json={}))
        held = await ok(await cast.tutor.post("/v1/sessions", json={
            "program_id": program, "held_on": str(TODAY), "minutes": 60}))  # fmt: skip
        marks = [{"engagement_id": placed["engagement_id"], "category": "Present"}]
        await ok(await cast.tutor.put(
            f"/v1/sessions/{held['id']}/attendance", json={"marks": marks}), 204)  # fmt: skip

        async def is_served() -> bool:
            read = await ok(await cast.admin.get(referral), 200)
            return bool(read["state"] == "served")

        await until(is_served)
        await ok(await cast.admin.post(f"{referral}/closing", json={"outcome": "met"}))
        steps = (await ok(await cast.mother.get(f"{referral}/steps"), 200))["items"]
        assert [each["act"] for each in steps][-4:] == [
            "contacted",
            "enrolled",
            "served",
            "closed",
        ]

        # Once the child has left the program too, nothing is left to read, and the partner's system
        # is told to delete what it has.
        again = await ok(await cast.tutor.post(
            f"/v1/engagements/{placed['engagement_id']}/steps", json={"stage": "completed"},
            headers={"If-Match": (await cast.tutor.get(
                f"/v1/engagements/{placed['engagement_id']}")).headers["etag"]}))  # fmt: skip
        assert again["stage"] == "completed"
        await until(lambda: bool(listener.of("retracted", cast.child)))
        assert (await cast.tutor.get(f"/v1/views/students/{cast.child}")).status_code == 404

    # The log names the consent to this one program as the ground.
    told = (await ok(await cast.mother.get(
        f"/v1/students/{cast.child}/disclosures", params={"limit": 200}), 200))["items"]  # fmt: skip
    read = [each for each in told if each["consent_id"]]
    assert {each["consent_id"] for each in read} == {placed["consent_id"]}


async def test_a_partner_without_an_account_answers_by_a_link(whole: Platform) -> None:
    cast = await a_cast(whole)
    referral = await a_draft(cast, await a_program_agreed_on(cast, "Choir"))
    await ok(await cast.admin.post(f"{referral}/consent-request"))
    await ok(await cast.mother.post(f"{referral}/family-word", json={"decision": "granted"}))
    link = await ok(await cast.admin.post(f"{referral}/links", json={}))
    opening = {"secret": link["secret"], "pin": link["pin"]}
    async with httpx.AsyncClient(base_url=whole.gateway) as nobody:
        bad = opening | {"pin": "000000" if link["pin"] != "000000" else "000001"}
        refused = await nobody.post("/v1/referral-links/opening", json=bad)
        assert (refused.status_code, refused.json()["code"]) == (404, "link-closed")
        opened = await ok(await nobody.post("/v1/referral-links/opening", json=opening), 200)
        nobody.headers["Authorization"] = f"Bearer {opened['access_token']}"
        [mine] = (await ok(await nobody.get("/v1/referrals"), 200))["items"]
        assert referral.endswith(mine["id"])
        assert (await nobody.get(f"/v1/students/{cast.child}")).status_code == 403
        await ok(await nobody.post(f"{referral}/acceptance", json={}))
        reach = await nobody.get(f"{referral}/family-contacts")
        assert [each["phone"] for each in reach.json()] == ["+1 555 010 0199"]
        await ok(await nobody.post(f"{referral}/service", json={"minutes": 60}))

        # The mother withdraws: within a second the link reads nothing.
        withdraw = await cast.mother.post(f"{referral}/withdrawal", json={})
        assert (await ok(withdraw))["state"] == "withdrawn"
        gone = await nobody.get(referral)
        assert gone.status_code in {401, 404}

        async def is_closed() -> bool:
            return (await nobody.get("/v1/referrals")).status_code == 401

        await until(is_closed, 5)
    lines = (await ok(await cast.mother.get(
        f"/v1/students/{cast.child}/disclosures", params={"limit": 200}), 200))["items"]  # fmt: skip
    assert any("with a link" in each["who"] for each in lines)
