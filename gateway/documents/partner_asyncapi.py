"""The streams of partners' systems as AsyncAPI 3, on the broker as they reach it. For people the
same stands in docs/partner-streams.md."""

from typing import Any
from urllib.parse import urlsplit

from gateway.documents.openapi import ENVELOPE, SCHEMAS, channel_of, message, received
from shared.contracts.base import Event
from shared.contracts.purpose import PARTNER_PURPOSES
from shared.contracts.students.sharing import TOLD_TO_PARTNERS, SharingRetracted
from shared.core.settings import Settings
from shared.events.bus import PARTNERS
from shared.partner_streams.accounts import API_PREFIX

DESCRIPTION = f"""\
Every partner's system has an account of its own on the broker, a part of the stream {PARTNERS.name} that
nobody else reads, and a durable consumer there that is named as the partner is in its subjects. It
asks for its next messages under `{API_PREFIX}` (a client's JetStream prefix), and acknowledges them;
nothing else is open to it. `POST /v1/partners/{{partner_id}}/stream` answers with all that a client
needs. At least once; in order per child to one program that, after it connects, fetches nothing
while earlier messages are unacknowledged and not yet due again (`num_ack_pending`, `ack_wait` of
`CONSUMER.INFO`). Details are read at `data.link`, with the event's `purpose`
in the header `Purpose`.
"""
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Extension attributes, as shared/events/partner_outbox.py writes them.
TERMS: dict[str, Any] = {
    "purpose": {
        "enum": [*PARTNER_PURPOSES],
        "description": "The purpose for which the data may be used; send it in the header"
                       " `Purpose` when reading `link`.",
    },
    "consentref": {
        "type": "string", "format": "uuid", "description": "The consent it is sent under.",
    },
    "agreementref": {
        "type": "string", "format": "uuid", "description": "The agreement it is sent under.",
    },
    "noredisclosure": {
        "type": "boolean",
        "description": "True: the data may be passed on to nobody (34 CFR 99.33). False: only"
                       " to those in `redisclosureto`.",
    },
    "redisclosureto": {
        "type": "string",
        "pattern": f"^{UUID}(,{UUID})*$",
        "description": "Ids of partners, separated by commas, as in the agreement.",
    },
    "replayed": {
        "const": True,
        "description": "True: the event is from before the partner had access, or was retracted"
                       " and is sent again.",
    },
}  # fmt: skip
TOLD_HEAD = {
    "allOf": [
        {"$ref": SCHEMAS + "CloudEvent"},
        {"type": "object", "required": ["purpose", "noredisclosure"], "properties": TERMS},
    ]
}
HEADERS = {
    "type": "object",
    "required": ["Nats-Msg-Id"],
    "properties": {
        "Nats-Msg-Id": {"type": "string", "format": "uuid", "description": "The event's `id`."}
    },
}
PARTNER = {"description": "The partner's id, as 32 lowercase hexadecimal digits"}
CHILD = {"description": "The child's id, as 32 lowercase hexadecimal digits"}


def partners_asyncapi(settings: Settings) -> dict[str, Any]:
    channels, messages, schemas = {}, {}, dict[str, Any]()
    for event in TOLD_TO_PARTNERS:
        name = channel_of(event.type)
        sent, own = message(event, "ToldToPartner")
        messages[name] = sent | {"headers": HEADERS}
        schemas |= own
        channels[name] = _channel(event, name)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Education Partnership Platform: events for partners' systems",
            "version": "1",
            "description": DESCRIPTION,
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": dict(_servers(settings)),
        "channels": channels,
        "operations": received(channels),
        "components": {
            "messages": messages,
            "schemas": {"CloudEvent": ENVELOPE, "ToldToPartner": TOLD_HEAD, **schemas},
            "securitySchemes": {
                "credentials": {
                    "type": "userPassword",
                    "description": "A token that the platform issued, and a signature with the"
                    " key that the system made itself: NATS credentials, valid"
                    " for hours, then renewed.",
                }
            },
        },
    }


def _channel(event: type[Event], name: str) -> dict[str, Any]:
    """Retractions have a subject apart from the child's events, so that they stay when these are
    deleted."""
    of_child = event is not SharingRetracted
    return {
        "address": f"partner.{{partner}}.{'{child}' if of_child else '-'}.{event.type}",
        "parameters": {"partner": PARTNER, **({"child": CHILD} if of_child else {})},
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
    }


def _servers(settings: Settings) -> Any:
    for number, url in enumerate(settings.broker_public_url.split(","), 1):
        known = {
            "description": url,
            "security": [{"$ref": "#/components/securitySchemes/credentials"}],
        }
        host = urlsplit(url).netloc
        yield f"broker-{number}", {"host": host, "protocol": "nats", **known}
