"""Every route of the gateway's own × every role. test_roles.py covers the services' answers."""

import json

from tests.access.gateway_roles import TABLE, asked
from tests.promises.sources import guilty


async def test_the_gateways_own_routes_let_in_exactly_the_roles_of_their_table() -> None:
    wanted: dict[str, list[str]] = json.loads(TABLE.read_text())
    found = await asked()
    guilty(
        [f"{route} is in no table of who may" for route in sorted(found.keys() - wanted.keys())]
        + [f"{route} is there no more" for route in sorted(wanted.keys() - found.keys())]
        + [
            f"{route}: {sorted(set(found[route]) ^ set(wanted[route]))} differ"
            for route in sorted(found.keys() & wanted.keys())
            if set(found[route]) != set(wanted[route])
        ]
    )
