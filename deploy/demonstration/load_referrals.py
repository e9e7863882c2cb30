"""Refers children to a program, and takes each referral as far as it has come."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from deploy.demonstration.gateway import Caller, Json, when_heard
from deploy.demonstration.load_partners import Directory
from deploy.demonstration.load_students import Roster
from deploy.demonstration.referrals import FAMILY, Act, Referred
from deploy.demonstration.signers import Signers

Shown = Callable[[float], None]


@dataclass(frozen=True)
class Referring:
    """`callers`: who takes the acts of the school, of the partner, and for the family the district,
    which has its word on paper."""

    callers: Mapping[str, Caller]
    referrals: Sequence[Referred]
    directory: Directory
    roster: Roster
    signers: Signers

    async def load(self, shown: Shown) -> None:
        """What has been done before stays done."""
        district = self.callers[FAMILY]
        there = {each["id"]: each for each in await district.every("/v1/referrals")}
        for n, each in enumerate(self.referrals):
            known = there.get(str(each.id)) or await self._write(each)
            for act in each.acts[_done(each, known["state"]) :]:
                await self._take(each, act)
            shown((n + 1) / len(self.referrals))

    async def _write(self, each: Referred) -> Json:
        body = {
            "id": str(each.id), "student_id": self.roster.students[each.student.id],
            "program_id": self.directory.programs[each.program.offer.name], "need": each.need,
        }  # fmt: skip
        return await when_heard(
            lambda: self.callers[FAMILY].post("/v1/referrals", body), "program-unknown"
        )

    async def _take(self, each: Referred, act: Act) -> None:
        body = act.body
        if act.by == FAMILY and body is not None:
            body = body | await self.signers.signing(each.student, self.signers.today)
        path = f"/v1/referrals/{each.id}/{act.path}"
        caller = self.callers[act.by]
        once = f"referral {each.id} {act.path}"
        await when_heard(lambda: caller.post(path, body or {}, once), "ground-missing")


def _done(each: Referred, state: str) -> int:
    """How many of its acts are done. A full program ends in another state than the way says."""
    states = ["draft", *(act.then for act in each.acts)]
    return states.index(state) if state in states else len(each.acts)
