"""Loads the demonstration through a gateway, and writes who there is to try it as.

`python -m deploy.demonstration --gateway URL --people FILE [--day DAY] [--token TOKEN]`

Needs the key of the development issuer (DEVELOPMENT_ISSUER_KEY, and PUBLIC_URL as the gateway has
it) to sign its people in; the operator's own token may be given instead of being made. A second
time it changes nothing, but adds the attendance of days that have passed since. The school year is
that of the day, today's unless another is named.
"""

import argparse
import asyncio
import json
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

from deploy.demonstration.gateway import NotLoaded, client
from deploy.demonstration.loading import SignIn, load
from deploy.demonstration.people import OPERATOR
from deploy.demonstration.report import report
from deploy.demonstration.showing import Progress
from deploy.demonstration.world import world
from deploy.tokens import issuer_of, mint
from shared.core.days import day_of
from shared.core.settings import from_environment


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.demonstration")
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--people", required=True, type=Path)
    parser.add_argument("--token", help="of the operator")
    parser.add_argument("--day", type=date.fromisoformat, default=day_of(datetime.now(UTC)))
    return parser.parse_args()


def signing_in(operators: str | None) -> SignIn:
    settings = from_environment()
    key, issuer = (
        settings.development_issuer_key.get_secret_value(),
        issuer_of(settings.public_url),
    )
    if not key:
        raise NotLoaded("Set DEVELOPMENT_ISSUER_KEY, and PUBLIC_URL as the gateway has it.")

    def token(subject: str) -> str:
        return operators if operators and subject == OPERATOR else mint(key, issuer, subject)

    return SignIn(issuer, token)


async def main(given: argparse.Namespace) -> None:
    started = time.monotonic()
    signs_in = signing_in(given.token)
    print("Loading the demonstration …", file=sys.stderr, flush=True)
    made = world(given.day)
    async with client(given.gateway) as http:
        loaded = await load(made, http, signs_in, Progress())
    given.people.write_text(json.dumps(report(made, loaded), indent=2) + "\n")
    seconds = time.monotonic() - started
    print(f"The demonstration is loaded, in {seconds:.0f} s.", file=sys.stderr, flush=True)


def first_reason(failed: BaseException) -> BaseException:
    """Of what failed side by side, the first."""
    while isinstance(failed, BaseExceptionGroup):
        failed = failed.exceptions[0]
    return failed


if __name__ == "__main__":
    try:
        asyncio.run(main(arguments()))
    except* NotLoaded as refused:
        sys.exit(f"The demonstration was not loaded: {first_reason(refused)}")
