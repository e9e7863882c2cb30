"""Upkeep removes every expired row, however many there are, and no other."""

from typing import Any

import pytest
from sqlalchemy import text

from shared.events.outbox import TO_SERVICES
from shared.runtime import upkeep
from tests.promised import promise
from tests.shared.things import Things

FILL = text("""
    insert into outbox
      (event_id, type, aggregate_id, aggregate_version, time, data, published_at)
    select gen_random_uuid(), 'partners.thing.made.v1', gen_random_uuid(), 1,
           now() - make_interval(days => :days), '{}',
           case when :published then now() - make_interval(days => :days) end
    from generate_series(1, :rows)
""")
KEYS = text("""
    insert into idempotency (account_id, key, fingerprint, created_at)
    select gen_random_uuid(), 'key', '', now() - make_interval(days => :days)
    from generate_series(1, :rows)
""")


@promise(
    "Events",
    "Every row whose time is over leaves the outbox, however many there are; a row that waits "
    "to be published never does.",
)
async def test_one_pass_removes_every_expired_row_and_no_other(
    things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "PRUNED_ROWS", 10)
    settings: Any = things.app.state.settings
    async with things.database.transaction() as session:
        for rows, days, published in ((35, 31, True), (4, 29, True), (3, 90, False)):
            await session.execute(FILL, {"rows": rows, "days": days, "published": published})
        for rows, days in ((25, 8), (2, 6)):
            await session.execute(KEYS, {"rows": rows, "days": days})
    await upkeep.prune(things.database, settings, [TO_SERVICES])
    left = await things.rows(
        "select published_at is not null as published, count(*) as n from outbox group by 1"
    )
    assert {row["published"]: row["n"] for row in left} == {True: 4, False: 3}
    assert await things.rows("select count(*) as n from idempotency") == [{"n": 2}]
