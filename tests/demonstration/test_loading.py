"""The demonstration of a small district goes in through the gateway of a whole platform, once; a
second time nothing changes."""

import asyncio
import io
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from deploy.demonstration.attendance import attending
from deploy.demonstration.classes import classes, leaders
from deploy.demonstration.engagements import programs
from deploy.demonstration.families import families
from deploy.demonstration.gateway import client
from deploy.demonstration.loading import SignIn, load
from deploy.demonstration.people import cast
from deploy.demonstration.report import report
from deploy.demonstration.roster import District
from deploy.demonstration.showing import Progress
from deploy.demonstration.world import World
from deploy.demonstration.years import first_day, school_days, school_year_of
from deploy.people import of_role, with_tokens
from deploy.servers import free_port, start_nats
from deploy.tokens import mint
from shared.persistence.migrations import SERVICES
from tests.platform import Platform, platform
from tests.servers import Servers

STUDENTS = 300


def small_world() -> World:
    today = datetime.now(UTC).date()
    year = school_year_of(today)
    students = families(year)[:STUDENTS]
    there = District(year, students, classes(students), leaders())
    taken = programs(students, year)
    return World(today, there, taken, cast(there, taken))


@dataclass
class Loaded:
    platform: Platform
    world: World
    report: dict[str, Any]
    shown: str

    async def load(self) -> None:
        key, issuer = self.platform.keys["development_issuer_key"], self.platform.issuer
        out = io.StringIO()
        signs_in = SignIn(issuer, lambda subject: mint(key, issuer, subject))
        async with client(self.platform.gateway) as http:
            done = await load(self.world, http, signs_in, Progress(out))
        self.report, self.shown = report(self.world, done), out.getvalue()
        await self.platform.settled()

    async def announced(self) -> dict[str, int]:
        """How far each service's record of events goes, once all is heard."""
        return {
            service: (await self.platform.rows(service, "select max(position) p from outbox"))[0][
                "p"
            ]
            for service in SERVICES
        }

    async def see(self, role: str, path: str) -> Any:
        """As the person who is to be taken for the role."""
        subject = of_role(self.report["people"])[role]["subject"]
        answer = await self.platform.client(subject).get(path)
        assert answer.status_code == 200, (role, path, answer.text)
        return answer.json()


@pytest.fixture(scope="module")
async def loaded(
    running: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Loaded]:
    folder: Path = tmp_path_factory.mktemp("demonstration")
    port = free_port()
    broker = start_nats(folder / "nats", port)
    try:
        async with platform(folder, running.database_url, f"nats://127.0.0.1:{port}") as made:
            found = Loaded(made, small_world(), {}, "")
            await found.load()
            yield found
    finally:
        broker.kill()
        broker.wait()


async def test_the_case_worker_sees_more_of_the_children_whose_families_consented(
    loaded: Loaded,
) -> None:
    opened = {"attendance", "contacts", "enrollment", "measures", "resources"}
    for status, consented in (("granted", True), ("refused", False), ("open", False)):
        address = f"/v1/consent-requests?status={status}"
        asked = (await loaded.see("case_worker", address))["items"]
        seen = set()
        for child in {each["student_id"] for each in asked}:
            access = (await loaded.see("case_worker", f"/v1/students/{child}"))["access"]
            seen |= {clause["category"] for clause in access["released"]}
        assert asked
        assert seen & opened == (opened if consented else set())


async def test_each_role_sees_its_own_children_and_pages(loaded: Loaded) -> None:
    samples = loaded.report["samples"]
    child, own = samples["student_of_teacher"], samples["student"]
    for role in ("educator", "district_admin", "guardian", "case_worker"):
        view = await loaded.see(role, f"/v1/views/students/{child}")
        assert view["student"]["id"] == child
        assert not view["unavailable"]
        assert view["engagements"], role
    assert (await loaded.see("student", f"/v1/views/students/{own}"))["student"]["id"] == own
    children = (await loaded.see("guardian", "/v1/students"))["items"]
    assert len(children) == 2 and child in {each["id"] for each in children}
    for role in ("educator", "case_worker"):
        assert (await loaded.see(role, "/v1/views/caseload"))["items"]


async def test_the_childs_picture_has_attendance_dosage_and_assignments(loaded: Loaded) -> None:
    child = loaded.report["samples"]["student_of_teacher"]
    view = await loaded.see("educator", f"/v1/views/students/{child}")
    assert max(each["days_enrolled"] for each in view["attendance"]) == 180
    assert any(each["delivered_minutes"] > 0 for each in view["dosage"])
    assert view["resources"]["finished_count"] + view["resources"]["open_count"] == 6


async def test_the_attendance_of_this_school_year_reaches_until_yesterday(loaded: Loaded) -> None:
    world = loaded.world
    gone_by = [day for day in school_days(world.year) if day < world.day]
    [row] = await loaded.platform.rows(
        "students", "select max(held_on) as last, count(distinct held_on) as days"
        f" from attendance_mark where held_on >= '{first_day(world.year)}'",
    )  # fmt: skip
    assert (row["last"], row["days"]) == (gone_by[-1] if gone_by else None, len(gone_by))


