"""Parked events, as an operator handles them, on a real database."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.dead_letters import discard_letters, list_letters, main, parked, replay_letters
from shared.contracts.partners.program import ProgramOpened, ProgramStatus
from shared.events.inbox import DeadLetterRow
from shared.persistence.records import new_id
from tests.houses import House

Park = Callable[..., Awaitable[UUID]]


@pytest.fixture
def park(students: House) -> Park:
    """Parks the opening of a program; returns the letter's id."""

    async def made(**changes: Any) -> UUID:
        event = ProgramOpened(
            program_id=uuid4(), partner_id=uuid4(), name="Reading Den",
            status=ProgramStatus.ACTIVE, capacity=3, minimum_age=None, maximum_age=None,
            grades=[], starts_on=None, ends_on=None,
        )  # fmt: skip
        about = str(event.program_id)
        body = {
            "id": str(new_id()), "type": event.type, "subject": about,
            "time": "2026-01-01T00:00:00Z", "aggregateversion": 1,
            "data": event.model_dump(mode="json") | changes,
        }  # fmt: skip
        letter = DeadLetterRow(
            source="partners", event_id=UUID(body["id"]), type=event.type,
            aggregate_id=UUID(about), version=1, body=json.dumps(body), error="ValueError",
        )  # fmt: skip
        async with students.database.transaction() as session:
            session.add(letter)
        return letter.id

    return made


async def programs(students: House) -> int:
    return int((await students.rows("select count(*) as n from offered_program"))[0]["n"])


async def test_parked_events_are_listed_oldest_first_by_id_type_and_error(
    students: House, park: Park, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = await park(), await park()
    await list_letters(students.database)
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said] == [str(first), str(second), "2"]
    assert "partners.program.opened.v1" in said[0] and "ValueError" in said[0]
    assert "Reading Den" not in "".join(said)


async def test_a_replayed_letter_has_its_effect_and_leaves_the_list(
    students: House, park: Park
) -> None:
    letter, other = await park(), await park()
    assert await replay_letters("students", students.database, str(letter)) == 0
    assert await programs(students) == 1
    assert [left.id for left in await parked(students.database)] == [other]


async def test_a_letter_that_fails_again_stays_and_holds_up_no_other(
    students: House, park: Park, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = await park(capacity="many")
    await park()
    assert await replay_letters("students", students.database, "all") == 1
    assert await programs(students) == 1
    assert [left.id for left in await parked(students.database)] == [bad]
    assert f"{bad}  still fails: ValidationError" in capsys.readouterr().out


async def test_a_discarded_letter_leaves_the_list_without_effect(
    students: House, park: Park
) -> None:
    await discard_letters(students.database, str(await park()))
    assert await parked(students.database) == []
    assert await programs(students) == 0


@pytest.mark.parametrize("which", ["01890000-0000-7000-8000-000000000000", "nonsense"])
async def test_a_letter_that_does_not_exist_is_reported_as_missing(
    students: House, park: Park, which: str
) -> None:
    await park()
    with pytest.raises(LookupError, match=which):
        await discard_letters(students.database, which)
    assert len(await parked(students.database)) == 1


@pytest.mark.parametrize("said", [[], ["list"], ["student", "list"]])
async def test_a_command_without_a_service_is_refused_with_the_names_of_the_services(
    said: list[str],
) -> None:
    with pytest.raises(LookupError, match="Name a service: partners, students, resources"):
        await main(said)
