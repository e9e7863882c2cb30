"""The first operator is the person whom the setting names, or whoever holds the one link; until there
is one, both can be corrected."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import deploy.first_operator
from deploy.first_operator import new_link
from services.partners.identity.first_operator.actions import LINK_DAYS, replace_link, say_how
from shared.contracts.partners.membership import MembershipGranted
from shared.core.refusals import Conflict
from shared.security.link_secrets import hashed
from shared.security.principal import THE_GATEWAY, Role
from tests.houses import House, principal, settings_for
from tests.promised import promise

ISSUER = "https://id.example"


@pytest.fixture
def named(partners: House, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets FIRST_OPERATOR."""

    def name(subject: str) -> None:
        known = partners.app.state.settings
        monkeypatch.setattr(known, "first_operator", f"{ISSUER}|{subject}")

    return name


async def sign_in(partners: House, subject: str) -> list[str]:
    """The roles of the person, as the gateway gets them."""
    async with partners.calling(THE_GATEWAY) as http:
        body = {"issuer": ISSUER, "subject": subject}
        answer = await http.post("/internal/sign-ins", json=body)
    assert answer.status_code == 200, answer.text
    return [each["role"] for each in answer.json()]


async def follow(partners: House, link: str, subject: str) -> tuple[int, str]:
    async with partners.calling(THE_GATEWAY) as http:
        body = {"secret": link.partition("#")[2], "issuer": ISSUER, "subject": subject}
        answer = await http.post("/internal/invitations/acceptance", json=body)
    return answer.status_code, answer.json().get("role") or answer.json()["code"]


async def a_link(partners: House) -> str:
    return await new_link(partners.database, "", "https://platform.example")


async def rows(partners: House) -> int:
    [counted] = await partners.rows("select count(*) as n from account")
    return int(counted["n"])


async def test_the_person_whom_the_setting_names_becomes_the_operator_by_signing_in(
    partners: House, named: Any
) -> None:
    named("ann")
    roles = await asyncio.gather(*(sign_in(partners, "ann") for _ in range(5)))
    assert roles == [["operator"]] * 5
    assert len(await partners.events(MembershipGranted)) == 1
    assert await sign_in(partners, "bob") == []


@promise("Operation", "A wrong first operator can be corrected until somebody is the operator.")
async def test_a_wrong_setting_leaves_no_trace_and_can_be_corrected(
    partners: House, named: Any
) -> None:
    named("somebody-who-does-not-exist")
    assert (await sign_in(partners, "ann"), await rows(partners)) == ([], 0)
    named("ann")
    assert await sign_in(partners, "ann") == ["operator"]
    named("bob")
    assert await sign_in(partners, "bob") == []


async def test_the_setting_admits_nobody_of_another_issuer(partners: House, named: Any) -> None:
    named("ann")
    async with partners.calling(THE_GATEWAY) as http:
        body = {"issuer": "https://id.partner.example", "subject": "ann"}
        answer = await http.post("/internal/sign-ins", json=body)
    assert answer.json() == []


@promise(
    "Access and privacy",
    "The link for the first operator counts once, and its secret is stored nowhere.",
)
async def test_the_link_admits_one_of_all_who_follow_it_at_once(partners: House) -> None:
    link = await a_link(partners)
    assert link.startswith("https://platform.example/invitation#")
    found = await asyncio.gather(*(follow(partners, link, f"p{n}") for n in range(5)))
    assert sorted(found) == [(201, "operator")] + [(404, "invitation-unknown")] * 4
    whole = await partners.rows("select cast(t as text) as row from operator_link t")
    assert whole == []
    assert len(await partners.events(MembershipGranted)) == 1


async def test_the_command_prints_the_link_until_there_is_an_operator(
    partners: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        deploy.first_operator, "settings_for", lambda _: partners.app.state.settings
    )
    assert await deploy.first_operator.main() == 0
    link = capsys.readouterr().out.splitlines()[-1]
    assert await follow(partners, link, "ann") == (201, "operator")
    assert await deploy.first_operator.main() == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "There is an operator already, who admits the others.\n")


async def test_another_link_replaces_the_one_before(partners: House) -> None:
    first, second = await a_link(partners), await a_link(partners)
    [kept] = await partners.rows("select encode(secret_hash, 'hex') as hash from operator_link")
    assert kept["hash"] == hashed(second.partition("#")[2]).hex()
    assert await follow(partners, first, "ann") == (404, "invitation-unknown")
    assert await follow(partners, second, "ann") == (201, "operator")


async def test_the_link_counts_for_seven_days(partners: House) -> None:
    secret = "s" * 43
    for age, found in ((LINK_DAYS, 404), (LINK_DAYS - 1, 201)):
        async with partners.database.transaction() as session:
            made_at = datetime.now(UTC) - timedelta(days=age)
            await replace_link(session, hashed(secret), made_at)
        assert (await follow(partners, f"#{secret}", "ann"))[0] == found


async def test_once_there_is_an_operator_no_link_counts_and_none_is_made(
    partners: House, named: Any
) -> None:
    link = await a_link(partners)
    named("ann")
    assert await sign_in(partners, "ann") == ["operator"]
    assert await follow(partners, link, "bob") == (404, "invitation-unknown")
    with pytest.raises(Conflict) as refused:
        await a_link(partners)
    assert refused.value.code == "operator-known"


async def test_the_first_operators_membership_stays_ended_once_there_is_another_operator(
    partners: House, named: Any
) -> None:
    named("ann")
    async with partners.calling(THE_GATEWAY) as http:
        body = {"issuer": ISSUER, "subject": "ann"}
        [first] = (await http.post("/internal/sign-ins", json=body)).json()
    async with partners.calling(principal(Role.OPERATOR)) as http:
        await http.post("/v1/memberships", json=body | {"role": "operator", "subject": "bob"})
        address = f"/v1/memberships/{first['membership_id']}"
        ended = await http.delete(address, headers={"If-Match": '"1"'})
    assert ended.status_code == 200
    assert await sign_in(partners, "ann") == []


async def test_only_the_gateway_reports_who_signs_in(partners: House, named: Any) -> None:
    named("ann")
    for role in (Role.OPERATOR, Role.PARTNER_SYSTEM, Role.PUBLIC):
        async with partners.calling(principal(role)) as http:
            body = {"issuer": ISSUER, "subject": "ann"}
            answer = await http.post("/internal/sign-ins", json=body)
        assert answer.status_code in {401, 403}
    assert await rows(partners) == 0


def _said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says of the first operator."""
    return [each.getMessage() for each in caplog.records if each.name == say_how.__module__]


@pytest.mark.parametrize(
    ("setting", "told"),
    [("", "python -m deploy.first_operator"), (f"{ISSUER}|ann", "FIRST_OPERATOR")],
)
async def test_the_log_says_how_the_first_operator_is_admitted_while_there_is_none(
    partners: House, named: Any, caplog: pytest.LogCaptureFixture, setting: str, told: str
) -> None:
    known = settings_for("postgresql+asyncpg://x", "nats://x", first_operator=setting)
    await say_how(partners.database, known)
    [line] = _said(caplog)
    assert told in line
    assert ISSUER not in line

    caplog.clear()
    named("ann")
    await sign_in(partners, "ann")
    await say_how(partners.database, known)
    assert _said(caplog) == []
