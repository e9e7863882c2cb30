"""/asyncapi-partners.json describes the messages published to partners, one by one."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from gateway.documents.partner_asyncapi import partners_asyncapi
from shared.contracts.students.sharing import SharingRetracted, SharingTold
from shared.core.settings import Settings
from shared.events.bus import PARTNERS, Bus, connected
from shared.events.partner_outbox import TO_PARTNERS
from shared.events.relay import relay_for_ever
from tests.houses import House, settings_for
from tests.promised import promise
from tests.shared.conftest import Broker, until
from tests.shared.events.test_relay import running
from tests.students.streams import a_family, agree, attend, consent, listen, revoke, told

DOCUMENT = partners_asyncapi(Settings())
PLACES = {"partner": "[0-9a-f]{32}", "child": "[0-9a-f]{32}"}
SERVICES = Path(__file__).parents[3] / "services"


@pytest.fixture
async def bus(students: House, tmp_path: Path) -> AsyncIterator[Bus]:
    """A broker of its own, to which the relay brings what partners are told."""
    own = Broker(tmp_path / "nats")
    own.start()
    url = students.app.state.settings.database_url.get_secret_value()
    settings = settings_for(url, own.url)
    async with running(relay_for_ever(settings, students.database, TO_PARTNERS)):
        made = await connected(settings, "test", PARTNERS)
        yield made
        await made.close()
    own.kill()


def described(subject: str) -> dict[str, Any]:
    """The message that the document has for this subject."""
    found = []
    for channel in DOCUMENT["channels"].values():
        pattern = re.escape(channel["address"])
        for name in channel.get("parameters", {}):
            pattern = pattern.replace(re.escape("{" + name + "}"), PLACES[name])
        if re.fullmatch(pattern, subject):
            [message] = channel["messages"]
            found.append(DOCUMENT["components"]["messages"][message])
    [one] = found
    return one


def ensure(schema: dict[str, Any], value: Any) -> None:
    whole = schema | {"components": DOCUMENT["components"]}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(value)


async def published(bus: Bus) -> list[Any]:
    state = await bus.state()
    found = []
    for number in range(state.first_seq, state.last_seq + 1):
        if await bus.event_id(number) is not None:  # a retraction takes others out
            found.append(await bus._stream.get_msg(PARTNERS.name, number))
    return found


@promise(
    "Events",
    "`/asyncapi-partners.json` describes each message as it is published to partners: subject, "
    "headers, attributes and data.",
)
async def test_every_message_has_a_subject_headers_and_a_payload_as_described(
    students: House, bus: Bus
) -> None:
    await listen(students)
    await agree(students, redisclosure_to=[uuid4(), uuid4()])
    for taken_back in (True, False):
        child, guardian = await a_family(students)
        await attend(students, child)
        await told(students)
        word = await consent(students, child, guardian)
        await attend(students, child, days=2)
        await told(students)
        if taken_back:
            await revoke(students, word)
            await told(students)

    async def all_published() -> bool:
        waiting = "select 1 from partner_outbox where published_at is null"
        return not await students.rows(waiting)

    await until(all_published)
    messages = await published(bus)
    types = []
    attributes: set[str] = set()
    for message in messages:
        event = orjson.loads(message.data)
        types.append(event["type"])
        attributes |= event.keys()
        found = described(message.subject)
        ensure(found["headers"], dict(message.headers))
        ensure(found["payload"], event)
        for wrong in ({"purpose": "sale"}, {"data": {}}, {"consentref": "-"}):
            with pytest.raises(ValidationError):
                ensure(found["payload"], event | wrong)
        assert message.headers["Nats-Msg-Id"] == event["id"]
        assert event["type"] == found["name"]
    assert set(types) == {SharingTold.type, SharingRetracted.type}
    assert {
        "purpose",
        "consentref",
        "agreementref",
        "noredisclosure",
        "redisclosureto",
        "replayed",
    } <= attributes


def test_only_two_rooms_write_messages_to_partners() -> None:
    """Two rooms write to the outbox of partners, each one of the described events."""
    telling = re.compile(r"\b(tell_partner|retract)\(session")
    found = {
        str(file.relative_to(SERVICES)) for file in SERVICES.rglob("*.py")
        if telling.search(file.read_text())
    }  # fmt: skip
    assert found == {
        "students/sharing/publishing/actions.py",
        "students/sharing/retractions/actions.py",
    }
