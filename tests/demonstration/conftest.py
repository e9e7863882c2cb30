"""The demonstration as of one day, made once."""

from datetime import date

import pytest

from deploy.demonstration.world import World, world

DAY = date(2026, 7, 1)  # the first of the school year 2027


@pytest.fixture(scope="session")
def made() -> World:
    return world(DAY)
