"""Loads the whole demonstration; what does not wait for anything else runs side by side."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import httpx

from deploy.demonstration.attendance import attending
from deploy.demonstration.directory import imported
from deploy.demonstration.gateway import AT_ONCE, Caller
from deploy.demonstration.load_agreements import Signing
from deploy.demonstration.load_consents import Consenting
from deploy.demonstration.load_engagements import Engaging
from deploy.demonstration.load_library import (
    Library,
    load_assignments,
    load_resources,
    load_standards,
)
from deploy.demonstration.load_outcomes import load_indicators, load_scorecards, publish
from deploy.demonstration.load_partners import (
    Directory,
    load_organizations,
    load_partnerships,
    load_programs,
)
from deploy.demonstration.load_people import Admission, admit_rostered, admit_staff
from deploy.demonstration.load_referrals import Referring
from deploy.demonstration.load_students import (
    Roster,
    load_attendance,
    load_court_orders,
    load_roster,
)
from deploy.demonstration.organizations import ALLIANCE, BACKBONE, LIBRARY
from deploy.demonstration.partnerships import NETWORK
from deploy.demonstration.people import OPERATOR
from deploy.demonstration.referrals import FAMILY, PARTNER, SCHOOL, referrals
from deploy.demonstration.showing import Progress
from deploy.demonstration.signers import Signers
from deploy.demonstration.world import World

T = TypeVar("T")
Work = Callable[[Callable[[float], None]], Awaitable[T]]


@dataclass(frozen=True)
class Loaded:
    directory: Directory
    admission: Admission
    roster: Roster
    library: Library
    scorecards: dict[str, str]
    edition_id: str
    agreements: dict[str, str]


@dataclass(frozen=True)
class SignIn:
    """`token` gives the access token of a subject; `issuer` is who signs it."""

    issuer: str
    token: Callable[[str], str]


async def load(of: World, http: httpx.AsyncClient, signs_in: SignIn, shown: Progress) -> Loaded:
    free = asyncio.Semaphore(AT_ONCE)
    people = [OPERATOR, *(person.subject for person in of.cast.people)]
    call = {subject: Caller(http, signs_in.token(subject), free) for subject in people}
    directory, admission = Directory(), Admission(signs_in.issuer)
    operator, district, year, cast = call[OPERATOR], call["district-admin"], of.year, of.cast

    later = {each.name for each in imported()}
    from_file = [person for person in cast.people if person.partner in later]
    here = [person for person in cast.people if person.partner not in later]

    async with asyncio.TaskGroup() as group:

        def begin(name: str, seconds: float, work: Work[T], *after: Any) -> asyncio.Task[T]:
            """Begins when those before have ended. `seconds`: roughly, for the bar."""
            part = shown.part(name, seconds)

            async def run() -> T:
                for earlier in after:
                    await earlier
                done = await work(shown.begin(part))
                shown.end(part)
                return done

            return group.create_task(run())

        partners = begin(
            "partners and schools", 1, lambda s: load_organizations(operator, directory, s)
        )
        staff = begin(
            "memberships of staff", 0.5,
            lambda s: admit_staff(operator, here, directory, admission, s), partners,
        )  # fmt: skip
        programs = begin(
            "sites and programs", 3, lambda s: load_programs(operator, directory, s), partners
        )
        partnerships = begin(
            "partnerships, networks, pipelines", 2,
            lambda s: load_partnerships(operator, directory, year, s), programs,
        )  # fmt: skip
        signing = begin(
            "memberships of partners from the file", 0.5,
            lambda s: admit_staff(operator, from_file, directory, admission, s), programs,
        )  # fmt: skip
        agreements = begin(
            "agreements", 1, Signing(call, cast, directory).load, programs, staff, signing
        )
        roster = begin(
            "roster of the district", 3, lambda s: load_roster(district, of.district, s), staff
        )
        rostered = begin(
            "memberships of school and family", 0.5,
            lambda s: admit_rostered(
                operator, district, cast, directory, roster.result(), admission, s
            ),
            roster,
        )  # fmt: skip
        attendance = begin(
            "attendance until yesterday", 18,
            lambda s: load_attendance(district, of.district, of.day, s), roster,
        )  # fmt: skip
        orders = begin(
            "court orders", 0.5,
            lambda s: load_court_orders(district, of.district, roster.result(), s), roster,
        )  # fmt: skip

        @cache
        def signers() -> Signers:
            return Signers(district, roster.result().students)

        def engaging() -> Engaging:
            worker = admission.memberships["case-worker"]["account_id"]
            return Engaging(district, of.programs, directory, roster.result(), worker, signers())

        engagements = begin(
            "engagements and waiting lists", 8,
            lambda s: engaging().load_engagements(s), roster, programs, orders,
        )  # fmt: skip
        begin(
            "consents of families", 6,
            lambda s: Consenting(
                district, directory, roster.result(), of.district.students, of.programs, year,
                signers(),
            ).load(s),
            engagements, orders,
        )  # fmt: skip
        begin(
            "referrals", 2,
            lambda s: Referring(
                {SCHOOL: district, FAMILY: district, PARTNER: call["case-worker"]},
                referrals(of.district.students, of.programs, of.day),
                directory, roster.result(), signers(),
            ).load(s),
            engagements, agreements, signing,
        )  # fmt: skip
        begin("sessions and rolls", 6, lambda s: engaging().load_sessions(s), engagements)
        standards = begin("standards", 1, lambda s: load_standards(district, s), staff)
        library = begin(
            "learning resources and collections", 4,
            lambda s: load_resources(call["librarian"], year, s), standards, partnerships,
        )  # fmt: skip
        begin(
            "assignments", 1,
            lambda s: load_assignments(
                call["teacher"], call["student"], cast, year, library.result(), roster.result(), s
            ),
            library, rostered,
        )  # fmt: skip
        indicators = begin(
            "indicators and observations", 3,
            lambda s: load_indicators(call["analyst"], year, s), staff,
        )  # fmt: skip
        scorecards = begin(
            "scorecards and targets", 2,
            lambda s: load_scorecards(
                {BACKBONE: call["analyst"], ALLIANCE: call["zone-analyst"],
                 LIBRARY: call["library-analyst"]},
                directory.partnerships, indicators.result(), year, s,
            ),
            indicators, partnerships, staff, signing,
        )  # fmt: skip
        edition = begin(
            "the first edition", 1,
            lambda s: publish(
                call["analyst"], scorecards.result()[NETWORK.name],
                directory.partnerships[NETWORK.name],
                attending(of.district.students), year, s,
            ),
            scorecards, attendance,
        )  # fmt: skip
    return Loaded(
        directory, admission, roster.result(), library.result(), scorecards.result(),
        edition.result(), agreements.result(),
    )  # fmt: skip
