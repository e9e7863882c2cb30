"""Living in another time zone, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.core import days
from shared.core.settings import from_environment


@contextmanager
def living_in(zone: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIME_ZONE", zone)
        _ask_anew()
        yield
    _ask_anew()


def _ask_anew() -> None:
    from_environment.cache_clear()
    days.zone.cache_clear()
