"""Finding records that may be of one child, and deciding on them."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.facts import queries as facts
from services.students.access.policy import rules as policy
from services.students.access.reevaluations.actions import review_children
from services.students.roster.possible_duplicates import queries, rules
from services.students.roster.possible_duplicates.records import PossibleDuplicateRow
from services.students.roster.students.records import student
from shared.contracts.students.access import Category
from shared.contracts.students.possible_duplicate import (
    DuplicateDecision,
    DuplicateReason,
    DuplicateStatus,
    PossibleDuplicateChanged,
)
from shared.core.refusals import Conflict, Fault
from shared.core.settings import Settings
from shared.events.outbox import announce, announce_many
from shared.http.etags import ensure_version
from shared.persistence.alone import rounds_for_ever
from shared.persistence.database import Database
from shared.security.principal import Principal

WORK = "duplicates"
PAUSE_SECONDS = 3_600
RETRY_SECONDS = 60
POSSIBLE_DUPLICATES = (
    "The district may have a record of this child already. Read the records that `errors` names. If"
    " none is of this child, or a second one is needed, send the request with `?confirmed=true`."
)
FEW_RECORDS = 1_000
"""Up to so many records are looked up among the others; of more, all are read once."""


async def find_of(session: AsyncSession, source: UUID, student_id: UUID) -> int:
    """Compare one record with all others of its district. Gives the number of new likenesses."""
    await session.flush()
    return await _find(session, rules.ONE, source=source, student_id=student_id)


async def ensure_confirmed(session: AsyncSession, caller: Principal, student_id: UUID) -> None:
    """Raises `Conflict("possible-duplicates")` where the record that was just entered may be of the
    same child as others, with their ids. Only those count that the caller may know of. The refusal
    leaves a row of the log for each, since it says that there is a child of this name."""
    alike = await queries.alike(session, student_id)
    children = await facts.facts_of_many(session, caller, {row.student_id for row in alike})
    told: list[Fault] = []
    kept: list[object] = []
    for row in alike:
        child = children.get(row.student_id)
        decision = None if child is None else policy.decide(caller, child)
        if decision is None or Category.IDENTITY not in decision.released:
            continue
        reason = f"The record {row.student_id} may be of the same child."
        told.append(Fault(field="body", code=row.reason, reason=reason))
        kept += disclosures.by_refusal(caller, row.student_id, decision, [Category.IDENTITY])
    if told:
        raise Conflict("possible-duplicates", POSSIBLE_DUPLICATES, told, keeping=kept)


async def find_merged(session: AsyncSession, source: UUID) -> int:
    """Compare the records that a merge touched."""
    touched = text(f"select count(*) from ({rules.TOUCHED}) touched")
    few = (await session.execute(touched)).scalar_one() <= FEW_RECORDS
    return await _find(session, rules.TOUCHED if few else None, source=source)


async def find_for_ever(database: Database, _: Settings) -> None:
    """Compare all records without end, each hour: those of before this release, those that an
    earlier release beside this one writes, and two that were entered at the same moment."""
    find = partial(find_all, database)
    await rounds_for_ever(database, WORK, find, PAUSE_SECONDS, RETRY_SECONDS)


async def find_all(database: Database) -> int:
    """Compare all records, each district's in a transaction of its own."""
    async with database.transaction() as session:
        sources = (await session.execute(select(student.source).distinct())).scalars().all()
    found = 0
    for source in sources:
        async with database.transaction() as session:
            found += await _find(session, source=source)
    return found


async def decide(
    session: AsyncSession, caller: Principal, id: UUID, expected: int,
    decision: DuplicateDecision, now: datetime,
) -> PossibleDuplicateRow:  # fmt: skip
    """Record the district's decision, which a later one replaces."""
    row = await queries.possible_duplicate_row(session, caller, id)
    ensure_version(row, expected)

    row.status = DuplicateStatus(decision.verdict)
    row.decided_at, row.decided_by = now, caller.account_id

    announce(session, row, _changed(row))
    await session.flush()
    await _told(session, await _chained(session, row.source))
    await review_children(session, [row.student_id, row.earlier_id])
    return row


async def _find(
    session: AsyncSession, whom: str | None = None, *, source: UUID, **known: UUID
) -> int:
    pairs = list(await session.execute(text(rules.find(whom)), {"source": source, **known}))
    if pairs:
        pairs += await _chained(session, source)
        await _told(session, pairs)
    return len(pairs)


async def _chained(session: AsyncSession, source: UUID) -> list[Any]:
    pairs: list[Any] = []
    while more := list(await session.execute(text(rules.CHAINED), {"source": source})):
        pairs += more
    return pairs


async def _told(session: AsyncSession, pairs: Collection[Any]) -> None:
    """Announce these pairs, and ask for the re-evaluation of their records."""
    if pairs:
        ids = {"found": [pair.id for pair in pairs]}
        await announce_many(session, PossibleDuplicateChanged, rules.FOUND, ids)
        await review_children(session, {id for pair in pairs for id in pair[1:]})


def _changed(row: PossibleDuplicateRow) -> PossibleDuplicateChanged:
    return PossibleDuplicateChanged(
        possible_duplicate_id=row.id, student_id=row.student_id, earlier_id=row.earlier_id,
        why=DuplicateReason(row.reason), status=DuplicateStatus(row.status),
    )  # fmt: skip
