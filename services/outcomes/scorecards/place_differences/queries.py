"""Adding up the people whom one table counts and another does not."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from services.outcomes.indicators.disaggregates.queries import groups
from services.outcomes.indicators.indicators.queries import definitions_of
from services.outcomes.observations.differences.rules import People
from services.outcomes.observations.figures.queries import sums_of
from services.outcomes.observations.figures.rules import Figures, Wanted
from services.outcomes.observations.observations.rules import GroupNames
from services.outcomes.scorecards.published_tables.rules import Published
from services.outcomes.scorecards.reports.rules import Group
from shared.contracts.outcomes.indicator import Derivation, Indicator, Unit
from shared.persistence.database import Reading


class Pair(NamedTuple):
    """A table to be published beside one that was, of other places that share some."""

    indicator_id: UUID
    definition: int
    period: str
    places: frozenset[int]
    others: frozenset[int]
    common: frozenset[int]


class Sum(NamedTuple):
    """A definition's figures over some places."""

    indicator_id: UUID
    definition: int
    places: frozenset[int]


class Counted(NamedTuple):
    """A definition, and whether its numerator counts people."""

    definition_id: UUID
    derivation: Derivation | None
    people: bool


Apart = list[dict[Group, People]]
Sums = Mapping[tuple[Sum, str], Figures]


def pair(table: Published, old: Published) -> Pair:
    common = table.covers & old.covers
    of = table.indicator_id, table.definition, table.period
    return Pair(*of, table.place_ids, old.place_ids, common)


async def apart_of(
    reader: Reading, indicators: Mapping[UUID, Indicator], pairs: Iterable[Pair]
) -> dict[Pair, Apart]:
    """The people of the one table who are not in the other, and the reverse, as they are now.
    Nobody where the two share no place or count the same people."""
    asked = [each for each in set(pairs) if each.common and each.places != each.others]
    if not asked:
        return {}
    counted = {
        (of, definition.number): Counted(
            id, indicators[of].derivation, _are_people(indicators[of].derivation, definition.unit)
        )
        for of, known in (await definitions_of(reader, list(indicators))).items()
        for id, definition in known
    }
    wanted = list({each for pair in asked for each in _sums(pair)})
    known = await _added_up(reader, counted, wanted)
    names = await groups(reader)
    return {
        each: _apart(each, known, names, people=counted[each.indicator_id, each.definition].people)
        for each in asked
    }


def _are_people(derivation: Derivation | None, unit: Unit) -> bool:
    """Whether the numerator counts people: a mean's is a sum, a rate's are days."""
    return unit is Unit.PERCENT and derivation is not Derivation.ATTENDANCE_RATE


def _sums(of: Pair) -> tuple[Sum, Sum, Sum]:
    """Of the one table, of the other, and of the places that both cover."""
    one, other, common = (
        Sum(of.indicator_id, of.definition, places) for places in (of.places, of.others, of.common)
    )
    return one, other, common


async def _added_up(
    reader: Reading, counted: Mapping[tuple[UUID, int], Counted], wanted: Sequence[Sum]
) -> Sums:
    asked = []
    for owner, each in enumerate(wanted):
        of = counted[each.indicator_id, each.definition]
        asked.append(Wanted(owner, of.definition_id, of.derivation, sorted(each.places)))
    found = await sums_of(reader, asked)
    return {(wanted[owner], period): sums for (owner, period), sums in found.items()}


def _apart(of: Pair, known: Sums, names: GroupNames, *, people: bool) -> Apart:
    one, other, common = (
        _people(known.get((each, of.period)), names, people=people) for each in _sums(of)
    )
    nobody = People(0, 0 if people else None)
    return [
        {group: count.minus(common.get(group, nobody)) for group, count in whole.items()}
        for whole in (one, other)
    ]


def _people(sums: Figures | None, names: GroupNames, *, people: bool) -> dict[Group, People]:
    if sums is None:
        return {}
    return {
        names[group]: People(all, reached if people else None)
        for group, all, reached in zip(sums.group_ids, sums.people, sums.numerators, strict=True)
    }
