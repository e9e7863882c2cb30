"""A rehearsal leaves the keys as it found them, so that there can be another."""

from pathlib import Path

import pytest

from tests.operating import acts
from tests.operating.stage import Stage


def test_the_rehearsal_brings_back_the_keys_that_it_put_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "SECRETS", tmp_path)
    (tmp_path / "offline").mkdir()
    (tmp_path / "offline" / "key").write_text("a key")
    for _ in range(2):
        acts.put_away(Stage({}))
        assert not (tmp_path / "offline").exists()
        acts.bring_back()
        assert (tmp_path / "offline" / "key").read_text() == "a key"


def test_the_rehearsal_leaves_keys_alone_that_are_back_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "SECRETS", tmp_path)
    (tmp_path / "offline").mkdir()
    acts.put_away(Stage({}))
    (tmp_path / "offline").mkdir()
    (tmp_path / "offline" / "key").write_text("another")
    acts.bring_back()
    assert (tmp_path / "offline" / "key").read_text() == "another"
