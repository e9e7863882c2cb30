"""What the disclosure log costs: `python -m tests.bench.bench_disclosure`.

The child's picture with and without the write of its disclosure, in one run, rounds of the two
in turn: CPU of this process per request (aim: at most 15 % more) and wall. A decision's CPU for the
heaviest child: 10 contacts, 10 agreements, 20 consents (aim: at most 50 µs). Rows sealed and
verified per second.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import text

from deploy.verify_disclosures import verify
from services.students.access.rules import decide
from services.students.agreements.rules import AgreementFact
from services.students.consents.rules import ConsentFact
from services.students.disclosures import actions
from services.students.relations.rules import ContactFact, Facts
from services.students.seals.actions import WORK, seal_some
from shared.contracts.partners.agreement import AgreementStatus, LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.consent import ConsentStatus
from shared.contracts.students.contact import LegalGuardian
from shared.principal import Role
from tests.bench.bench_picture import _asking
from tests.houses import House, open_house, principal, settings_for
from tests.servers import servers
from tests.students.support import DISTRICT
from tests.students.test_picture_routes import a_whole_child
from tests.students.test_sealing import WRITTEN

ROUNDS = 15
REQUESTS = 100
DECISIONS = 2_000
ROWS = 50_000
MOST_SHARE = 1.15
MOST_DECISION_MICROSECONDS = 50.0

Ask = Callable[[], Awaitable[None]]


async def main() -> None:
    spent = _decision_microseconds()
    print(f"decision, 10 contacts, 10 agreements, 20 consents: {spent:.1f} µs of CPU"
          f" (aim {MOST_DECISION_MICROSECONDS:.0f})")  # fmt: skip
    with servers() as running:
        name = f"bench_disclosure_{uuid4().hex[:8]}"
        admin = await asyncpg.connect(
            running.database_url.format(database="postgres").replace("+asyncpg", "")
        )
        await admin.execute(f'create database "{name}"')
        url = running.database_url.format(database=name)
        house = await open_house("students", settings_for(url, running.nats_url))
        child, teacher, _ = await a_whole_child(house)
        for caller in (DISTRICT, teacher):
            with_log, without = await _alternating(_asking(house, caller, child))
            cpu, wall = (w / o for w, o in zip(with_log, without, strict=True))
            print(
                f"picture for {caller.role}: {with_log[0]:.0f} µs of CPU with the log,"
                f" {without[0]:.0f} without, ratio {cpu:.2f} (aim {MOST_SHARE}); wall"
                f" {with_log[1]:.0f} and {without[1]:.0f} µs, ratio {wall:.2f}"
            )
        await _chain(house)
        await house.database.close()
        await admin.execute(f'drop database "{name}" with (force)')
        await admin.close()


@contextmanager
def _unrecorded() -> Iterator[None]:
    """The same request, with nothing written down: what a release would cost without the law."""
    known = actions.release
    actions.release = lambda *_: None
    try:
        yield
    finally:
        actions.release = known


async def _alternating(ask: Ask) -> tuple[tuple[float, float], tuple[float, float]]:
    recorded, bare = [], []
    for _ in range(ROUNDS):
        recorded.append(await _round(ask))
        with _unrecorded():
            bare.append(await _round(ask))
    return _best(recorded), _best(bare)


async def _round(ask: Ask) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(REQUESTS):
        await ask()
    used = time.process_time() - cpu, time.perf_counter() - wall
    return used[0] / REQUESTS * 1e6, used[1] / REQUESTS * 1e6


def _best(rounds: list[tuple[float, float]]) -> tuple[float, float]:
    """What it costs when nothing else is at work here."""
    return min(r[0] for r in rounds), min(r[1] for r in rounds)


def _decision_microseconds() -> float:
    viewer = principal(Role.CASE_WORKER, partner_id=uuid4())
    child = heaviest(viewer.partner_id)
    released = decide(viewer, child)
    if released is None or len(released.released) < len(Category):
        raise SystemExit("the heaviest child releases everything, or the figure means nothing")
    best = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        for _ in range(DECISIONS):
            decide(viewer, child)
        best.append((time.process_time() - begin) / DECISIONS * 1e6)
    return min(best)


def heaviest(partner_id: UUID | None) -> Facts:
    """The agreement that counts is found last, and the consent that counts too."""
    now = datetime.now(UTC)
    district, recipient = uuid4(), partner_id or uuid4()
    contacts = tuple(
        ContactFact(uuid4(), LegalGuardian.YES if n < 2 else LegalGuardian.NO, n == 1)
        for n in range(10)
    )
    agreement: dict[str, Any] = {
        "status": AgreementStatus.IN_FORCE, "recipients": frozenset((recipient,)),
        "basis": LegalBasis.CONSENT, "program_ids": frozenset(), "school_ids": frozenset(),
        "grades": frozenset(), "redisclosure_to": (), "starts_at": now - timedelta(days=9),
        "ends_at": now + timedelta(days=9), "purpose": Purpose.SERVICE,
    }  # fmt: skip
    parts = list(Category)
    agreements = tuple(
        AgreementFact(id=UUID(int=n + 1), categories=frozenset((parts[n % len(parts)],)),
                      **agreement)
        for n in range(10)
    )  # fmt: skip
    consents = tuple(
        ConsentFact(
            id=uuid4(), status=ConsentStatus.GRANTED if n else ConsentStatus.REFUSED,
            partner_id=recipient if n in {0, 19} else uuid4(), partner_kind=None,
            purpose=Purpose.SERVICE, categories=frozenset(Category),
            begins_on=now.date() - timedelta(days=9), ends_on=now.date() + timedelta(days=9),
            given_by=contacts[0].person_id, decided_at=now - timedelta(days=20 - n),
        )
        for n in range(20)
    )  # fmt: skip
    return Facts(
        uuid4(), frozenset((district,)), frozenset(), frozenset(), contacts, frozenset(), now,
        partner_kind="community_organization", agreements=agreements, consents=consents,
    )  # fmt: skip


async def _chain(house: House) -> None:
    async with house.database.transaction() as session:
        await session.execute(text(WRITTEN), {"rows": ROWS})
    begin, sealed = time.perf_counter(), 0
    async with house.database.alone(WORK) as connection:
        while some := await seal_some(connection):
            sealed += some
    seconds = time.perf_counter() - begin
    print(f"sealed {sealed} rows, {sealed / seconds:.0f} a second")
    begin = time.perf_counter()
    verdict = await verify(house.database, [])
    seconds = time.perf_counter() - begin
    print(f"verified {verdict.rows} rows, {verdict.rows / seconds:.0f} a second: {verdict}")


if __name__ == "__main__":
    asyncio.run(main())
