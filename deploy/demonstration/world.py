"""Everything that is to be loaded, made once."""

from dataclasses import dataclass
from datetime import date

from deploy.demonstration.engagements import Taken, programs
from deploy.demonstration.people import Cast, cast
from deploy.demonstration.roster import District, district
from deploy.demonstration.years import school_year_of


@dataclass(frozen=True)
class World:
    """As of one day: what is here depends on it and on nothing else."""

    day: date
    district: District
    programs: list[Taken]
    cast: Cast

    @property
    def year(self) -> int:
        return school_year_of(self.day)


def world(day: date) -> World:
    year = school_year_of(day)
    there = district(year)
    taken = programs(there.students, year)
    return World(day, there, taken, cast(there, taken))
