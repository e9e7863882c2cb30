"""The harness works, and can fail: a short run; the whole one is `make proof`."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.harness import end_postgres
from tests.faults.kills import broken, killed

SEED = 11


@pytest.fixture
def root() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="proof-", dir="/var/tmp"))
    yield made
    end_postgres(made)
    shutil.rmtree(made, ignore_errors=True)


async def test_kills_lose_nothing_as_shipped(root: Path) -> None:
    found = await killed(root, SEED, 4)
    assert found["acknowledged"] > 0
    assert found["effects"] > 0
    assert (found["kills"], found["bad"], found["surprises"]) == (4, {}, {})


async def test_acknowledging_before_the_work_is_seen_to_lose(root: Path) -> None:
    found = await broken(root, SEED, "acknowledged-first", kills=2)
    assert found["lost_effects"] > 0
