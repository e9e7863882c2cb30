"""Loads engagements with their steps, and sessions with their rolls."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from deploy.demonstration.engagements import WEEKS, Engaged, Held, Taken, minutes_of
from deploy.demonstration.gateway import Caller, Json, when_heard
from deploy.demonstration.load_partners import Directory
from deploy.demonstration.load_students import Roster
from deploy.demonstration.organizations import ALLIANCE
from deploy.demonstration.signers import Signers

Shown = Callable[[float], None]
Work = Callable[[Taken, Callable[[], None]], Awaitable[None]]
PROGRAMS_AT_ONCE = 3
"""So that what else is loaded meanwhile has its turn."""


@dataclass(frozen=True)
class Engaging:
    """Who loads, and what is known of programs and students. `worker_id`: the account of the
    Alliance's case worker.
    The families have applied on paper, and the district records it."""

    caller: Caller
    programs: Sequence[Taken]
    directory: Directory
    roster: Roster
    worker_id: str
    signers: Signers

    async def load_engagements(self, shown: Shown) -> None:
        """Of one program in their order, which is that of its waiting list."""

        async def work(of: Taken, one_more: Callable[[], None]) -> None:
            there = {each["student_id"]: each for each in await self._listed("engagements", of)}
            for each in of.engaged:
                await self._engage(of, each, there.get(self.roster.students[each.student.id]))
                one_more()

        await self._by_program(work, sum(len(each.engaged) for each in self.programs), shown)

    async def load_sessions(self, shown: Shown) -> None:
        """The sessions of last spring with their rolls."""

        async def work(of: Taken, one_more: Callable[[], None]) -> None:
            engaged = await self._listed("engagements", of) if of.held else []
            ids = {each["student_id"]: each["id"] for each in engaged if each["started_on"]}
            sessions = await self._listed("sessions", of) if of.held else []
            held = {each["held_on"]: each for each in sessions}
            for each in of.held:
                await self._hold(of, each, held.get(f"{each.on}"), ids)
                one_more()

        await self._by_program(work, sum(len(each.held) for each in self.programs), shown)

    async def _by_program(self, work: Work, total: int, shown: Shown) -> None:
        turn, done = asyncio.Semaphore(PROGRAMS_AT_ONCE), 0

        def one_more() -> None:
            nonlocal done
            done += 1
            shown(done / total)

        async def in_turn(of: Taken) -> None:
            async with turn:
                await work(of, one_more)

        async with asyncio.TaskGroup() as group:
            for each in self.programs:
                group.create_task(in_turn(each))

    async def _listed(self, noun: str, of: Taken) -> list[Json]:
        program_id = self.directory.programs[of.offer.name]
        return await self.caller.every(f"/v1/{noun}", program_id=program_id)

    async def _engage(self, of: Taken, each: Engaged, there: Json | None) -> None:
        once = f"engage {each.student.id} {of.offer.name}"
        plan = {"minutes_per_week": minutes_of(of.offer), "weeks": WEEKS} if each.weekly else {}
        ours = of.organization.name == ALLIANCE
        body = {
            "student_id": self.roster.students[each.student.id],
            "program_id": self.directory.programs[of.offer.name],
            "stage": each.begun.stage, "on": f"{each.begun.on}", **plan,
            "worker_id": self.worker_id if ours and each.weekly and of.held else None,
            "signing": await self.signers.signing(each.student, each.begun.on),
        }  # fmt: skip
        begun = there
        if begun is None:
            begun = await when_heard(
                lambda: self.caller.post("/v1/engagements", body, once),
                "program-unknown",
                "worker-unknown",
            )
        if each.then is not None and begun["stage"] == each.begun.stage:
            step = {"stage": each.then.stage, "on": f"{each.then.on}", "reason": each.then.reason}
            path = f"/v1/engagements/{begun['id']}/steps"
            await self.caller.post(path, step, f"{once} then", begun["version"])

    async def _hold(self, of: Taken, each: Held, there: Json | None, ids: dict[str, str]) -> None:
        body = {
            "program_id": self.directory.programs[of.offer.name], "held_on": f"{each.on}",
            "starts_at": of.offer.week.rpartition(" ")[2].split("-")[0],
            "minutes": minutes_of(of.offer), "place": of.organization.neighborhood,
        }  # fmt: skip
        session = there or await self.caller.post(
            "/v1/sessions", body, f"session {of.offer.name} {each.on}"
        )
        marks = [
            {"engagement_id": ids[self.roster.students[student.id]], "category": category,
             "minutes_attended": minutes}
            for student, category, minutes in each.marks
        ]  # fmt: skip
        await self.caller.put(f"/v1/sessions/{session['id']}/attendance", {"marks": marks})
