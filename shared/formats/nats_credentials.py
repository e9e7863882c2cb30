"""Credentials of a user of the broker, in the form that every NATS client reads: the user's token,
and the private key that proves it."""

import re
from dataclasses import dataclass

FORM = """-----BEGIN NATS USER JWT-----
{token}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
{seed}
------END USER NKEY SEED------
"""
READ = re.compile(r"-----BEGIN [A-Z ]+-----\s+(\S+)\s+------END")


@dataclass(frozen=True)
class Credentials:
    token: str
    seed: str

    def text(self) -> str:
        return FORM.format(token=self.token, seed=self.seed)


def read_credentials(text: str) -> Credentials:
    """The credentials in `text`. Raises ValueError where there are none."""
    parts = READ.findall(text)
    if len(parts) != len(("token", "seed")):
        raise ValueError("not credentials of a NATS user")
    return Credentials(*parts)
