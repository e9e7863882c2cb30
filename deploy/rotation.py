"""Lets one key take over from another, and no caller notices.

`python -m deploy.rotation [principal] [grant] [access_token] [cursor]`   all four where none is named
`python -m deploy.rotation broker_users`   another user of the broker for each process
`python -m deploy.rotation --local …`      the keys of `make up`, while it is down

The next key takes over; every process believes it already. A new next one is made, and the old one
is believed until `make secrets` drops it. Before that, restart the processes that sign; after
it, those that verify: docs/operating.md has the commands. Users of the broker are replaced at
once, and the old ones are admitted until the broker has read its accounts anew. `make up` starts
all processes together, so that the old key counts no more from then on.
"""

import sys
from pathlib import Path

from deploy import state
from deploy.broker_keys import KEEPER, USERS, replace_user
from deploy.files import keep_in_step
from deploy.keys import (
    OWN,
    PAIRS,
    ensure_keys,
    new_own,
    new_private_key,
    own_file,
    pair_of,
    public_keys,
    read_own,
    written_own,
)
from deploy.secret_files import FOLDER, show_to_containers

EVERY = (*PAIRS, *OWN)
BROKER_USERS = "broker_users"
LOCAL = "--local"


def rotate(folder: Path, name: str) -> None:
    """Lets the next key take over. Each file names first the key that signs, then the next, then
    the one before."""
    if name in PAIRS:
        signing, following = pair_of(folder, name)
        before, now, then = signing.read_text(), following.read_text(), new_private_key()
        keep_in_step(folder / f"{name}_public_key", public_keys([now, then, before]))
        keep_in_step(signing, now)
        keep_in_step(following, then)
    else:
        file = own_file(folder, name)
        before, now, *_ = read_own(name, file.read_text())
        keep_in_step(file, written_own(name, [now, new_own(name), before]))


def main(names: list[str]) -> None:
    folder = state.LOCAL / "keys" if LOCAL in names else FOLDER
    names = [name for name in names if name != LOCAL]
    if unknown := set(names) - {*EVERY, BROKER_USERS}:
        sys.exit(f"There is no {', '.join(sorted(unknown))}.\n{__doc__}")
    if folder != FOLDER and state.launcher() is not None:
        sys.exit("The platform runs. Stop it (`make down`), try again.")
    ensure_keys(folder)
    for name in names or EVERY:
        if name == BROKER_USERS:
            for user in (*USERS, KEEPER):
                replace_user(folder, user)
            print("Every process has a new user of the broker.")
        else:
            rotate(folder, name)
            print(f"{name}: the next key has taken over.")
    if folder == FOLDER:
        show_to_containers(FOLDER)


if __name__ == "__main__":
    main(sys.argv[1:])
