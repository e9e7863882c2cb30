"""The ports, the issuer and the processes that `make up` remembers between two starts."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import state


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORTS", "_RUNNING", "PLATFORM"):
        monkeypatch.setattr(state, name, tmp_path / name)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_gives_way_to_the_next_free_one_and_the_launcher_says_so(
    taken: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(state, "WANTED_PORTS", {"gateway": taken, "partners": taken})
    ports = state.choose_ports()
    assert taken < ports.of["gateway"] < ports.of["partners"]
    assert f"port {taken} is taken" in capsys.readouterr().out


def test_the_next_start_takes_the_same_ports(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "WANTED_PORTS", {"gateway": taken})
    assert state.choose_ports() == state.choose_ports()


def test_the_issuer_stays_the_same_when_the_gateway_moves_to_another_port(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "WANTED_PORTS", {})
    known = {"public_url": f"http://127.0.0.1:{taken}", "ports": {"gateway": taken}}
    state.PORTS.write_text(json.dumps(known))
    ports = state.choose_ports()
    assert ports.of["gateway"] != taken and ports.public_url == known["public_url"]


def test_the_launcher_remembers_a_running_process_until_it_ends() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    state.remember([child.pid])
    assert [process.pid for process in state.remembered()] == [os.getpid(), child.pid]
    launcher = state.launcher()
    assert launcher is not None and launcher.pid == os.getpid()
    child.communicate(b"\n")
    assert [process.pid for process in state.remembered()] == [os.getpid()]
    state.forget()
    assert state.launcher() is None


def test_a_later_process_with_the_same_number_is_not_taken_for_one_of_ours() -> None:
    state._RUNNING.write_text(json.dumps([{"pid": os.getpid(), "since": 1.0}]))
    assert state.remembered() == [] and state.launcher() is None


def test_only_their_owner_can_read_the_tokens() -> None:
    state.write_platform({"people": [{"token": "x"}]})
    assert state.PLATFORM.stat().st_mode & 0o777 == 0o600
    assert state.platform()["people"][0]["token"] == "x"
