"""A disk of its own that can lose its power, be lost whole, or be full: an ext4 in a file, mounted
over a loop device. Needs root; where the machine does not allow it, that is said."""

import fcntl
import os
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2  # what is not on the disk is gone, the journal's tail too
UMOUNT_TRIES = 600  # a minute: a busy machine lets go late of what a killed broker held


class NoDisk(Exception):
    """Why there can be none here."""


@dataclass
class Disk:
    image: Path
    mount: Path
    megabytes: int

    def make(self) -> None:
        _run("truncate", "-s", f"{self.megabytes}M", str(self.image))
        _run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0",
             str(self.image))  # fmt: skip
        self.plug_in()

    def plug_in(self) -> None:
        _run("mount", "-o", "loop", str(self.image), str(self.mount))

    def cut_power(self) -> None:
        """Drops everything that is not on the disk yet; nothing can be written any more."""
        opened = os.open(self.mount, os.O_RDONLY)
        try:
            fcntl.ioctl(opened, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(opened)

    def unplug(self) -> None:
        for _ in range(UMOUNT_TRIES):
            if subprocess.run(["umount", str(self.mount)], capture_output=True,
                              check=False).returncode == 0:  # fmt: skip
                return
            time.sleep(0.1)
        raise NoDisk("the disk is still in use")

    def fill(self) -> Path:
        """Until nothing more goes onto it. Removing the file makes room again."""
        ballast = self.mount / "ballast"
        with ballast.open("wb", buffering=0) as opened:
            try:
                while True:
                    opened.write(b"\0" * 65_536)
            except OSError:
                pass
        return ballast


@contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """Raises NoDisk."""
    made = Disk(folder / "disk.img", folder / "disk", megabytes)
    made.mount.mkdir()
    try:
        made.make()
    except (OSError, subprocess.CalledProcessError) as error:
        why = getattr(error, "stderr", "") or str(error)
        raise NoDisk(f"no ext4 on a loop device here: {why.strip()}") from error
    try:
        yield made
    finally:
        subprocess.run(["umount", "-l", str(made.mount)], capture_output=True, check=False)
        made.image.unlink(missing_ok=True)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
