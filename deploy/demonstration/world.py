"""Everything that is to be loaded, made once."""

from dataclasses import dataclass

from deploy.demonstration.engagements import Taken, programs
from deploy.demonstration.people import Cast, cast
from deploy.demonstration.roster import District, district


@dataclass(frozen=True)
class World:
    """Of one school year: what is here depends on it and on nothing else."""

    year: int
    district: District
    programs: list[Taken]
    cast: Cast


def world(year: int) -> World:
    there = district(year)
    taken = programs(there.students, year)
    return World(year, there, taken, cast(there, taken))
