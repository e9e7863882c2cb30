"""A partner without an account answers one referral by a link and a PIN that came by two ways."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.students.referrals.referral_links.actions import open_link
from shared.contracts.students.referral_link import LinkHolder, ReferralOpening
from shared.core import clock
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.family import ask
from tests.students.people import DISTRICT, PARTNER_ID, WORKER, a_student
from tests.students.referrals.test_loop import NEED, Loop


class Link:
    """A sent referral with a link to it."""

    def __init__(self, students: House) -> None:
        self.students = students

    async def begin(self) -> "Link":
        self.loop = await Loop(self.students).begin()
        self.referral = await self.loop.sent()
        self.told = await self.offer()
        return self

    async def offer(self) -> dict[str, Any]:
        answer = await ask(
            self.students, self.loop.teacher, "POST", f"/v1/referrals/{self.referral}/links", {}
        )
        assert answer.status_code == 201, answer.text
        assert answer.headers["cache-control"] == "no-store"
        return dict(answer.json())

    async def open(self, told: dict[str, Any] | None = None, **other: str) -> list[LinkHolder]:
        known = told or self.told
        opening = {"secret": known["secret"], "pin": known["pin"]} | other
        async with self.students.database.transaction() as session:
            return await open_link(session, ReferralOpening(**opening), await clock.now())

    def holder(self) -> Principal:
        return principal(Role.LINK_HOLDER, partner_id=PARTNER_ID, account_id=UUID(self.told["id"]))

    async def read(self, caller: Principal) -> int:
        answer = await self.loop.read(caller, self.referral)
        return int(answer.status_code)


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06}"


@promise(
    "Support",
    "A link opens one referral, with its PIN, and a wrong, late, withdrawn and used-up one are"
    " answered alike.",
)
async def test_somebody_with_the_link_and_the_pin_answers_this_referral_and_sees_nothing_else(
    students: House,
) -> None:
    link = await Link(students).begin()
    [opened] = await link.open()
    assert (str(opened.link_id), opened.partner_id) == (link.told["id"], PARTNER_ID)
    holder, loop = link.holder(), link.loop
    [mine] = await loop.listed(holder)
    assert (mine["id"], mine["need"], mine["student_name"]) == (
        link.referral, NEED, "Amara Diallo",
    )  # fmt: skip
    sibling = await a_student(students, school_id=loop.school, grade="03")
    other = (await loop.write(DISTRICT, student_id=str(sibling))).json()["id"]
    assert (await loop.read(holder, other)).status_code == 404
    for path in ("/v1/students", f"/v1/students/{loop.child}", "/v1/engagements", "/v1/caseload"):
        assert (await ask(students, holder, "GET", path)).json()["code"] == "permission-missing"
    await loop.done(holder, link.referral, "acceptance")
    assert (await loop.act(holder, link.referral, "place")).status_code == 403
    await loop.done(holder, link.referral, "contacts", reached=True, channel="telephone")
    await loop.done(holder, link.referral, "service", minutes=45)
    await loop.done(holder, link.referral, "closing", outcome="met")
    assert await link.read(holder) == 404
    assert await link.open() == []
    rows = await students.rows(
        "select role, organization_id, basis from disclosure where account_id = :id",
        id=UUID(link.told["id"]),
    )
    assert {(r["role"], r["organization_id"], r["basis"]) for r in rows if r["basis"]} == {
        ("link_holder", PARTNER_ID, "consent")
    }


async def test_five_wrong_pins_end_the_link_and_the_right_one_opens_it_no_more(
    students: House,
) -> None:
    link = await Link(students).begin()
    for _ in range(4):
        assert await link.open(pin=wrong(link.told["pin"])) == []
    assert len(await link.open()) == 1
    assert await link.open(pin=wrong(link.told["pin"])) == []
    assert await link.open() == []
    assert await link.read(link.holder()) == 404


@pytest.mark.parametrize("end", ["late", "ended", "replaced", "withdrawn", "unknown"])
async def test_a_link_that_is_over_opens_nothing_and_its_token_reads_nothing(
    students: House, end: str
) -> None:
    link = await Link(students).begin()
    address = f"/v1/referrals/{link.referral}/links"
    assert await link.read(link.holder()) == 200
    match end:
        case "late":
            await students.rows("update referral_link set expires_at = now() returning id")
        case "ended":
            gone = await ask(students, DISTRICT, "POST", f"{address}/ending")
            assert gone.status_code == 204
        case "replaced":
            again = await link.offer()
            assert len(await link.open(again)) == 1
        case "withdrawn":
            await link.loop.done(link.loop.mother, link.referral, "withdrawal")
        case "unknown":
            link.told["secret"], link.told["id"] = "x" * 43, str(uuid4())
    assert await link.open() == []
    assert await link.read(link.holder()) == 404


async def test_only_the_sender_offers_a_link_and_only_to_a_referral_that_can_be_answered(
    students: House,
) -> None:
    loop = await Loop(students).begin()
    draft = (await loop.write()).json()["id"]
    early = await ask(students, loop.teacher, "POST", f"/v1/referrals/{draft}/links", {})
    assert early.json()["code"] == "state-not-next"
    link = await Link(students).begin()
    address = f"/v1/referrals/{link.referral}/links"
    for caller in (link.loop.mother, WORKER, link.holder()):
        assert (await ask(students, caller, "POST", address, {})).status_code == 403
    other = await ask(students, link.loop.leader, "POST", address, {})
    assert other.json()["code"] == "referral-of-another"
    assert (
        await ask(students, link.loop.teacher, "POST", address, {"days": 15})
    ).status_code == 422


async def test_neither_secret_nor_pin_is_kept(students: House) -> None:
    link = await Link(students).begin()
    [row] = await students.rows("select row_to_json(l)::text as kept from referral_link l")
    assert link.told["secret"] not in row["kept"]
    assert link.told["pin"] not in row["kept"]
    steps = (await link.loop.read(link.loop.mother, link.referral, "/steps")).json()["items"]
    assert steps[-1]["act"] == "link_offered"


async def test_the_holder_reads_how_to_reach_the_family_where_the_family_agreed_to_that(
    students: House,
) -> None:
    link = await Link(students).begin()
    address = f"/v1/referrals/{link.referral}/family-contacts"
    told = await ask(students, link.holder(), "GET", address)
    assert [each["id"] for each in told.json()] == [str(link.loop.mother.person_id)]
    await link.loop.done(link.loop.mother, link.referral, "withdrawal")
    assert (await ask(students, link.holder(), "GET", address)).status_code == 404

    loop = await Loop(students).begin()
    id = (await loop.write(parts=["identity", "support"])).json()["id"]
    await loop.done(loop.teacher, id, "consent-request")
    await loop.done(loop.mother, id, "family-word", decision="granted")
    withheld = await ask(students, WORKER, "GET", f"/v1/referrals/{id}/family-contacts")
    assert (withheld.status_code, withheld.json()["code"]) == (403, "category-withheld")
