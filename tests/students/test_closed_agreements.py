"""An agreement that was suspended or ended while nobody hears events: what the gateway has learned
from partners closes it, whatever was heard here."""

from typing import Any
from uuid import UUID

import pytest

from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.students.family import a_guardian, an_agreement, ask, say, seen, yes
from tests.students.support import PARTNER_ID, a_partner, a_student


def after(*closed: UUID) -> Principal:
    return principal(
        Role.PARTNER_SYSTEM, partner_id=PARTNER_ID, closed_agreements=frozenset(closed)
    )


async def listed(students: House, caller: Principal) -> list[dict[str, Any]]:
    return list((await ask(students, caller, "GET", "/v1/students")).json()["items"])


@pytest.mark.parametrize("path", ["/v1/students/{}", "/internal/students/{}/picture"])
async def test_what_is_closed_at_partners_gives_nothing_though_no_event_is_heard(
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
