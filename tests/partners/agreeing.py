"""The start of tests of agreements: parties, their administrators, terms."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.partners.support import a_partner, a_program, version

Json = dict[str, Any]
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Parties:
    """A district and a tutoring partner with a program, each with its administrator."""

    house: House
    district: str
    tutors: str
    program: str

    @property
    def provider(self) -> Principal:
        return principal(Role.DISTRICT_ADMIN, partner_id=self.district)

    @property
    def recipient(self) -> Principal:
        return principal(Role.PARTNER_ADMIN, partner_id=self.tutors)

    def terms(self, **other: Any) -> Json:
        return {
            "title": "Tutoring", "providers": [self.district], "recipients": [self.tutors],
            "purpose": "service", "basis": "consent", "categories": ["attendance", "dosage"],
            "cohort": {"program_ids": [self.program]}, "retention_days": 30,
            "starts_at": (NOW - DAY).isoformat(), "ends_at": (NOW + 300 * DAY).isoformat(),
        } | other  # fmt: skip

    async def drafted(self, **other: Any) -> Json:
        async with self.house.calling(self.recipient) as http:
            return good(await http.post("/v1/agreements", json=self.terms(**other)))

    async def proposed(self, **other: Any) -> Json:
        drafted = await self.drafted(**other)
        async with self.house.calling(self.recipient) as http:
            return good(await propose(http, drafted))

    async def agreed(self, **other: Any) -> Json:
        """Signed by both."""
        proposed = await self.proposed(**other)
        await self.sign(proposed, self.recipient)
        return await self.sign(proposed, self.provider)

    async def sign(self, agreement: Json, caller: Principal) -> Json:
        async with self.house.calling(caller) as http:
            return good(await sign(http, agreement, str(caller.partner_id)))

    async def read(self, agreement: Json, caller: Principal | None = None) -> Json:
        async with self.house.calling(caller or self.provider) as http:
            return good(await http.get(f"/v1/agreements/{agreement['id']}"))


async def two_parties(house: House) -> Parties:
    district = await a_partner(house, "Grand Bend ISD", "district")
    tutors = await a_partner(house, "Riverside Tutoring")
    program = await a_program(house, tutors, name="Reading Buddies")
    return Parties(house, district, tutors, program["id"])


async def propose(http: httpx.AsyncClient, agreement: Json) -> httpx.Response:
    address = f"/v1/agreements/{agreement['id']}/proposal"
    return await http.post(address, headers=version(agreement))


async def withdraw(http: httpx.AsyncClient, agreement: Json) -> httpx.Response:
    address = f"/v1/agreements/{agreement['id']}/proposal"
    return await http.delete(address, headers=version(agreement))


async def sign(http: httpx.AsyncClient, agreement: Json, partner_id: str) -> httpx.Response:
    """What is on the table, as the caller has read it."""
    table = agreement["amendment"] or agreement["current"]
    body = {
        "partner_id": partner_id, "name": "Ada Signer", "title": "Director",
        "terms_sha256": table["terms_sha256"],
    }  # fmt: skip
    return await http.post(f"/v1/agreements/{agreement['id']}/signatures", json=body)


async def stop(
    http: httpx.AsyncClient, agreement: Json, how: str, partner_id: str
) -> httpx.Response:
    """`how`: suspension or ending."""
    body = {"partner_id": partner_id, "reason": "A breach is suspected."}
    return await http.post(f"/v1/agreements/{agreement['id']}/{how}", json=body)


async def amend(http: httpx.AsyncClient, agreement: Json, terms: Json) -> httpx.Response:
    address = f"/v1/agreements/{agreement['id']}/amendments"
    return await http.post(address, json=terms, headers=version(agreement))


def good(answer: httpx.Response) -> Json:
    assert answer.status_code in {200, 201}, answer.text
    found: Json = answer.json()
    return found


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]
