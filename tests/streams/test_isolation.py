"""A partner's system reaches its own messages and nothing else, by any attempt.

Each try is made against a broker that holds another partner's messages, and then it is seen that
those are there, unread and unacknowledged.
"""

import asyncio
import shutil
import time
from typing import Any

import pytest
from nats.aio.client import Client

from shared.events.bus import Bus
from shared.formats.nats_credentials import Credentials
from shared.formats.nkeys import Kind, new_seed, public_of
from shared.partner_streams.accounts import API_PREFIX, PartnerStream, partner_token
from shared.partner_streams.offer import now_seconds
from shared.security.broker_tokens import (
    Account,
    Permissions,
    account_token,
    activation_token,
    claims_of,
    user_token,
)
from tests.partners.support import OPERATOR
from tests.promised import promise
from tests.shared.conftest import until
from tests.streams.conftest import Streams, System, pulled

ANSWER_SECONDS = 0.4


async def asked(connection: Client, subject: str, body: bytes = b"") -> bytes | None:
    """The broker's answer, if there is any."""
    try:
        answer = await connection.request(subject, body, timeout=ANSWER_SECONDS)
    except Exception:
        return None
    if (answer.headers or {}).get("Status") == "503":  # nobody there
        return None
    return bytes(answer.data)


async def heard(connection: Client, subjects: list[str], meanwhile: Any) -> list[bytes]:
    """What comes under any of `subjects` while something happens."""
    found: list[bytes] = []

    async def note(message: Any) -> None:
        found.append(message.data)

    for subject in subjects:
        await connection.subscribe(subject, cb=note)
    await connection.flush()
    await meanwhile
    await asyncio.sleep(ANSWER_SECONDS)
    return found


@pytest.fixture
async def two(streams: Streams) -> tuple[str, System, str, System]:
    """An attacker and a victim, each with a message waiting."""
    attacker_id, attacker = await streams.opened("Attacker")
    victim_id, victim = await streams.opened("Victim")
    await streams.tell(attacker_id, b'{"of": "attacker"}')
    await streams.tell(victim_id, b'{"of": "victim"}')
    return attacker_id, attacker, victim_id, victim


async def unharmed(streams: Streams, victim: System) -> None:
    """Nothing was delivered to anybody, nothing acknowledged, nothing taken away."""
    bus = await streams.bus()
    known = await bus.ask(
        f"$JS.API.CONSUMER.INFO.{victim.access['stream']}.{victim.access['consumer']}"
    )
    await bus.close()
    assert known["delivered"]["consumer_seq"] == 0, known
    assert (known["num_pending"], known["num_ack_pending"]) == (1, 0), known
    assert await streams.fetched(victim) == [b'{"of": "victim"}']


async def test_a_partner_gets_its_own_messages_and_acknowledges_them(streams: Streams) -> None:
    partner_id, system = await streams.opened()
    await streams.tell(partner_id, b"1", b"2", b"x" * 100_000)
    assert await streams.fetched(system) == [b"1", b"2", b"x" * 100_000]
    assert await streams.fetched(system) == []
    async with streams.house.calling(OPERATOR) as http:
        lag = (await http.get(f"/v1/partners/{partner_id}/stream/lag")).json()
    assert (lag["pending"], lag["unacknowledged"], lag["oldest_at"]) == (0, 0, None)


