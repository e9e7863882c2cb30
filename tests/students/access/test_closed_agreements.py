"""An agreement that was suspended or ended while no event is heard: the gateway learns it from
partners, and that closes the agreement here."""

from typing import Any
from uuid import UUID

import pytest

from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.promised import promise
from tests.students.family import a_guardian, an_agreement, ask, say, seen, yes
from tests.students.people import PARTNER_ID, a_partner, a_student


def after(*closed: UUID) -> Principal:
    return principal(
        Role.PARTNER_SYSTEM, partner_id=PARTNER_ID, closed_agreements=frozenset(closed)
    )


async def listed(students: House, caller: Principal) -> list[dict[str, Any]]:
    return list((await ask(students, caller, "GET", "/v1/students")).json()["items"])


@promise(
    "Access and privacy",
    "A suspension or an early end of an agreement closes reads within a second, also while no "
    "event is heard.",
)
@pytest.mark.parametrize("path", ["/v1/students/{}", "/internal/students/{}/picture"])
async def test_an_agreement_closed_at_partners_discloses_nothing_even_while_no_event_is_heard(
    students: House, path: str
) -> None:
    await a_partner(students)
    agreement = await an_agreement(students)
    child = await a_student(students)
    await say(students, await a_guardian(students, child), child, yes())
    address = path.format(child)

    assert await seen(students, child, after()) >= {"identity", "attendance"}
    assert [each["id"] for each in await listed(students, after())] == [str(child)]
    assert (await ask(students, after(), "GET", address)).status_code == 200

    assert await seen(students, child, after(agreement)) == set()
    assert await listed(students, after(agreement)) == []
    assert (await ask(students, after(agreement), "GET", address)).status_code == 404

    other = await an_agreement(students)
    assert await seen(students, child, after(agreement)) >= {"identity", "attendance"}
    assert await listed(students, after(agreement, other)) == []
