"""A process that ends is started again, after a longer pause each time."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy import processes
from deploy.processes import Process, logged, stop

STUBBORN = "import signal,time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def python(code: str, log: Path) -> Process:
    return Process("sample", logged([sys.executable, "-c", code], {}, log))


def until_ended(process: Process) -> None:
    assert process.running is not None
    process.running.wait(10)


def test_a_process_that_ends_is_started_again_after_a_longer_pause_each_time(
    tmp_path: Path,
) -> None:
    process = python("raise SystemExit(3)", tmp_path / "log")
    process.begin()
    waits = []
    for _ in range(3):
        until_ended(process)
        said = process.keep()
        assert said is not None and "ended (code 3)" in said
        assert process.keep() is None  # not yet
        waits.append(process.again_at - time.monotonic())
        process.again_at = time.monotonic()
        assert process.keep() == "sample was started again"
    until_ended(process)
    assert waits[0] < waits[1] < waits[2] <= processes.BACK_OFF_MOST_SECONDS


def test_a_process_that_runs_is_left_alone(tmp_path: Path) -> None:
    process = python("import time; time.sleep(60)", tmp_path / "log")
    process.begin()
    assert process.keep() is None and process.alive
    stop([process])
    assert not process.alive


def test_a_process_that_ignores_the_signal_to_end_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.5)
    process = python(STUBBORN, tmp_path / "log")
    process.begin()
    while "up" not in (tmp_path / "log").read_text():
        time.sleep(0.02)
    stop([process])
    assert process.running is not None and process.running.returncode == -9


def test_the_output_of_a_process_goes_to_its_log_and_a_full_log_makes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LOG_BYTES", 3)
    log = tmp_path / "sample.log"
    for word in ("first", "second"):
        process = python(f"print({word!r})", log)
        process.begin()
        until_ended(process)
    assert log.read_text() == "second\n"
    assert (tmp_path / "sample.old.log").read_text() == "first\n"


def test_ctrl_c_in_the_terminal_does_not_reach_a_child_process(tmp_path: Path) -> None:
    process = python("import os; print(os.getsid(0) == os.getpid())", tmp_path / "log")
    process.begin()
    until_ended(process)
    assert (tmp_path / "log").read_text() == "True\n"
    assert isinstance(process.running, subprocess.Popen)
