"""Statements that are made once for each kind of caller."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Select, String, literal, select

from shared.contracts.purpose import Purpose
from shared.persistence.queries import for_callers
from shared.security.principal import Principal, Role
from tests.houses import principal
from tests.shared.things import Things, thing


def build(caller: Principal) -> Select[Any]:
    return select(thing.name).where(thing.id == caller.account_id)


async def test_a_statement_is_built_once_and_asks_for_each_caller_by_the_callers_own_ids(
    things: Things,
) -> None:
    made = []

    def counted(caller: Principal) -> Select[Any]:
        made.append(caller)
        return build(caller)

    statement = for_callers(counted)
    await things.make(1, 2)
    rows = await things.rows("select id, name from thing order by size")
    for row in rows:
        found, given = statement(principal(Role.ANALYST, account_id=row["id"]))
        async with things.database.reading() as reader:
            assert list((await reader.execute(found, given)).scalars()) == [row["name"]]
    assert len(made) == 1
    others = [
        principal(Role.OPERATOR), principal(Role.ANALYST, purpose=Purpose.STUDY),
        principal(Role.ANALYST, partner_id=uuid4()),
        principal(Role.ANALYST, closed_agreements=frozenset({uuid4()})),
    ]  # fmt: skip
    for other in others:
        statement(other)
    assert len(made) == 5


def test_a_statement_that_holds_an_id_of_the_caller_within_another_value_is_refused() -> None:
    hidden = for_callers(lambda caller: select(literal(f"of {caller.account_id}", String())))
    with pytest.raises(AssertionError, match="an id of the caller"):
        hidden(principal(Role.ANALYST))
