"""The demonstration of one school year, made once."""

import pytest

from deploy.demonstration.world import World, world

YEAR = 2027


@pytest.fixture(scope="session")
def made() -> World:
    return world(YEAR)
