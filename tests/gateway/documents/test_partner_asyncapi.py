"""The gateway's description of partners' streams for programs of partners' systems."""

import json
from datetime import UTC, datetime
from uuid import uuid4

from jsonschema import Draft202012Validator

from gateway.documents.openapi import event_kinds
from gateway.documents.partner_asyncapi import TERMS, partners_asyncapi
from shared.contracts.purpose import Purpose
from shared.contracts.students.sharing import TOLD_TO_PARTNERS
from shared.core.settings import Settings
from shared.events.outbox import envelope
from shared.events.partner_outbox import Terms
from tests.gateway.services import network
from tests.promised import promise


async def test_a_program_finds_broker_subjects_and_messages_of_partners_streams() -> None:
    async with network(broker_public_url="tls://events.example.org:4222") as (_, client):
        document = (await client.get("/asyncapi-partners.json")).json()
    assert document["asyncapi"] == "3.0.0"
    [server] = document["servers"].values()
    assert (server["host"], server["description"]) == (
        "events.example.org:4222", "tls://events.example.org:4222",
    )  # fmt: skip
    assert {channel["address"] for channel in document["channels"].values()} == {
        "partner.{partner}.{child}.students.sharing.told.v1",
        "partner.{partner}.-.students.sharing.retracted.v1",
        "partner.{partner}.{child}.students.retraction.withdrawn.v1",
    }
    text = json.dumps(document)
    for reference in {part.split('"')[0] for part in text.split('"$ref": "#/')[1:]}:
        place = document
        for step in reference.split("/"):
            place = place[step]


@promise("Events", "An event names the address of its schema, which answers everybody.")
async def test_the_address_that_an_event_names_as_its_schema_answers_without_a_token() -> None:
    async with network() as (net, client):
        del client.headers["Authorization"]
        public_url = net.gateway.settings.public_url
        for event in TOLD_TO_PARTNERS:
            row = {
                "event_id": uuid4(), "type": event.type, "aggregate_id": uuid4(),
                "time": datetime.now(UTC), "aggregate_version": 1, "traceparent": None,
                "data": "{}",
            }  # fmt: skip
            address = json.loads(envelope(row, "students", public_url))["dataschema"]
            answer = await client.get(address)
            assert answer.status_code == 200, address
            Draft202012Validator.check_schema(answer.json())
            assert answer.json()["properties"].keys() == event.model_fields.keys()
        unknown = [
            await client.get(f"/contracts/{name}.json")
            for name in ("students.nothing.happened.v1", "..%2Finternal%2Froutes")
        ]
    assert [answer.status_code for answer in unknown] == [404, 404]
    assert unknown[0].json()["code"] == "event-unknown"


def test_several_brokers_are_each_a_server() -> None:
    made = partners_asyncapi(
        Settings(broker_public_url="tls://a.example.org:4222,tls://b.example.org:4222")
    )
    hosts = [server["host"] for server in made["servers"].values()]
    assert hosts == ["a.example.org:4222", "b.example.org:4222"]


def test_every_attribute_that_an_event_can_have_is_described_and_no_other() -> None:
    most = Terms(Purpose.SERVICE, uuid4(), uuid4(), (uuid4(),), replayed=True)
    assert most.attributes().keys() == TERMS.keys()


async def test_an_event_published_to_partners_alone_is_not_among_the_events_of_the_services() -> (
    None
):
    async with network() as (_, client):
        document = (await client.get("/asyncapi.json")).json()
        page = (await client.get("/events")).text
    partners = {event.type for event in TOLD_TO_PARTNERS}
    told = {message["name"] for message in document["components"]["messages"].values()}
    assert told == event_kinds().keys() - partners
    assert all(kind in page for kind in partners) and "/asyncapi-partners.json" in page
