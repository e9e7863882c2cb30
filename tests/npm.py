"""Packages of npm that tests run. A test that asks for them needs "npm"."""

import fcntl
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

from deploy.state import LOCAL

INSTALL_SECONDS = 300


def installed(where: Path) -> Path:
    """The folder that holds the packages of `where`, installed from its lock once for each lock."""
    lock = sha256((where / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = LOCAL / f"npm-{where.name}-{lock}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            for name in ("package.json", "package-lock.json"):
                shutil.copy(where / name, folder)
            subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=folder, check=True, capture_output=True, timeout=INSTALL_SECONDS,
            )  # fmt: skip
            (folder / "installed").touch()
    return folder
