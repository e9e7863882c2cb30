"""schemathesis, in an environment of its own, against a platform that runs."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
LOCKED = ROOT / "requirements-fuzz.txt"
ENVIRONMENT = ROOT / ".venv-fuzz"
FAULT_CHARACTERS = 200
ERROR = re.compile(r"^\s*(\w+(?:Error|Exception): .*)$", re.MULTILINE)
PHASES = {True: "examples,coverage,fuzzing,stateful", False: "fuzzing,stateful"}


class NotRun(Exception):
    """schemathesis could not be installed, or ended with a fault of its own."""


async def installed() -> Path:
    """The program; installed first where it is not there as it is locked. Raises NotRun."""
    stamp = ENVIRONMENT / "installed"
    locked = LOCKED.read_text()
    if not stamp.exists() or stamp.read_text() != locked:
        pip = ENVIRONMENT / "bin" / "pip"
        await _done(sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT))
        await _done(str(pip), "install", "-q", "--disable-pip-version-check", "--require-hashes",
                    "-r", str(LOCKED))  # fmt: skip
        stamp.write_text(locked)
    return ENVIRONMENT / "bin" / "schemathesis"


async def _done(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise NotRun(f"{command[0]}: {said.decode(errors='replace')[-2000:]}")


async def ask(
    program: Path, gateway: str, token: str | None, seed: int, examples: int, folder: Path,
    *, first: bool, seconds: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """What hooks.py found: answers, by_operation, excepted, findings. `first`: with what is the
    same for every seed. `seconds`: at most. `fault`: what schemathesis said where it ended with a
    fault of its own. Raises NotRun."""
    found, log = folder / "found.json", folder / "schemathesis.log"
    found.unlink(missing_ok=True)
    command = [
        str(program), "run", f"{gateway}/openapi.json", "--checks", "all", "--phases", PHASES[first],
        "--seed", str(seed), "--max-examples", str(examples), "--workers", "1",
        "--continue-on-failure", "--request-timeout", "30", "--max-redirects", "0",
        "--generation-database", "none", "--suppress-health-check", "all", "--warnings", "off",
        "--no-color", "--no-shrink",
    ]  # fmt: skip
    if seconds is not None:
        command += ["--max-time", str(seconds)]
    if token is not None:
        command += ["-H", f"Authorization: Bearer {token}"]
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(HERE),
        "SCHEMATHESIS_HOOKS": "hooks", "FUZZ_FOUND": str(found),
        "PYTHONHASHSEED": "0",
    }  # fmt: skip
    with log.open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=said, stderr=said, cwd=folder
        )
        try:
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
    if not found.exists():
        raise NotRun(f"schemathesis ended with {code}:\n{log.read_text()[-3000:]}")
    read: dict[str, Any] = json.loads(found.read_text())
    return read | {"fault": _fault(code, log.read_text()) if code else None}


def _fault(code: int, said: str) -> str:
    """In a line, and without where on this machine."""
    return next(reversed(ERROR.findall(said)), f"ended with {code}")[:FAULT_CHARACTERS]
