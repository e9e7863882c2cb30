"""Who there is to try the platform as, each with a ready token.

`python -m deploy.people GATEWAY PEOPLE` prints what a script can start from, as `make up` leaves
it in `.local/platform.json`. It needs DEVELOPMENT_ISSUER_KEY, and PUBLIC_URL as the gateway has it.
"""

import json
import sys
from pathlib import Path
from typing import Any

from deploy.tokens import issuer_of, mint
from shared.settings import from_environment

OPERATOR = "operator"  # the subject of the person who admits the others


def with_tokens(file: Path, issuer_key: str, issuer: str) -> dict[str, Any]:
    """What the demonstration left in `file`, `people` and `samples`, with a token for each
    person; the operator alone where nothing was loaded."""
    left: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {"people": []}
    people = left["people"]
    if not any(person["subject"] == OPERATOR for person in people):
        people.append({"role": "operator", "subject": OPERATOR, "name": "the first operator"})
    for person in people:
        # Who the person is to the children's records; else by which membership they act.
        person["id"] = person.get("person_id") or person.get("membership_id")
        person["token"] = mint(issuer_key, issuer, person["subject"])
    return left


def tell(platform: dict[str, Any]) -> None:
    print("\nPeople and their access tokens, for 30 days (also in .local/platform.json):\n")
    for person in platform["people"]:
        print(f"  {person['role']}, {person.get('name', '')}\n{person['token']}\n")
    print(f"  gateway         {platform['gateway']}")
    print(f"  API             {platform['gateway']}/openapi.json")
    print(f"  events          {platform['gateway']}/events")
    print(f"  community page  {platform['gateway']}/v1/views/community (needs no token)")
    print(f"  broker          {platform['broker']}")
    for service, address in platform["services"].items():
        print(f"  {service:<15} {address}")
    print()


def main(gateway: str, people: str) -> None:
    known = from_environment()
    key = known.development_issuer_key.get_secret_value()
    there = with_tokens(Path(people), key, issuer_of(known.public_url))
    print(json.dumps({"gateway": gateway, **there}, indent=2))


if __name__ == "__main__":
    main(*sys.argv[1:])
