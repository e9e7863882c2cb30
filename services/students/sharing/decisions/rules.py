"""The parts of a child that are open to a partner's stream, and the parts that the partner is to
delete.

The policy decides once for each purpose of an agreement in force: a stream has no single purpose,
as a request has. Basis: 34 CFR 99.30, 99.31, 99.33.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.students.access.agreements.rules import in_force
from services.students.access.consents_in_force.rules import ConsentFact
from services.students.access.legal_bases.rules import missing
from services.students.access.policy.rules import (
    EMERGENCY_CATEGORIES,
    Decision,
    decide,
    partner_viewer,
    terms_of,
)
from services.students.access.relations.rules import Facts
from services.students.sharing.child_events.rules import Happening
from shared.contracts.purpose import PARTNER_PURPOSES, Purpose
from shared.contracts.students.access import PARTNERS_OWN, Category
from shared.contracts.students.consent import ConsentStatus
from shared.contracts.students.sharing import Why
from shared.core.days import beginning
from shared.security.principal import Principal

NO_GROUND = "No agreement in force and no engagement let this partner know of the child."
NOT_ITS_OWN = "Of this only what the partner recorded itself is open to it."
TOO_EARLY = "It happened before the agreement or the consent that opens this began."


@dataclass(frozen=True, slots=True)
class Opening:
    """An open category, with the viewer and the decision that open it, and the moment since when."""

    viewer: Principal
    decision: Decision
    own: bool
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Openings:
    open: Mapping[Category, Opening]
    closed: Mapping[Category, str]

    @property
    def categories(self) -> frozenset[Category]:
        return frozenset(c for c, opening in self.open.items() if not _own(c, opening))

    @property
    def own(self) -> frozenset[Category]:
        return frozenset(c for c, opening in self.open.items() if _own(c, opening))


@dataclass(frozen=True, slots=True)
class Held:
    """The fields of `HeldRow` that decide."""

    categories: frozenset[Category] = frozenset()
    own: frozenset[Category] = frozenset()
    anew: bool = False
    gone: frozenset[Category] = frozenset()
    read: frozenset[Category] = frozenset()
    read_own: frozenset[Category] = frozenset()

    @property
    def all(self) -> frozenset[Category]:
        return self.categories | self.own | self.read | self.read_own


@dataclass(frozen=True, slots=True)
class Change:
    """The partner is to delete the categories `lost`. It gets the history of those `replayed`."""

    lost: frozenset[Category]
    replayed: frozenset[Category]


def _own(category: Category, opening: Opening) -> bool:
    """Name, grade and school are never a partner's own record, whatever opens them."""
    return opening.own and category in PARTNERS_OWN


def openings(partner_id: UUID, stream_id: UUID, child: Facts | None) -> Openings:
    """The categories open to a partner's stream, and the clauses of the others. A ground that opens
    all records counts before one that opens the partner's own."""
    found: dict[Category, Opening] = {}
    closed: dict[Category, str] = {}
    if child is None:
        return Openings(found, closed)
    for purpose in _purposes(partner_id, child):
        asking = partner_viewer(partner_id, stream_id, purpose)
        decision = decide(asking, child)
        if decision is None:
            known = terms_of(partner_id, asking, child)
            closed = {c: missing(known, c) for c in Category} | closed
            continue
        closed = {**decision.withheld, **closed}
        for category in decision.released:
            own = decision.only(category) is not None
            if category not in found or (found[category].own and not own):
                since = _since(decision, category, child)
                found[category] = Opening(asking, decision, own, since)
    return Openings(found, closed)


def _purposes(partner_id: UUID, child: Facts) -> list[Purpose]:
    """The purposes of the agreements in force. A live engagement adds the purpose `service`."""
    named = {a.purpose for a in child.agreements if in_force(a, child.now)}
    if any(partner == partner_id for partner, _ in child.engaged):
        named.add(Purpose.SERVICE)
    return [purpose for purpose in PARTNER_PURPOSES if purpose in named]


def _since(decision: Decision, category: Category, child: Facts) -> datetime | None:
    """The moment when agreement and consent had both begun; None for the partner's own record."""
    ground = decision.released[category]
    began = [a.starts_at for a in child.agreements if a.id == ground.agreement_id]
    began += [beginning(c.begins_on) for c in child.consents if c.id == ground.consent_id]
    return max(began, default=None)


def withheld(partner_id: UUID, happening: Happening, found: Openings) -> str | None:
    """The clause that withholds an event from the partner's stream; None where nothing does."""
    opening = found.open.get(happening.category)
    if opening is None:
        return found.closed.get(happening.category, NO_GROUND)
    if _own(happening.category, opening) and happening.partner_id != partner_id:
        return NOT_ITS_OWN
    if opening.since is not None and happening.time < opening.since:
        return TOO_EARLY
    return None


def change(
    before: Held, found: Openings, *, destroyed: bool, in_emergency: bool = False
) -> Change:
    """The categories that the partner loses, and those of which it gets the history.

    The partner keeps its own records when an engagement ends; it loses them only when the child's
    record, or that part of it, is erased. `in_emergency`: a person of the partner has an open
    emergency access, and the partner keeps its categories until the access ends (99.36).
    """
    categories, own = found.categories, found.own
    opened = frozenset(EMERGENCY_CATEGORIES if in_emergency else ())
    lost = (before.categories - categories) | (before.read - categories - opened)
    if destroyed:
        lost = before.all
    lost |= before.gone & before.all
    if lost or before.anew:
        return Change(lost, categories | own)
    gained = (categories - before.categories) | (own - before.own - before.categories)
    return Change(lost, gained)


def why(
    partner_id: UUID, child: Facts | None, lost: frozenset[Category], gone: frozenset[Category]
) -> Why:
    if child is None or lost <= gone:
        return Why.DESTROYED
    said_no = any(
        consent.status != ConsentStatus.GRANTED
        and not lost.isdisjoint(consent.categories)
        and _of(consent, partner_id, child.partner_kind)
        for consent in child.consents
    )
    opted_out = child.opted_out and Category.IDENTITY in lost
    return Why.REVOKED if said_no or opted_out else Why.ENDED


def _of(consent: ConsentFact, partner_id: UUID, kind: str | None) -> bool:
    return consent.partner_id == partner_id or (kind is not None and consent.partner_kind == kind)