DIRECT = {
    "another's messages": ("{api}.CONSUMER.MSG.NEXT.PARTNERS.{other}", b'{"batch": 1}'),
    "another's messages unmapped": ("$JS.API.CONSUMER.MSG.NEXT.PARTNERS.{other}", b""),
    "everybody's messages": ("{api}.CONSUMER.MSG.NEXT.PARTNERS.*", b""),
    "another's consumer": ("{api}.CONSUMER.INFO.PARTNERS.{other}", b""),
    "its own consumer's end": ("{api}.CONSUMER.DELETE.PARTNERS.{own}", b""),
    "its own consumer, unmapped": ("$JS.API.CONSUMER.DELETE.PARTNERS.{own}", b""),
    "another's consumer's end": ("$JS.API.CONSUMER.DELETE.PARTNERS.{other}", b""),
    "a wider consumer": (
        "$JS.API.CONSUMER.DURABLE.CREATE.PARTNERS.{own}",
        (b'{"stream_name": "PARTNERS", "config": {"durable_name": "{own}",'
         b' "ack_policy": "explicit", "filter_subject": "partner.>"}}'),
    ),
    "a new consumer": (
        "{api}.CONSUMER.CREATE.PARTNERS.evil",
        b'{"stream_name": "PARTNERS", "config": {"name": "evil", "ack_policy": "explicit"}}',
    ),
    "all consumers' names": ("$JS.API.CONSUMER.NAMES.PARTNERS", b""),
    "the stream": ("$JS.API.STREAM.INFO.PARTNERS", b""),
    "the stream, mapped": ("{api}.STREAM.INFO.PARTNERS", b""),
    "the services' stream": ("$JS.API.STREAM.INFO.EVENTS", b""),
    "a stream of its own": (
        "$JS.API.STREAM.CREATE.MINE", b'{"name": "MINE", "subjects": ["mine.>"]}',
    ),
    "a mirror": (
        "$JS.API.STREAM.CREATE.MINE", b'{"name": "MINE", "mirror": {"name": "PARTNERS"}}',
    ),
    "the stream's end": ("$JS.API.STREAM.DELETE.PARTNERS", b""),
    "a purge": ("$JS.API.STREAM.PURGE.PARTNERS", b""),
    "a raw read": ("$JS.API.STREAM.MSG.GET.PARTNERS", b'{"seq": 2}'),
    "a raw read, mapped": ("{api}.STREAM.MSG.GET.PARTNERS", b'{"seq": 2}'),
    "a direct read": ("$JS.API.DIRECT.GET.PARTNERS", b'{"seq": 2}'),
    "a direct read by subject": ("$JS.API.DIRECT.GET.PARTNERS.partner.{other}.>", b""),
    "the account's streams": ("$JS.API.STREAM.NAMES", b""),
    "the account": ("$JS.API.INFO", b""),
    "the accounts": ("$SYS.REQ.CLAIMS.LIST", b""),
    "a new account": ("$SYS.REQ.CLAIMS.UPDATE", b"x"),
    "the servers": ("$SYS.REQ.SERVER.PING", b""),
}  # fmt: skip


@promise(
    "Events",
    "A partner's system reaches its own messages and nothing else, by whatever question, "
    "subject, answer, key or token.",
)
async def test_a_request_beyond_a_partners_own_messages_is_never_answered(
    streams: Streams, two: tuple[str, System, str, System]
) -> None:
    _, attacker, _, victim = two
    own, other = attacker.access["consumer"], victim.access["consumer"]
    connection = await streams.connect(attacker.credentials)

    async def answer(subject: str, body: bytes) -> bytes | None:
        filled = subject.format(api=API_PREFIX, own=own, other=other)
        return await asked(connection, filled, body.replace(b"{own}", own.encode()))

    answers = await asyncio.gather(*(answer(*question) for question in DIRECT.values()))
    assert {what: got for what, got in zip(DIRECT, answers, strict=True) if got} == {}
    await connection.close()
    await unharmed(streams, victim)
    assert await streams.fetched(attacker) == [b'{"of": "attacker"}']


OVERHEARD = (
    ">", "partner.>", "partner.{other}.>", "*.*", "$JS.>", "$SYS.>", "_R_.>", "$JS.EVENT.>",
     "$JS.ACK.PARTNERS.{other}.>", "students.>",
)  # fmt: skip


async def test_a_partner_overhears_nothing_of_others(
    streams: Streams, two: tuple[str, System, str, System]
) -> None:
    _, attacker, victim_id, victim = two
    connection = await streams.connect(attacker.credentials)
    subjects = [subject.format(other=victim.access["consumer"]) for subject in OVERHEARD]

    async def life_goes_on() -> None:
        await streams.tell(victim_id, b"more")
        assert len(await streams.fetched(victim)) == 2

    assert await heard(connection, subjects, life_goes_on()) == []


async def test_an_acknowledgement_by_another_partner_has_no_effect(
    streams: Streams, two: tuple[str, System, str, System]
) -> None:
    _, attacker, _, victim = two
    theirs = await streams.connect(victim.credentials)
    [message] = await pulled(theirs, victim.access)
    connection = await streams.connect(attacker.credentials)
    for word in (b"+ACK", b"+TERM", b"-NAK"):
        await connection.publish(message.reply, word)
        await connection.flush()
    await asyncio.sleep(ANSWER_SECONDS)
    bus = await streams.bus()
    known = await bus.ask(f"$JS.API.CONSUMER.INFO.PARTNERS.{victim.access['consumer']}")
    await bus.close()
    assert (known["num_ack_pending"], known["num_redelivered"]) == (1, 0)
    await message.ack()


