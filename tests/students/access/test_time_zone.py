"""A child's day is the partnership's. Kiritimati is 25 hours ahead of Pago Pago: at any moment,
today's date there has not yet begun here."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from shared.core.clock import today
from shared.runtime.service import prepare
from tests.houses import House, settings_for
from tests.promised import promise
from tests.students.family import a_guardian, an_agreement, ask, eighteen, paper, say, seen, yes
from tests.students.people import DISTRICT, WORKER, a_partner, a_program, a_student
from tests.zones import living_in

AHEAD, BEHIND = "Pacific/Kiritimati", "Pacific/Pago_Pago"


@pytest.fixture(params=[AHEAD, BEHIND])
async def zone(students: House, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    with living_in(request.param):
        yield request.param


@pytest.fixture
async def here(students: House, zone: str) -> AsyncIterator[House]:
    """The students service of a partnership in this zone."""
    kept = students.app.state
    settings, database = kept.settings, kept.database
    url = settings.database_url.get_secret_value()
    own = prepare(
        students.app, "students", settings_for(url, settings.nats_url.get_secret_value())
    )
    yield replace(students, database=own)
    await own.close()
    kept.settings, kept.database = settings, database


@pytest.fixture
def day() -> date:
    """Today, where the day begins first."""
    return datetime.now(ZoneInfo(AHEAD)).date()


@promise(
    "Access and privacy",
    "A day begins and ends where the partnership lives, for every process and every statement "
    "(decision 34).",
)
async def test_the_database_and_the_process_have_the_same_day(here: House, zone: str) -> None:
    expected = datetime.now(ZoneInfo(zone)).date()
    assert await today() == expected
    [row] = await here.rows("select current_date as day")
    assert row["day"] == expected
    async with here.database.transaction() as session:
        assert (await session.execute(text("select current_date"))).scalar_one() == expected
    async with here.database.alone("to look at the clock") as connection:
        assert await connection.fetchval("select current_date") == expected


@promise(
    "Access and privacy",
    "A day begins and ends where the partnership lives, for every process and every statement "
    "(decision 34).",
)
async def test_a_consent_begins_at_midnight_where_the_child_lives(
    here: House, zone: str, day: date
) -> None:
    await a_partner(here)
    await an_agreement(here)
    child = await a_student(here)
    mother = await a_guardian(here, child)
    await say(here, mother, child, yes(begins_on=f"{day}", ends_on=f"{day + timedelta(days=90)}"))
    assert await seen(here, child) == ({"identity", "attendance"} if zone == AHEAD else set())


async def test_rights_move_on_the_birthday_where_the_child_lives(
    here: House, zone: str, day: date
) -> None:
    child = await a_student(here, birth_date=eighteen(day))
    mother = await a_guardian(here, child)
    assert (await seen(here, child, mother) == set()) is (zone == AHEAD)


async def test_nothing_is_recorded_for_a_day_that_has_not_begun_where_the_child_lives(
    here: House, zone: str, day: date
) -> None:
    await a_partner(here)
    child = await a_student(here)
    mother = await a_guardian(here, child)
    consents = f"/v1/students/{child}/consents"
    signed = await ask(here, DISTRICT, "POST", consents, paper(mother.person_id, day))
    program = await a_program(here)
    planned = {"program_id": f"{program}", "held_on": f"{day}", "minutes": 60}
    session = await ask(here, WORKER, "POST", "/v1/sessions", planned)
    held = await ask(
        here, WORKER, "PUT", f"/v1/sessions/{session.json()['id']}",
        {"held_on": f"{day}", "minutes": 60, "status": "complete"},
        headers={"If-Match": session.headers["ETag"]},
    )  # fmt: skip
    codes = [signed.json().get("code"), held.json().get("code")]
    assert codes == ([None, None] if zone == AHEAD else ["signed-in-future", "session-in-future"])
