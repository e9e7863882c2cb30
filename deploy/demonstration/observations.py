"""Five years of observations: each indicator by neighborhood, period and group, CSV.

The groups of a dimension always add up to everybody, so that figures can be checked.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from deploy.demonstration.dice import dice
from deploy.demonstration.indicators import INDICATORS, Measured
from deploy.demonstration.years import last_day

YEARS = 5
COLUMNS = (
    "indicator", "definition_version", "place_kind", "place", "period", "dimension", "group",
    "numerator", "denominator", "value", "n", "as_of", "source", "place_name",
)  # fmt: skip


@dataclass(frozen=True)
class Neighborhood:
    """`share` of the city's people; `ahead` of the city by so many percent."""

    key: str
    name: str
    share: float
    ahead: float


ZONE = Neighborhood("lantern-hill", "Lantern Hill", 0.17, -9.0)
NEIGHBORHOODS = (
    ZONE,
    Neighborhood("tidewater", "Tidewater", 0.21, -4.0),
    Neighborhood("copper-creek", "Copper Creek", 0.19, 2.0),
    Neighborhood("beacon", "Beacon", 0.16, 5.0),
    Neighborhood("northbank", "Northbank", 0.15, 9.0),
    Neighborhood("old-harbor", "Old Harbor", 0.12, -2.0),
)
Groups = tuple[tuple[str, float, float], ...]
DIMENSIONS: dict[str, Groups] = {
    "race_ethnicity": (
        ("Black or African American", 0.31, -7.0), ("Hispanic or Latino", 0.26, -5.0),
        ("White", 0.20, 9.0), ("Asian", 0.14, 7.0), ("Two or More Races", 0.05, 1.0),
        ("Native Hawaiian or Pacific Islander", 0.02, -6.0),
        ("American Indian or Alaska Native", 0.02, -8.0),
    ),
    "sex": (("Female", 0.49, 2.5), ("Male", 0.51, -2.5)),
    "economic_disadvantage": (
        ("Economic Disadvantaged", 0.62, -7.0), ("Not Economic Disadvantaged", 0.38, 11.0),
    ),
    "english_learner": (("Limited", 0.17, -14.0), ("NotLimited", 0.83, 3.0)),
    "disability": (
        ("Individuals with Disabilities Education Act", 0.14, -19.0),
        ("Section 504", 0.04, -5.0), ("No Disability", 0.82, 3.5),
    ),
}  # fmt: skip
"""Each group with its share and how far it is ahead, in percent."""


@dataclass(frozen=True)
class Observation:
    indicator: Measured
    place: Neighborhood
    year: int
    dimension: str
    group: str
    numerator: int
    denominator: int


def observations(year: int) -> Iterator[Observation]:
    """Of the five school years before `year`."""
    chance = dice("observations")
    for each in INDICATORS:
        if each.derivation is None:
            for place in NEIGHBORHOODS:
                for earlier in range(YEARS, 0, -1):
                    yield from _table(chance, each, place, year - earlier, YEARS - earlier)


def _table(
    chance: Random, each: Measured, place: Neighborhood, year: int, since: int
) -> Iterator[Observation]:
    """All groups of one place and year."""
    people = round(each.people * place.share * chance.uniform(0.95, 1.05))
    level = each.level + each.change * since + place.ahead * each.spread + chance.gauss(0, 1.2)
    full = 100 if each.unit == "percent" else 500
    total = _counted(people, level, full)
    yield Observation(each, place, year, "all", "all", total, people)
    for dimension, groups in DIMENSIONS.items():
        sizes = apportioned(people, [share for _, share, _ in groups])
        reached = [
            _counted(size, level + ahead * each.spread + chance.gauss(0, 1), full)
            for size, (_, _, ahead) in zip(sizes, groups, strict=True)
        ]
        limits = [size * full // 100 for size in sizes]
        fitted = fit(reached, limits, total)
        for (group, _, _), size, count in zip(groups, sizes, fitted, strict=True):
            yield Observation(each, place, year, dimension, group, count, size)


def _counted(people: int, level: float, full: int) -> int:
    return round(people * min(max(level, 2), full - 2) / 100)


def apportioned(total: int, shares: Sequence[float]) -> list[int]:
    """Whole numbers near the shares that add up to the total."""
    parts = [int(total * share) for share in shares]
    order = sorted(range(len(parts)), key=lambda n: parts[n] - total * shares[n])
    for n in range(total - sum(parts)):
        parts[order[n % len(order)]] += 1
    return parts


def fit(counts: Sequence[int], limits: Sequence[int], total: int) -> list[int]:
    """The counts moved evenly, each between 0 and its limit, until they add up to the total."""
    moved = list(counts)
    missing = total - sum(moved)
    while missing:
        step = 1 if missing > 0 else -1
        for n, limit in enumerate(limits):
            if missing and 0 <= moved[n] + step <= limit:
                moved[n] += step
                missing -= step
    return moved


def file(year: int) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(each) for each in observations(year))
    return text.getvalue().encode()


def _row(of: Observation) -> tuple[str, ...]:
    """A mean is its sum in hundreds over n."""
    share = of.indicator.unit == "percent"
    mean = f"{of.numerator * 100 / max(of.denominator, 1):.1f}"
    return (
        of.indicator.key, "1", "neighborhood", of.place.key, f"{of.year - 1}-{of.year}",
        of.dimension, of.group, f"{of.numerator}" if share else "",
        f"{of.denominator}" if share else "", "" if share else mean,
        "" if share else f"{of.denominator}", f"{last_day(of.year)}", of.indicator.source,
        of.place.name,
    )  # fmt: skip