REPLIES = (
    "$JS.API.STREAM.PURGE.PARTNERS", "$JS.API.STREAM.DELETE.PARTNERS",
    "$JS.API.CONSUMER.DELETE.PARTNERS.{other}", "$JS.ACK.PARTNERS.{other}.1.1.1.1.1",
    "partner.{other}.-.students.forged.v1", "students.thing.made.v1.x", "_INBOX.{other}",
    "{api}.CONSUMER.MSG.NEXT.PARTNERS.{other}", "$SYS.REQ.CLAIMS.LIST",
)  # fmt: skip


@promise(
    "Events",
    "A partner's system reaches its own messages and nothing else, by whatever question, "
    "subject, answer, key or token.",
)
async def test_an_answer_sent_elsewhere_than_to_a_partners_own_inbox_has_no_effect(
    streams: Streams, two: tuple[str, System, str, System]
) -> None:
    """The broker would deliver the attacker's own message there, in the attacker's name."""
    attacker_id, attacker, _, victim = two
    bus = await streams.bus()
    before = (await bus.state()).last_seq
    connection = await streams.connect(attacker.credentials)
    question = f"{API_PREFIX}.CONSUMER.MSG.NEXT.PARTNERS.{attacker.access['consumer']}"
    for reply in REPLIES:
        there = reply.format(api=API_PREFIX, other=victim.access["consumer"])
        await connection.publish(question, b'{"batch": 1, "no_wait": true}', reply=there)
        await streams.tell(attacker_id, b"one more to deliver there")
    await asyncio.sleep(ANSWER_SECONDS)
    assert (await bus.state()).last_seq == before + len(REPLIES)  # what was told, and no more
    await bus.close()
    await unharmed(streams, victim)


async def let_in(streams: Streams, user: Credentials) -> bool:
    try:
        connection = await streams.connect(user)
        await connection.flush()
    except Exception:
        return False
    await connection.close()
    return True


EVERYTHING = Permissions([">"], [">"])


@promise(
    "Events",
    "A partner's system reaches its own messages and nothing else, by whatever question, "
    "subject, answer, key or token.",
)
async def test_a_user_that_the_platform_did_not_make_is_not_let_in(
    streams: Streams, two: tuple[str, System, str, System]
) -> None:
    """Signed by its own key, by the user's, by another account's, or altered."""
    _, attacker, _, victim = two
    seed, now = new_seed(Kind.USER), now_seconds()
    own = PartnerStream(_uuid(attacker)).seed(streams.offer.keys.master, "signing")
    theirs = victim.access["account"]
    user = public_of(seed)
    head, body, signature = attacker.access["user_jwt"].split(".")
    forged = [
        user_token(user, "x", new_seed(Kind.ACCOUNT), now, account=theirs),
        user_token(user, "x", seed, now, account=theirs),
        user_token(user, "x", own, now, account=theirs),  # a leaked key opens no other account
        user_token(
            user, "x", own, now, account=attacker.access["account"], permissions=EVERYTHING
        ),
        f"{head}.{body}.{signature[::-1]}",
        f"{head}.{body}.",
    ]
    for token in forged:
        assert not await let_in(streams, Credentials(token, seed)), claims_of(token)
    assert not await let_in(streams, Credentials(victim.access["user_jwt"], seed))
    assert not await let_in(streams, Credentials(attacker.access["user_jwt"], seed))


async def test_even_the_holder_of_an_accounts_signing_key_can_make_no_user_with_wider_rights(
    streams: Streams, two: tuple[str, System, str, System]
) -> None:
    _, attacker, _, victim = two
    own = PartnerStream(_uuid(attacker)).seed(streams.offer.keys.master, "signing")
    seed = new_seed(Kind.USER)
    token = user_token(
        public_of(seed), victim.access["consumer"], own, now_seconds(),
        account=attacker.access["account"],
    )  # fmt: skip
    connection = await streams.connect(Credentials(token, seed))
    question = f"{API_PREFIX}.CONSUMER.MSG.NEXT.PARTNERS.{victim.access['consumer']}"
    assert await asked(connection, question, b'{"batch": 1}') is None
    await unharmed(streams, victim)


