"""Files that hold a secret: made once, readable by their owner alone."""

import os
from collections.abc import Callable
from pathlib import Path


def kept(file: Path, make: Callable[[], str]) -> str:
    """The content of `file`, which `make` makes where there is none yet."""
    if not file.exists():
        write_secret(file, make())
    return file.read_text()


def keep_in_step(file: Path, value: str) -> None:
    """Writes `value` where the file does not hold it already."""
    if not file.exists() or file.read_text() != value:
        file.unlink(missing_ok=True)
        write_secret(file, value)


def write_secret(file: Path, value: str) -> None:
    """Writes a file that others can never read, not even for a moment."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(value)
