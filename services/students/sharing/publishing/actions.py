"""Writing a partner's messages and retractions about a child, as decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.relations.rules import Facts
from services.students.sharing.child_events.rules import Happening
from services.students.sharing.decisions.queries import Listener, ended_by_roster, moment
from services.students.sharing.decisions.records import HeldRow
from services.students.sharing.decisions.rules import (
    NO_GROUND,
    Change,
    Opening,
    Openings,
    withheld,
)
from services.students.sharing.decisions.rules import why as why_lost
from services.students.sharing.publishing.rules import Batch
from services.students.sharing.retractions.actions import Lost, retract_children, withdraw
from services.students.sharing.retractions.records import RetractionRow
from shared.contracts.students.access import Category
from shared.contracts.students.disclosure import Channel
from shared.contracts.students.sharing import SharingTold, Why
from shared.events.partner_outbox import Terms, tell_partner


@dataclass(frozen=True)
class Child:
    """Everything that the messages to one partner about one child need."""

    listener: Listener
    row: HeldRow
    found: Openings
    facts: Facts | None
    withdrawn: Sequence[RetractionRow] = ()
    """Retractions whose cause is undone."""


async def disclose_children(
    session: AsyncSession, listener: Listener, children: Sequence[tuple[Child, Change]],
    history: Mapping[UUID, Sequence[Happening]], batch: Batch,
) -> None:  # fmt: skip
    """Write the retractions of all children, then their messages. No statement runs in between, so
    that the rows of all children are written together."""
    if any(change.lost or child.withdrawn for child, change in children):
        await _retract(session, listener, children)
    for child, change in children:
        await _disclose_child(session, child, change, history, batch)


async def _retract(
    session: AsyncSession, listener: Listener, children: Sequence[tuple[Child, Change]]
) -> None:
    """The new retractions, and the withdrawals of those whose cause is undone."""
    losing = [(child, change.lost) for child, change in children if change.lost]
    rostered = await ended_by_roster(session, [child.row.student_id for child, _ in losing])
    now, listening = await moment(session), listener.listening
    lost = []
    for child, categories in losing:
        child.row.told += 1
        gone = frozenset(map(Category, child.row.gone))
        why = why_lost(listener.partner_id, child.facts, categories, gone)
        by_roster = why is Why.ENDED and child.row.student_id in rostered
        lost.append(Lost(child.row, categories, why, by_roster))
    if lost:
        await retract_children(session, listener.partner_id, lost, now, listening=listening)
    for child, _ in children:
        for retraction in child.withdrawn:
            withdraw(session, retraction, child.row, now, listening=listening)


async def _disclose_child(
    session: AsyncSession, child: Child, change: Change,
    history: Mapping[UUID, Sequence[Happening]], batch: Batch,
) -> None:  # fmt: skip
    row, found = child.row, child.found
    row.gone = []
    row.read = sorted(set(row.read) - change.lost)
    row.read_own = sorted(set(row.read_own) - change.lost)
    if child.listener.listening:
        _disclose_events(session, child, change, history.get(row.student_id, ()), batch)
        row.categories, row.own, row.anew = sorted(found.categories), sorted(found.own), False
    else:
        row.categories = sorted(found.categories & set(row.categories))
        row.own = sorted(found.own & set(row.own))
    if child.facts is not None:
        session.add(row)
    elif row in session:
        await session.delete(row)


def _disclose_events(
    session: AsyncSession, child: Child, change: Change, history: Sequence[Happening],
    batch: Batch,
) -> None:  # fmt: skip
    row = child.row
    again = [h for h in history if h.category in change.replayed]
    fresh = [
        event
        for event in batch.by_child.get(row.student_id, ())
        if event.category not in change.replayed
    ]
    for event in sorted((*again, *fresh), key=lambda happening: happening.position):
        clause = withheld(row.partner_id, event, child.found)
        new = event.position in batch.positions
        if clause is None:
            _disclose(session, row, event, child.found.open[event.category], replayed=not new)
        if clause is None or new:
            batch.counts[row.partner_id, event.category, clause or ""] += 1


def _disclose(
    session: AsyncSession, row: HeldRow, event: Happening, opening: Opening, *, replayed: bool
) -> None:
    row.told += 1
    ground = opening.decision.released[event.category]
    told = SharingTold(
        student_id=row.student_id, own_id=row.own_id, category=event.category, what=event.type,
        record_id=event.aggregate_id if event.partner_id == row.partner_id else None,
        happened_at=event.time, link=f"/v1/views/students/{row.student_id}",
        statement=event.category in opening.decision.stated,
    )  # fmt: skip
    terms = Terms(
        opening.viewer.purpose,
        ground.consent_id,
        ground.agreement_id,
        ground.further_parties,
        replayed=replayed,
    )
    tell_partner(session, row.partner_id, row.student_id, row.student_id, row.told, told, terms)
    disclosures.release(
        session, opening.viewer, row.student_id, opening.decision, [event.category], Channel.EVENT
    )


def withhold(batch: Batch, partner_id: UUID, student_id: UUID, found: Openings) -> None:
    for event in batch.by_child.get(student_id, ()):
        clause = withheld(partner_id, event, found)
        batch.counts[partner_id, event.category, clause or NO_GROUND] += 1
