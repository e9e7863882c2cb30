"""The only module that uses NATS: it makes the streams, publishes to them and reads from them."""

import asyncio
import json
import logging
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any
from zlib import crc32

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from shared.core.settings import Settings
from shared.core.telemetry import STREAM_BYTES
from shared.core.trust import to_broker
from shared.events.streams import EVENTS, PARTNERS, STREAM, StreamKind, StreamState
from shared.formats.nats_credentials import read_credentials
from shared.formats.nkeys import sign

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5
REQUEST_SECONDS = 5
PULL_SECONDS = 1
ACK_WAIT_SECONDS = 30
MAX_ACK_PENDING = 1000
DAY_SECONDS = 86_400
DUPLICATE_WINDOW_SECONDS = 120
MESSAGE_BYTES = 256 * 1024
IN_FLIGHT = 4000
GATHER_SECONDS = 0.01
"""After a few events the next ones gather for so long, since a turn costs as much as many events. The
first of an idle source waits for nothing."""
FILTERS_SINCE = (2, 10)


class Bus:
    """A connection to the broker, for one stream. `closed` is set when it is gone for good."""

    def __init__(
        self, settings: Settings, name: str, kind: StreamKind = EVENTS, *, reconnect: bool = True
    ) -> None:
        self._settings = settings
        self._name = name
        self._kind = kind
        self._reconnect = reconnect
        self._client = Client()
        self.closed = asyncio.Event()

    async def connect(self, *, ensure: bool = True) -> None:
        """`ensure`: also makes the stream where it does not exist."""

        async def gone() -> None:
            self.closed.set()

        async def troubled(error: Exception) -> None:
            log.warning("broker: %s", type(error).__name__)

        await self._client.connect(
            self._settings.nats_url.get_secret_value().split(","),
            **_signing_in(self._settings.nats_credentials.get_secret_value()),
            **to_broker(self._settings),
            name=self._name,
            allow_reconnect=self._reconnect,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            connect_timeout=CONNECT_SECONDS,
            closed_cb=gone,
            error_cb=troubled,
        )
        self._stream = self._client.jetstream(
            timeout=REQUEST_SECONDS, publish_async_max_pending=IN_FLIGHT
        )
        if ensure:
            await self._ensure_stream()

    async def close(self) -> None:
        with suppress(AssertionError):  # nats-py's own, of a connection that was just lost
            await self._client.close()

    async def ask(self, subject: str, question: bytes = b"") -> Any:
        """The JSON answer to a request on `subject`."""
        answer = await self._client.request(subject, question, timeout=REQUEST_SECONDS)
        return json.loads(answer.data)

    @property
    def connected(self) -> bool:
        return self._client.is_connected

    async def ping(self) -> None:
        """Asks the broker for the stream. Raises where it does not answer, or has no such
        stream."""
        await self.state()

    async def state(self) -> StreamState:
        # A raw request: the library's StreamInfo leaves out `created`.
        """The stream's state at this moment. Raises NatsError where there is no such stream."""
        info = await self.ask(f"$JS.API.STREAM.INFO.{self._kind.name}")
        if "error" in info:
            raise NatsError(info["error"].get("description"))
        STREAM_BYTES.labels(self._kind.name).set(info["state"]["bytes"])
        return StreamState(info["created"], info["state"]["first_seq"], info["state"]["last_seq"])

    async def event_id(self, sequence: int) -> str | None:
        """The id of the event that the stream holds under this number, if any."""
        try:
            message = await self._stream.get_msg(self._kind.name, sequence)
        except NotFoundError:
            return None
        return (message.headers or {}).get("Nats-Msg-Id")

    async def publish(
        self, subject: str, event_id: str, body: bytes, after: int | None = None
    ) -> "asyncio.Future[Any]":
        """A future of the stream's acknowledgement, which has `seq`. `after`: the broker refuses
        the message unless this is the number of the stream's last one."""
        headers = {"Nats-Msg-Id": event_id}
        if after is not None:
            headers["Nats-Expected-Last-Sequence"] = str(after)
        return await self._stream.publish_async(
            subject, body, stream=self._kind.name, headers=headers
        )

    async def purge(self, subject: str) -> None:
        """Removes every message under `subject` from the stream; nobody can fetch it any more."""
        await self._stream.purge_stream(self._kind.name, subject=subject)

    async def pull(self, consumer: str, source: str, subjects: Sequence[str]) -> "Puller":
        """A puller of the messages of `source` under these subjects, for a durable consumer that
        every replica shares. A broker before FILTERS_SINCE takes one subject a consumer; there all
        messages of the source come.

        A durable consumer that asks for other subjects is another one, and begins with the stream's
        first message: the inbox drops what it has heard, and what this release does not ask for
        waits, in order, at the consumer of another release.
        """
        durable = consumer
        asked: dict[str, Any] = {"filter_subject": f"{source}.>"}
        version = self._client.connected_server_version
        if (version.major, version.minor) >= FILTERS_SINCE:
            durable = f"{consumer}-{crc32(' '.join(subjects).encode()):08x}"
            asked = {"filter_subjects": list(subjects)}
        await self._stream.add_consumer(
            STREAM,
            ConsumerConfig(
                durable_name=durable,
                ack_policy=AckPolicy.EXPLICIT,
                deliver_policy=DeliverPolicy.ALL,
                ack_wait=ACK_WAIT_SECONDS,
                max_deliver=-1,
                max_ack_pending=MAX_ACK_PENDING,
                **asked,
            ),
        )
        puller = Puller(self._client, durable)
        await puller.open()
        return puller

    async def follow(self, after: int) -> AsyncIterator[tuple[int, bytes]]:
        """(sequence, event) of every message after `after`, in order. Raises ConnectionError when
        the connection is gone."""
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=after + 1
        )
        subscription = await self._stream.subscribe(
            ">", stream=self._kind.name, ordered_consumer=True, config=config
        )
        while self.connected:
            with suppress(TimeoutError):
                message = await subscription.next_msg(PULL_SECONDS)
                yield message.metadata.sequence.stream, message.data
        raise ConnectionError("the broker is away")

    async def _ensure_stream(self) -> None:
        wanted = StreamConfig(
            name=self._kind.name,
            subjects=list(self._kind.subjects),
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=DiscardPolicy.OLD,
            max_age=self._kind.days(self._settings) * DAY_SECONDS,
            max_msg_size=MESSAGE_BYTES,
            duplicate_window=DUPLICATE_WINDOW_SECONDS,
            num_replicas=self._settings.nats_replicas,
        )
        try:
            known = (await self._stream.stream_info(self._kind.name)).config
        except NotFoundError:
            await self._stream.add_stream(wanted)
            return
        said = {"num_replicas": wanted.num_replicas, "max_age": wanted.max_age}
        if any(getattr(known, name) != value for name, value in said.items()):
            await self._stream.update_stream(known, **said)  # the settings have changed since


