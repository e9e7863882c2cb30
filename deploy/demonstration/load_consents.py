"""Asks the families for consent, and records what they signed on paper, as the district does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from deploy.demonstration.consents import (
    FORMS,
    REFUSED,
    REVOKED,
    UNANSWERED,
    Form,
    answer_of,
)
from deploy.demonstration.engagements import Taken
from deploy.demonstration.families import Student
from deploy.demonstration.gateway import Caller, Json, together, when_heard
from deploy.demonstration.load_partners import Directory
from deploy.demonstration.load_students import Roster
from deploy.demonstration.signers import Signers
from deploy.demonstration.years import first_day, last_day

Shown = Callable[[float], None]
AT_ONCE = 100


@dataclass
class Consenting:
    district: Caller
    directory: Directory
    roster: Roster
    students: Sequence[Student]
    programs: Sequence[Taken]
    year: int
    signers: Signers

    async def load(self, shown: Shown) -> None:
        """What has been asked and answered before stays as it is."""
        there = await self.district.every("/v1/consent-forms")
        known = {(each["partner_id"], each["purpose"], each["text"]): each for each in there}
        by_id = {self.roster.students[each.id]: each for each in self.students}
        for n, form in enumerate(FORMS):
            partner_id = self.directory.partners[form.partner]
            found = known.get((partner_id, form.purpose, form.text))
            id = str((found or await self._write(form, partner_id))["id"])
            await self._ask(form, id)
            waiting = await self.district.every("/v1/consent-requests", form_id=id, status="open")
            await self._answer(id, [by_id[each["student_id"]] for each in waiting])
            shown((n + 1) / len(FORMS))

    async def _write(self, form: Form, partner_id: str) -> Json:
        body = form.body(partner_id, first_day(self.year), last_day(self.year + 1))
        return await when_heard(
            lambda: self.district.post("/v1/consent-forms", body), "partner-unknown"
        )

    async def _ask(self, form: Form, id: str) -> None:
        for taken in self.programs:
            if taken.organization.name == form.partner:
                program = {"program_id": self.directory.programs[taken.offer.name]}
                await self.district.post(f"/v1/consent-forms/{id}/requests", program)

    async def _answer(self, form_id: str, asked: Sequence[Student]) -> None:
        answering = [child for child in asked if answer_of(child) != UNANSWERED]
        signed = await together((self._paper(child) for child in answering), lambda _: None)
        items = [paper for paper in signed if paper["given_by"] is not None]
        for start in range(0, len(items), AT_ONCE):
            part = items[start : start + AT_ONCE]
            path = f"/v1/consent-forms/{form_id}/answers"
            ids = (await self.district.post(path, {"items": part}))["consent_ids"]
            await self._take_back(part, ids)

    async def _take_back(self, papers: Sequence[Json], consent_ids: Sequence[str]) -> None:
        """By the families that thought better of it."""
        ids = {
            self.roster.students[each.id] for each in self.students if answer_of(each) == REVOKED
        }
        await together(
            (
                self.district.post(
                    f"/v1/students/{paper['student_id']}/consents/{consent_id}/revocation",
                    {"given_by": paper["given_by"], "method": "paper",
                     "signed_on": paper["signed_on"]},
                )
                for paper, consent_id in zip(papers, consent_ids, strict=True)
                if paper["student_id"] in ids
            ),
            lambda _: None,
        )  # fmt: skip

    async def _paper(self, child: Student) -> Json:
        decision = REFUSED if answer_of(child) == REFUSED else "granted"
        return {
            "student_id": self.roster.students[child.id], "decision": decision,
            "given_by": await self.signers.of(child), "signed_on": f"{self.signers.today}",
        }  # fmt: skip
