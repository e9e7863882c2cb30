"""Tells a partner of a child what was decided, and takes back what it may have no more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.relations.rules import Facts
from services.students.sharing.child_events.rules import Happening
from services.students.sharing.decisions.queries import Listener, moment
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
from services.students.sharing.retractions.actions import Lost, retract_children
from shared.contracts.students.access import Category
from shared.contracts.students.disclosure import Channel
from shared.contracts.students.sharing import SharingTold
from shared.events.partner_outbox import Terms, tell_partner


@dataclass(frozen=True)
class Child:
    """What is known when a partner is told of one child."""

    listener: Listener
    row: HeldRow
    found: Openings
    facts: Facts | None


async def tell_children(
    session: AsyncSession, listener: Listener, children: Sequence[tuple[Child, Change]],
    history: Mapping[UUID, Sequence[Happening]], batch: Batch,
) -> None:  # fmt: skip
    """Of each child first what is lost, then what is told. Nothing is asked of the database in
    between, so that the rows of all children are written together."""
    lost = []
    for child, change in children:
        if change.lost:
            child.row.told += 1
            gone = frozenset(map(Category, child.row.gone))
            why = why_lost(listener.partner_id, child.facts, change.lost, gone)
            lost.append(Lost(child.row, change.lost, why))
    if lost:
        now = await moment(session)
        await retract_children(
            session, listener.partner_id, lost, now, listening=listener.listening
        )
    for child, change in children:
        await _tell_child(session, child, change, history, batch)


async def _tell_child(
    session: AsyncSession, child: Child, change: Change,
    history: Mapping[UUID, Sequence[Happening]], batch: Batch,
) -> None:  # fmt: skip
    row, found = child.row, child.found
    row.gone = []
    row.read = sorted(set(row.read) - change.lost)
    row.read_own = sorted(set(row.read_own) - change.lost)
    if child.listener.listening:
        _tell_events(session, child, change, history.get(row.student_id, ()), batch)
        row.categories, row.own, row.anew = sorted(found.categories), sorted(found.own), False
    else:
        row.categories = sorted(found.categories & set(row.categories))
        row.own = sorted(found.own & set(row.own))
    if child.facts is not None:
        session.add(row)
    elif row in session:
        await session.delete(row)


def _tell_events(
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
            _tell(session, row, event, child.found.open[event.category], replayed=not new)
        if clause is None or new:
            batch.counts[row.partner_id, event.category, clause or ""] += 1


def _tell(
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
