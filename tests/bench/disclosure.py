"""What a decision costs and what the disclosure log does: `python -m tests.bench disclosure [rounds]`.

The child's picture with its release written down, without, as an entity would be written, and its SQL
alone, in turn, at the service's ASGI entrance, so that no client's work is counted. A decision of the
heaviest child: 10 contacts, 10 agreements, 20 consents. Rows sealed and verified a second."""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import text

from deploy.verify_disclosures import verify
from services.students.access.agreements.rules import AgreementFact
from services.students.access.consents_in_force.rules import ConsentFact
from services.students.access.disclosures import actions
from services.students.access.disclosures.records import DisclosureRow
from services.students.access.policy.rules import decide
from services.students.access.relations.rules import ContactFact, Facts
from services.students.audit.hash_chain.actions import WORK, seal_waiting
from shared.contracts.partners.agreement import AgreementStatus, LegalBasis
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.consent import ConsentStatus
from shared.contracts.students.contact import LegalGuardian
from shared.security.principal import Principal, Role
from tests.bench import statements
from tests.bench.figures import Paper, spread
from tests.bench.places import Place, a_place
from tests.houses import SIGNER, House, principal
from tests.proof.shape import Figures
from tests.students.audit.test_sealing import WRITTEN
from tests.students.people import DISTRICT
from tests.students.views.test_student_view_routes import a_whole_child

ROUNDS, BLOCKS, BLOCK, DECISIONS, ROWS = 7, 40, 10, 2_000, 20_000
"""A round is so many blocks of each kind in turn, of so many requests: what else the machine does
meanwhile falls on all of them."""

Ask = Callable[[], Awaitable[None]]


async def main(rounds: float = ROUNDS) -> None:
    paper = Paper("disclosure", f"python -m tests.bench disclosure {rounds:g}")
    figures: Figures = {
        "rounds": int(rounds), "decision_cpu_us": _decision(int(rounds)), "picture_for": {},
    }  # fmt: skip
    async with a_place("students") as place:
        child, teacher, _ = await a_whole_child(place.house)
        for caller in (DISTRICT, teacher):
            asked = _asking(place.house, caller, child)
            figures["picture_for"][caller.role] = await _in_turn(
                place, caller, child, asked, int(rounds)
            )
        figures |= await _chain(place.house)
    paper.tell(figures)


@contextmanager
def _unrecorded() -> Iterator[None]:
    """The same request, with nothing written down: what a release would cost without the law."""
    known = actions.release
    actions.release = lambda *_: None
    try:
        yield
    finally:
        actions.release = known


async def _in_turn(place: Place, caller: Principal, child: UUID, ask: Ask, rounds: int) -> Figures:
    """Microseconds of this process's CPU for each, and by the clock; and how many times dearer it is
    to write down, round by round."""
    connection = await asyncpg.connect(place.url, server_settings={"jit": "off"})
    [(sql, given)] = statements.child(caller, child)
    statement = await connection.prepare(sql)

    async def alone() -> None:
        await statement.fetchrow(*given)

    async def by_entity() -> None:
        """The release as it would usually be written: an entity, after the answer."""
        with _unrecorded():
            await ask()
        async with place.house.database.transaction() as session:
            session.add(_entity(child, caller))

    async def unrecorded() -> None:
        with _unrecorded():
            await ask()

    kinds: dict[str, Ask] = {
        "SQL alone": alone, "not written down": unrecorded, "written down": ask,
        "written down by an entity": by_entity,
    }  # fmt: skip
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    for _ in range(rounds):
        blocks: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
        for _ in range(BLOCKS):
            for name, work in kinds.items():
                blocks[name].append(await _block(work))
        for name, each in blocks.items():
            cpu, wall = zip(*each, strict=True)
            took[name].append((sum(cpu) / BLOCKS, sum(wall) / BLOCKS))
    await connection.close()
    dearer = [written[0] / plain[0] for written, plain in
              zip(took["written down"], took["not written down"], strict=True)]  # fmt: skip
    return {"dearer": spread(dearer, 3)} | {
        name: {"cpu_us": spread([r[0] for r in of], 0), "clock_us": spread([r[1] for r in of], 0)}
        for name, of in took.items()
    }


def _entity(child: UUID, caller: Principal) -> DisclosureRow:
    return DisclosureRow(
        student_id=child, account_id=caller.account_id, role=caller.role,
        organization_id=caller.partner_id, purpose=caller.purpose, channel="read",
        outcome="released", basis="school-official", categories=["identity"], further_parties=[],
    )  # fmt: skip


async def _block(ask: Ask) -> tuple[float, float]:
    """Microseconds a request, of CPU and by the clock."""
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(BLOCK):
        await ask()
    used = time.process_time() - cpu, time.perf_counter() - wall
    return used[0] / BLOCK * 1e6, used[1] / BLOCK * 1e6


def _decision(rounds: int) -> Figures:
    viewer = principal(Role.CASE_WORKER, partner_id=uuid4())
    child = heaviest(viewer.partner_id)
    released = decide(viewer, child)
    if released is None or len(released.released) < len(Category):
        raise SystemExit("the heaviest child releases everything, or the figure means nothing")
    took = []
    for _ in range(rounds):
        begin = time.process_time()
        for _ in range(DECISIONS):
            decide(viewer, child)
        took.append((time.process_time() - begin) / DECISIONS * 1e6)
    return spread(took, 1)


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
        uuid4(), frozenset((district,)), frozenset(), frozenset(), contacts, frozenset(), now, now.date(),
        partner_kind="community_organization", agreements=agreements, consents=consents,
    )  # fmt: skip


def _asking(house: House, caller: Principal, child: UUID) -> Callable[[], Awaitable[None]]:
    path = f"/internal/students/{child}/picture"
    token = SIGNER.token(caller, "students")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"",
        "scheme": "http", "server": ("service", 80), "client": ("here", 1),
        "headers": [(b"authorization", f"Bearer {token}".encode())],
    }  # fmt: skip

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        if message.get("status", 200) != 200:
            raise SystemExit(str(message))

    async def ask() -> None:
        await house.app({**scope}, receive, send)  # type: ignore[arg-type]

    return ask


async def _chain(house: House) -> Figures:
    async with house.database.transaction() as session:
        await session.execute(text(WRITTEN), {"rows": ROWS})
    async with house.database.alone(WORK) as connection:
        begin = time.perf_counter()
        sealed = await seal_waiting(connection)
        sealing = time.perf_counter() - begin
    begin = time.perf_counter()
    verdict = await verify(house.database, [])
    return {
        "rows_sealed_a_second": round(sealed / sealing),
        "rows_verified_a_second": round(verdict.rows / (time.perf_counter() - begin)),
    }
