"""A partner's account on the broker: the partner's system can ask for its own messages, ask how
many wait, and acknowledge them; nothing else crosses the account's border.

The platform's account exports three services, once and for all partners. A partner's activation
tokens name the consumer that it reaches through them, so a new partner changes nobody else's
account.
"""

from dataclasses import dataclass, field
from uuid import UUID

from shared.events.bus import PARTNERS
from shared.formats.nkeys import Kind, derived_seed, public_of
from shared.security.broker_tokens import (
    Account,
    Claims,
    Limits,
    Permissions,
    account_token,
    activation_token,
    scope,
    user_token,
)

API_PREFIX = "PARTNER.API"
OUR_PREFIX = "$JS.API"
EVERY = "*"
# The subject behind the prefix, and whether one answer comes or many.
ASKED = (
    (f"CONSUMER.MSG.NEXT.{PARTNERS.name}.", "Stream"),
    (f"CONSUMER.INFO.{PARTNERS.name}.", "Singleton"),
)
ACK = f"$JS.ACK.{PARTNERS.name}."
CONNECTIONS = 5
SUBSCRIPTIONS = 50  # of an account
PAYLOAD_BYTES = 4096  # a partner sends requests and acknowledgements alone
PLATFORM_LIMITS = Limits(jetstream=True)
ROLE = "partner"


@dataclass(frozen=True)
class Minting:
    """The keys that make partners' accounts; only the partners service has them. `platform`: the
    public key of the platform's own account."""

    operator_seed: str
    platform_seed: str
    master: str
    platform: str


@dataclass(frozen=True)
class PartnerStream:
    """One partner's stream, as the broker is to know it. A new `generation` has new keys, and
    those of the generation before are no longer valid."""

    partner_id: UUID
    generation: int = 1
    suspended_at: int | None = None
    revoked: dict[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the account and of its consumer."""
        return self.partner_id.hex

    @property
    def subjects(self) -> str:
        return f"partner.{self.name}.>"

    def seed(self, master: str, key: str) -> str:
        return derived_seed(Kind.ACCOUNT, master, f"{key} {self.partner_id} {self.generation}")

    def public_key(self, master: str) -> str:
        return public_of(self.seed(master, "account"))


def platform_exports() -> list[Claims]:
    """The services that the platform's account exports to partners' accounts."""
    asked = [
        {"name": f"{OUR_PREFIX}.{subject}", "subject": f"{OUR_PREFIX}.{subject}{EVERY}",
         "type": "service", "response_type": answers, "token_req": True}
        for subject, answers in ASKED
    ]  # fmt: skip
    ack = {"name": ACK, "subject": f"{ACK}{EVERY}.>", "type": "service", "token_req": True}
    return [*asked, ack]


def partner_token(stream: PartnerStream, keys: Minting, now: int) -> str:
    """The token of the partner's account. A suspended account turns away every user made until
    then, and no new user is made."""
    own = stream.public_key(keys.master)
    revoked = dict(stream.revoked)
    if stream.suspended_at is not None:
        revoked[EVERY] = stream.suspended_at
    account = Account(
        public_key=own,
        name=stream.name,
        limits=Limits(CONNECTIONS, SUBSCRIPTIONS, PAYLOAD_BYTES),
        imports=_imports(stream, own, keys, now),
        scopes=[_scope(stream, public_of(stream.seed(keys.master, "signing")))],
        revoked=revoked,
    )
    return account_token(account, keys.operator_seed, now)


def partner_user_token(
    stream: PartnerStream, user: str, master: str, now: int, expires: int
) -> str:
    """The token of a partner's system. The holder of the private half of `user` acts as that
    system until `expires`."""
    signing = stream.seed(master, "signing")
    account = stream.public_key(master)
    return user_token(user, stream.name, signing, now, account=account, expires=expires)


def _imports(stream: PartnerStream, own: str, keys: Minting, now: int) -> list[Claims]:
    crossing = [
        (f"{OUR_PREFIX}.{asked}{stream.name}", f"{API_PREFIX}.{asked}{stream.name}")
        for asked, _ in ASKED
    ]
    ack = f"{ACK}{stream.name}.>"
    return [
        {
            "name": theirs, "subject": ours, "local_subject": theirs, "type": "service",
            "account": keys.platform,
            "token": activation_token(own, ours, keys.platform, keys.platform_seed, now),
        }
        for ours, theirs in (*crossing, (ack, ack))
    ]  # fmt: skip


def _scope(stream: PartnerStream, signing_key: str) -> Claims:
    asking = [f"{API_PREFIX}.{asked}{stream.name}" for asked, _ in ASKED]
    may = Permissions([*asking, f"{ACK}{stream.name}.>"], ["_INBOX.>"])
    return scope(signing_key, ROLE, may, payload=PAYLOAD_BYTES)
