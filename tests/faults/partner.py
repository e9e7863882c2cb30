"""A partner that listens while everything is broken: an agreement with the district, families that
say yes and take it back again and again, and the partner's own system, which is built as
docs/partner-streams.md says. What it received is held against the outbox of what it was told."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import nats
from nats.aio.client import RawCredentials

from shared.formats.nkeys import Kind, new_seed, public_of
from tests.faults.client import Books, Json, ask
from tests.faults.world import TODAY, World
from tests.platform import Platform

CHILDREN = 5
TEXT = "I agree that Riverside Tutors may see when my child was at school, to tutor it."
AGAIN_SECONDS = 0.5
TOLD = "select event_id::text as id from partner_outbox where partner_id = $1"


@dataclass
class Family:
    child: str
    mother: httpx.AsyncClient
    consent_id: str | None = None


@dataclass
class Partner:
    """`received`: each event once, in the order in which it first came. `again`: how many came
    once more, as at-least-once delivery may. `begun`: connections that were made."""

    id: str
    families: list[Family]
    access: Json
    seed: str
    received: dict[str, Json] = field(default_factory=dict)
    again: int = 0
    begun: int = 0

    async def listen(self) -> None:
        """Its program is started again when it ends, as a supervisor would."""
        while True:
            with suppress(Exception):
                await self._run()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _run(self) -> None:
        credentials = RawCredentials(self.access["credentials"].replace("{seed}", self.seed))
        broker = await nats.connect(
            self.access["server"], user_credentials=credentials, max_reconnect_attempts=-1,
            reconnect_time_wait=AGAIN_SECONDS, error_cb=_not_said,
        )  # fmt: skip
        self.begun += 1
        try:
            platform = broker.jetstream(prefix=self.access["api_prefix"])
            messages = await platform.pull_subscribe_bind(
                self.access["consumer"], stream="PARTNERS"
            )
            while True:
                try:
                    batch = await messages.fetch(50, timeout=5)
                except nats.errors.TimeoutError:
                    continue  # nothing new
                for message in batch:
                    event = json.loads(message.data)
                    self.again += event["id"] in self.received
                    self.received.setdefault(event["id"], event)
                    await message.ack()
        finally:
            await broker.close()

    def found(self, outbox: set[str]) -> Json:
        """Against the ids in the partner's outbox: what was taken back is not in it any more."""
        versions: dict[str, list[int]] = {}
        retracted: dict[str, dict[str, int]] = {}
        late = 0
        for event in self.received.values():
            child, version = event["subject"], event["aggregateversion"]
            versions.setdefault(child, []).append(version)
            data = event["data"]
            if event["type"] == "students.sharing.retracted.v1":
                taken = retracted.setdefault(child, {})
                taken.update(dict.fromkeys(data["categories"], version))
            elif event["type"] == "students.sharing.told.v1":
                late += version < retracted.get(child, {}).get(data["category"], 0)
        doubled = sum(n - 1 for each in versions.values() for n in Counter(each).values())
        inverted = sum(b < a for each in versions.values() for a, b in pairwise(each))
        return {
            "partner_received": len(self.received), "partner_received_again": self.again,
            "partner_connections": self.begun,
            "partner_retractions": sum(
                event["type"] == "students.sharing.retracted.v1"
                for event in self.received.values()),
            "partner_lost": len(outbox - set(self.received)),
            "partner_doubled": doubled, "partner_out_of_order": inverted,
            "partner_told_after_retraction": late,
        }  # fmt: skip


async def _not_said(_: Exception) -> None:
    """The library writes of every connection that is refused."""


@asynccontextmanager
async def a_partner(platform: Platform, world: World) -> AsyncIterator[Partner]:
    """While inside, its system listens."""
    async with platform.client() as operator:
        made = await _ok(operator.post("/v1/partners", json={
            "name": "Riverside Tutors", "kind": "community_organization"}))  # fmt: skip
    own = await platform.admit("partner_admin", made["id"])
    await _agree(world.admin, own, world.district, made["id"])
    families = [await _family(platform, world, n) for n in range(CHILDREN)]
    seed = new_seed(Kind.USER)
    opened = await _ok(own.post(f"/v1/partners/{made['id']}/stream",
                                json={"user_public_key": public_of(seed)}))  # fmt: skip
    partner = Partner(made["id"], families, opened, seed)
    listening = asyncio.create_task(partner.listen())
    try:
        yield partner
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _agree(
    admin: httpx.AsyncClient, own: httpx.AsyncClient, district: str, partner: str
) -> None:
    now = datetime.now(UTC)
    draft = await _ok(admin.post("/v1/agreements", json={
        "title": "Tutoring", "providers": [district], "recipients": [partner],
        "purpose": "service", "basis": "consent", "categories": ["attendance"],
        "retention_days": 30, "starts_at": (now - timedelta(minutes=1)).isoformat(),
        "ends_at": (now + timedelta(days=300)).isoformat()}))  # fmt: skip
    address = f"/v1/agreements/{draft['id']}"
    proposed = await _ok(admin.post(f"{address}/proposal",
                                    headers={"If-Match": f'"{draft["version"]}"'}))  # fmt: skip
    for signer, party in ((admin, district), (own, partner)):
        await _ok(signer.post(f"{address}/signatures", json={
            "partner_id": party, "name": "A. Signer", "title": "Director",
            "terms_sha256": proposed["current"]["terms_sha256"]}))  # fmt: skip


async def _family(platform: Platform, world: World, number: int) -> Family:
    child = await _ok(world.admin.post("/v1/students", json={
        "given_name": "Amara", "family_name": f"Diallo {number}", "grade": "05",
        "birth_date": "2015-05-05", "school_id": world.school,
        "enrolled_on": "2019-08-12"}))  # fmt: skip
    contact = await _ok(world.admin.post(
        f"/v1/students/{child['id']}/contacts", headers={"If-Match": f'"{child["version"]}"'},
        json={"given_name": "Fatou", "family_name": f"Diallo {number}", "relation": "parent",
              "legal_guardian": "yes"}))  # fmt: skip
    return Family(child["id"], await platform.admit("guardian", world.district, contact["id"]))


async def _ok(asked: Any) -> Json:
    answer = await asked
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def decide(partner: Partner, books: Books, chance: random.Random) -> None:
    """A mother says yes; or takes it back, and the partner is told to delete."""
    family = chance.choice(partner.families)
    address = f"/v1/students/{family.child}/consents"
    if family.consent_id is not None:
        said = await ask(family.mother, books, "POST", f"{address}/{family.consent_id}/revocation",
                         {})  # fmt: skip
        family.consent_id = None if said is not None else family.consent_id
        return
    said = await ask(family.mother, books, "POST", address, {
        "decision": "granted", "partner_id": partner.id, "purpose": "service",
        "categories": ["attendance"], "begins_on": f"{TODAY}", "language": "en",
        "ends_on": f"{TODAY + timedelta(days=300)}", "text": TEXT, "text_version": "1"})  # fmt: skip
    family.consent_id = None if said is None else str(said["id"])
