"""Drafts, proposes and signs agreements, each step by who may take it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from deploy.demonstration.agreements import PAPERS, SIGNERS, SUSPENDED_BECAUSE, Paper
from deploy.demonstration.gateway import Caller, Json, together
from deploy.demonstration.load_partners import Directory
from deploy.demonstration.people import Cast
from deploy.demonstration.schools import DISTRICT_NAME
from deploy.demonstration.years import school_year_of
from shared.core.days import day_of

FIRST_DAY = (7, 1)
YEARS = 2


@dataclass(frozen=True)
class Signing:
    """`calls` has a caller by subject."""

    calls: Mapping[str, Caller]
    people: Cast
    directory: Directory

    async def load(self, shown: Callable[[float], None]) -> dict[str, str]:
        """Their ids by title."""
        district = self.calls["district-admin"]
        there = {each["title"]: each for each in await district.every("/v1/agreements")}
        templates = {
            each["key"]: each["terms"] for each in await district.whole("/v1/agreements/templates")
        }
        made = await together(
            (
                self._agree(each, templates[each.template], there.get(each.title))
                for each in PAPERS
            ),
            shown,
        )
        return dict(zip((each.title for each in PAPERS), made, strict=True))

    async def _agree(self, paper: Paper, template: Json, found: Json | None) -> str:
        """Goes on from where it stands."""
        district = self.calls["district-admin"]
        if found is None:
            found = await district.post(
                "/v1/agreements", self._terms(paper, template), f"agreement {paper.title}"
            )
        id = str(found["id"])
        address = f"/v1/agreements/{id}"
        if found["status"] == "draft":
            found = await district.post(f"{address}/proposal", {}, version=found["version"])
        if found["status"] == "proposed" and paper.then != "proposed":
            await self._sign(address, paper)
            found = await district.get(address)
        if found["status"] == "in_force" and paper.then == "suspended":
            act = {"partner_id": self.directory.partners[DISTRICT_NAME],
                   "reason": SUSPENDED_BECAUSE}  # fmt: skip
            await district.post(f"{address}/suspension", act, f"suspended {paper.title}")
        return id

    async def _sign(self, address: str, paper: Paper) -> None:
        """Everybody whose signature is missing."""
        found = await self.calls["district-admin"].get(address)
        missing = {s["partner_id"] for s in found["current"]["signatures"] if not s["signed_by"]}
        for subject, title in SIGNERS.items():
            person = self.people[subject]
            partner_id = self.directory.partners[person.partner or ""]
            if partner_id in missing:
                body = {"partner_id": partner_id, "name": person.name, "title": title,
                        "terms_sha256": found["current"]["terms_sha256"]}  # fmt: skip
                await self.calls[subject].post(
                    f"{address}/signatures", body, f"signed {paper.title} {subject}"
                )

    def _terms(self, paper: Paper, template: Json) -> Json:
        """Two school years, the present one first: by the clock, since an agreement stands by it."""
        year = school_year_of(day_of(datetime.now(UTC)))
        programs = [self.directory.programs[name] for name in paper.programs]
        own = {"categories": list(paper.categories)} if paper.categories else {}
        return template | own | {
            "title": paper.title,
            "providers": [self.directory.partners[DISTRICT_NAME]],
            "recipients": [self.directory.partners[paper.recipient]],
            "cohort": {"program_ids": programs},
            "starts_at": f"{date(year - 1, *FIRST_DAY)}T00:00:00Z",
            "ends_at": f"{date(year - 1 + YEARS, *FIRST_DAY)}T00:00:00Z",
        }  # fmt: skip