async def test_full_programs_have_waiting_lists(loaded: Loaded) -> None:
    places = (await loaded.see("district_admin", "/v1/places?limit=200"))["items"]
    waiting = [each for each in places if each["waiting"]]
    assert waiting
    assert all(each["free"] == 0 for each in waiting)


async def test_a_court_order_is_on_record(loaded: Loaded) -> None:
    [row] = await loaded.platform.rows("students", "select count(*) n from contact_restriction")
    assert row["n"] > 3


async def test_each_of_the_three_partnerships_has_the_parts_of_its_model(loaded: Loaded) -> None:
    samples = loaded.report["samples"]
    network = await loaded.see(
        "backbone", f"/v1/views/partnerships/{samples['network_partnership']}"
    )
    assert len(network["members"]) == 40 and len(network["networks"]) == 7
    zone = (
        await loaded.see("backbone", f"/v1/pipelines?partnership_id={samples['zone_partnership']}")
    )["items"]
    pipeline = await loaded.see("backbone", f"/v1/pipelines/{zone[0]['id']}")
    assert len(pipeline["steps"]) == 9 and pipeline["gaps"] == []
    found = await loaded.see("educator", "/v1/resources?limit=1")
    assert found["total"] == 2000


async def test_agreements_are_in_force_proposed_and_suspended(loaded: Loaded) -> None:
    found = (await loaded.see("district_admin", "/v1/agreements"))["items"]
    by_status = sorted(each["status"] for each in found)
    assert by_status == ["in_force"] * 4 + ["proposed", "suspended"]
    id = loaded.report["samples"]["agreement"]
    agreement = await loaded.see("partner_admin", f"/v1/agreements/{id}")
    assert all(each["signed_by"] for each in agreement["current"]["signatures"])
    assert agreement["reading"][0] == "It is signed by all and in force."
    mine = (await loaded.see("case_worker", "/v1/agreements"))["items"]
    assert len(mine) == 2


async def test_referrals_are_in_every_state_and_the_case_worker_reads_those_that_are_live(
    loaded: Loaded,
) -> None:
    every = (await loaded.see("district_admin", "/v1/referrals?limit=200"))["items"]
    figures = (await loaded.see("district_admin", "/v1/referral-metrics"))["all"]
    mine = (await loaded.see("case_worker", "/v1/referrals?limit=200"))["items"]
    states = Counter(each["state"] for each in every)
    assert {"draft", "awaiting_consent", "sent", "accepted", "contacted", "served", "closed",
            "declined", "withdrawn"} <= set(states)  # fmt: skip
    live = {"sent", "accepted", "contacted", "waitlisted", "enrolled", "served"}
    assert {each["id"] for each in mine} == {e["id"] for e in every if e["state"] in live}
    assert (figures["ended_with_outcome"], figures["declined"]) == (1, {"schedule": 1})


async def test_the_edition_counts_every_child_of_last_years_register(loaded: Loaded) -> None:
    edition = await loaded.see("analyst", f"/v1/editions/{loaded.report['samples']['edition']}")
    absence = {each["key"]: each for each in edition["report"]["indicators"]}["chronic_absence"]
    everybody = next(each for each in absence["groups"] if each["group"] == "all")
    year = loaded.world.year
    last_year = everybody["cells"][absence["periods"].index(f"{year - 2}-{year - 1}")]
    assert last_year["denominator"] == attending(loaded.world.district.students)
    reading = {each["key"]: each for each in edition["report"]["indicators"]}["grade3_reading"]
    assert len(reading["periods"]) == 5
    assert any(each["target"] for each in reading["groups"])


async def test_loading_a_second_time_changes_nothing(loaded: Loaded) -> None:
    await loaded.platform.settled()
    before, report_before = await loaded.announced(), loaded.report
    await loaded.load()
    assert await loaded.announced() == before
    assert loaded.report == report_before


async def test_without_a_terminal_the_loader_reports_each_part_once_with_its_seconds(
    loaded: Loaded,
) -> None:
    lines = loaded.shown.splitlines()
    assert len(lines) == len(set(lines)) == 20
    assert all(line.endswith(" s") for line in lines)
    assert "\r" not in loaded.shown


async def test_each_person_of_the_demonstration_has_an_account_a_role_and_a_token(
    loaded: Loaded, tmp_path: Path
) -> None:
    (tmp_path / "people.json").write_text(json.dumps(loaded.report))
    key, issuer = loaded.platform.keys["development_issuer_key"], loaded.platform.issuer
    gateway = loaded.platform.gateway
    whole, alone = [
        await asyncio.to_thread(with_tokens, tmp_path / file, key, issuer, gateway)
        for file in ("people.json", "none.json")
    ]
    people = whole["people"]
    for person in people:
        UUID(person["id"])
    assert len({person["subject"] for person in people}) == len(people)
    assert of_role(people)["partner_admin"]["subject"] == "partner-admin"
    assert of_role(people)["librarian"]["role"] == "partner_admin"
    assert [person["id"] for person in alone["people"]] == [of_role(people)["operator"]["id"]]