@promise(
    "Events",
    "A partner's system reaches its own messages and nothing else, by whatever question, "
    "subject, answer, key or token.",
)
async def test_an_activation_made_for_another_account_opens_nothing(
    streams: Streams, two: tuple[str, System, str, System]
) -> None:
    """Even an account that the operator signed: with the victim's token, or with the attacker's
    for the victim's subject."""
    _, _, _, victim = two
    keys = streams.offer.keys
    system = await _system(streams)
    subject = f"$JS.API.CONSUMER.MSG.NEXT.PARTNERS.{victim.access['consumer']}"
    imports = claims_of(partner_token(PartnerStream(_uuid(victim)), keys, now_seconds()))
    borrowed = imports["nats"]["imports"][0]["token"]
    account, user = new_seed(Kind.ACCOUNT), new_seed(Kind.USER)
    own = activation_token(
        public_of(account), subject.replace(victim.access["consumer"], "x"), keys.platform,
        keys.platform_seed, now_seconds(),
    )  # fmt: skip
    stolen = activation_token(public_of(account), subject, keys.platform, account, now_seconds())
    for token in (borrowed, own, stolen, ""):
        wanted = Account(
            public_of(account), "evil",
            imports=[{"name": "x", "subject": subject, "local_subject": "steal", "type": "service",
                      "account": keys.platform, "token": token}],
        )  # fmt: skip
        made = account_token(wanted, keys.operator_seed, now_seconds())
        await system.ask("$SYS.REQ.CLAIMS.UPDATE", made.encode())
        member = user_token(public_of(user), "x", account, now_seconds(), permissions=EVERYTHING)
        try:
            connection = await streams.connect(Credentials(member, user))
        except Exception:
            continue
        assert await asked(connection, "steal", b'{"batch": 1}') is None
        await connection.close()
    await system.close()
    await unharmed(streams, victim)


async def test_an_account_that_the_operator_did_not_sign_lets_nobody_in(
    streams: Streams, two: tuple[str, System, str, System]
) -> None:
    _, _, _, victim = two
    system = await _system(streams)
    account, user, now = new_seed(Kind.ACCOUNT), new_seed(Kind.USER), now_seconds()
    for signer in (new_seed(Kind.OPERATOR), account):
        made = account_token(Account(public_of(account), "evil"), signer, now)
        await system._client.request("$SYS.REQ.CLAIMS.UPDATE", made.encode(), timeout=5)
        token = user_token(public_of(user), "x", account, now, permissions=EVERYTHING)
        assert not await let_in(streams, Credentials(token, user))
    await system.close()
    await unharmed(streams, victim)


async def test_a_partner_has_no_more_connections_than_its_limit(
    streams: Streams, two: tuple[str, System, str, System]
) -> None:
    _, attacker, _, victim = two
    there = [await streams.connect(attacker.credentials) for _ in range(5)]
    assert not await let_in(streams, attacker.credentials)
    await unharmed(streams, victim)
    for connection in there:
        await connection.close()


@promise("Events", "A revoked key, a suspended partner and a closed stream are cut off.")
async def test_a_revoked_key_is_cut_off_and_the_partners_other_keys_stay(streams: Streams) -> None:
    partner_id, system = await streams.opened()
    other = new_seed(Kind.USER)
    async with streams.house.calling(OPERATOR) as http:
        answer = await http.post(
            f"/v1/partners/{partner_id}/stream/keys", json={"user_public_key": public_of(other)}
        )
        assert answer.status_code == 201, answer.text
    second = System(other, answer.json())
    connection = await streams.connect(system.credentials)
    kept = await streams.connect(second.credentials)
    begun = time.perf_counter()
    await streams.change("DELETE", f"/keys/{public_of(system.seed)}", partner_id)
    await until(lambda: _gone(connection))
    print(f"revoked to cut off: {(time.perf_counter() - begun) * 1000:.0f} ms")
    assert not await let_in(streams, system.credentials)
    assert kept.is_connected
    await streams.tell(partner_id, b"1")
    assert [message.data for message in await pulled(kept, second.access)] == [b"1"]


@promise("Events", "A revoked key, a suspended partner and a closed stream are cut off.")
async def test_a_suspended_partner_is_cut_off_and_misses_nothing_after_it_is_readmitted(
    streams: Streams,
) -> None:
    partner_id, system = await streams.opened()
    connection = await streams.connect(system.credentials)
    await streams.change("POST", "/suspension", partner_id)
    await until(lambda: _gone(connection))
    assert not await let_in(streams, system.credentials)
    await streams.tell(partner_id, b"meanwhile")
    await streams.change("DELETE", "/suspension", partner_id)
    await until(lambda: let_in(streams, system.credentials))
    assert await streams.fetched(system) == [b"meanwhile"]


