"""Makes the keys and passwords of the containers, under `deploy/secrets` (`make secrets`). A file
that exists is left alone.

The folder is readable by its owner alone. The files in it are readable by all, since Docker
Compose shows a file to a container as it is, and no process of ours is root there.
"""

import secrets
from functools import partial
from pathlib import Path

from deploy.files import kept
from deploy.keys import ensure_keys
from shared.persistence.migrations import SERVICES

FOLDER = Path(__file__).parent / "secrets"
PASSWORD_BYTES = 24
READABLE = 0o444


def ensure_secrets(folder: Path = FOLDER) -> None:
    """Makes every file that docker-compose.yml and docker-compose.local.yml name."""
    ensure_keys(folder)
    kept(folder / "postgres_password", _password)
    for service in SERVICES:
        password = kept(folder / f"{service}_database_password", _password)
        url = f"postgresql+asyncpg://{service}:{password}@postgres:5432/{service}"
        kept(folder / f"{service}_database_url", partial(str, url))
    kept(folder / "nats_url", lambda: "nats://broker:4222")
    show_to_containers(folder)


def show_to_containers(folder: Path) -> None:
    """Makes the files readable in containers."""
    for file in folder.iterdir():
        if file.is_file():  # not the offline keys
            file.chmod(READABLE)


def _password() -> str:
    return secrets.token_hex(PASSWORD_BYTES)


if __name__ == "__main__":
    ensure_secrets()
    print(f"Keys and passwords are in {FOLDER.relative_to(Path.cwd())}.")