class Puller:
    """Fetches the messages that wait at a durable consumer, without waiting to fill a batch.

    nats-py's own `fetch(n)` waits out its timeout for the rest of the batch, which costs an idle
    system up to a second an event.
    """

    def __init__(self, client: Client, durable: str) -> None:
        self._client = client
        self._ask = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{durable}"
        self._inbox: Subscription | None = None
        self._subject = ""

    async def open(self) -> None:
        self._subject = self._client.new_inbox()
        self._inbox = await self._client.subscribe(self._subject)

    async def close(self) -> None:
        if self._inbox is not None and not self._client.is_closed:
            await self._inbox.unsubscribe()

    async def next(self, batch: int) -> list[Msg]:
        """Up to `batch` messages: those that wait, or else the first to come within
        PULL_SECONDS."""
        waiting = await self._asked({"batch": batch, "no_wait": True}, batch)
        if waiting:
            return waiting
        return await self._asked({"batch": 1, "expires": PULL_SECONDS * 1_000_000_000}, 1)

    async def _asked(self, request: dict[str, Any], most: int) -> list[Msg]:
        if self._inbox is None:
            raise NatsError("not open")
        await self._client.publish(self._ask, json.dumps(request).encode(), reply=self._subject)
        messages: list[Msg] = []
        while len(messages) < most:
            try:
                message = await self._inbox.next_msg(PULL_SECONDS + 0.5)
            except TimeoutError:  # the broker went away with the request
                break
            if message.reply:
                messages.append(message)
            elif (status := (message.headers or {}).get("Status")) in {"404", "408"}:
                break
            else:  # 409: the consumer is gone; 503: there is none
                raise NatsError((message.headers or {}).get("Description", f"status {status}"))
        return messages


def _signing_in(text: str) -> dict[str, Any]:
    """The options with which a process signs in to the broker: the user's token, and a signature
    over the broker's nonce."""
    if not text:
        return {}
    user = read_credentials(text)
    return {
        "user_jwt_cb": lambda: bytearray(user.token.encode()),
        "signature_cb": lambda nonce: b64encode(sign(user.seed, nonce.encode())),
    }


async def connected(
    settings: Settings, name: str, kind: StreamKind = EVENTS, *, reconnect: bool = True
) -> Bus:
    """A bus that is connected, with its stream."""
    bus = Bus(settings, name, kind, reconnect=reconnect)
    await bus.connect()
    return bus


__all__ = [
    "EVENTS", "GATHER_SECONDS", "PARTNERS", "Bus", "Msg", "NatsError", "Puller", "StreamKind", "StreamState",
    "connected",
]  # fmt: skip