@promise("Events", "A revoked key, a suspended partner and a closed stream are cut off.")
async def test_a_closed_stream_lets_nobody_in_and_keeps_no_message(streams: Streams) -> None:
    partner_id, system = await streams.opened()
    _, other = await streams.opened("Another")
    await streams.tell(partner_id, b"secret")
    connection = await streams.connect(system.credentials)
    await streams.change("DELETE", "", partner_id)
    await until(lambda: _gone(connection))
    assert not await let_in(streams, system.credentials)
    assert await let_in(streams, other.credentials)
    bus = await streams.bus()

    async def empty() -> bool:
        state = await bus.ask("$JS.API.STREAM.INFO.PARTNERS", b'{"subjects_filter": ">"}')
        names = state["state"].get("subjects") or {}
        return not any(system.access["consumer"] in name for name in names)

    await until(empty)
    await bus.close()


@promise(
    "Events",
    "A partner's system that is shut out stays so when the broker starts again or loses its "
    "directory.",
)
async def test_a_system_that_is_shut_out_stays_so_when_the_broker_starts_again(
    streams: Streams,
) -> None:
    revoked_id, revoked = await streams.opened("Revoked")
    suspended_id, suspended = await streams.opened("Suspended")
    closed_id, closed = await streams.opened("Closed")
    partner_id, good = await streams.opened("Good")
    await streams.change("DELETE", f"/keys/{public_of(revoked.seed)}", revoked_id)
    await streams.change("POST", "/suspension", suspended_id)
    await streams.change("DELETE", "", closed_id)
    for shut_out in (revoked, suspended, closed):
        await until(lambda s=shut_out: _shut(streams, s))
    await streams.tell(partner_id, b"kept")
    streams.kill()
    streams.begin()
    for shut_out in (revoked, suspended, closed):
        assert not await let_in(streams, shut_out.credentials)
    await until(lambda: streams.lets_in(good))
    assert await streams.fetched(good) == [b"kept"]


@promise(
    "Events",
    "A partner's system that is shut out stays so when the broker starts again or loses its "
    "directory.",
)
async def test_a_resolver_that_lost_its_directory_is_filled_again_from_the_database(
    streams: Streams,
) -> None:
    """Until then nobody is let in; after it the same credentials hold."""
    revoked_id, revoked = await streams.opened("Revoked")
    _, good = await streams.opened("Good")
    await streams.change("DELETE", f"/keys/{public_of(revoked.seed)}", revoked_id)
    await until(lambda: _shut(streams, revoked))
    streams.kill()
    shutil.rmtree(streams.folder / "nats" / "accounts")
    streams.begin()
    await until(lambda: streams.lets_in(good))
    assert not await let_in(streams, revoked.credentials)


async def test_a_broker_that_lost_all_its_data_lets_partners_in_again(streams: Streams) -> None:
    partner_id, good = await streams.opened("Good")
    streams.kill()
    shutil.rmtree(streams.folder / "nats")
    streams.begin()
    await until(lambda: streams.lets_in(good))
    await streams.tell(partner_id, b"1")
    assert await streams.fetched(good) == [b"1"]


async def test_an_account_that_the_database_does_not_hold_is_removed_from_the_broker(
    streams: Streams,
) -> None:
    """As when the database was restored to before it was opened."""
    _, system = await streams.opened()
    async with streams.house.database.transaction() as session:
        from sqlalchemy import text

        await session.execute(text("delete from stream_key"))
        await session.execute(text("delete from stream"))
    await until(lambda: _shut(streams, system), 20, 0.2)


async def _shut(streams: Streams, system: System) -> bool:
    return not await let_in(streams, system.credentials)


async def _gone(connection: Client) -> bool:
    return not connection.is_connected


async def _system(streams: Streams) -> Bus:
    user = streams.settings.broker_system_credentials
    bus = Bus(streams.settings.model_copy(update={"nats_credentials": user}), "test")
    await bus.connect(ensure=False)
    return bus


def _uuid(system: System) -> Any:
    from uuid import UUID

    return UUID(system.access["consumer"])
