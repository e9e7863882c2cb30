"""The people as whom the platform can be tried, each with an access token.

`python -m deploy.people GATEWAY PEOPLE` prints all that a script needs to begin, as `make up`
leaves it in `.local/platform.json`. It needs DEVELOPMENT_ISSUER_KEY, and PUBLIC_URL as the gateway
has it.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from deploy.tokens import issuer_of, mint
from shared.core.settings import from_environment

OPERATOR = "operator"  # the subject of the person who admits the others
SECONDS = 10


def with_tokens(file: Path, issuer_key: str, issuer: str, gateway: str) -> dict[str, Any]:
    """`people` and `samples` as the demonstration left them in `file`, each person with an
    account's id and a token; the operator alone where nothing was loaded."""
    left: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {"people": []}
    if not left["people"]:
        left["people"] = [_operator(gateway, mint(issuer_key, issuer, OPERATOR))]
    for person in left["people"]:
        person["id"] = person.get("account_id")
        person["token"] = mint(issuer_key, issuer, person["subject"])
    return left


def _operator(gateway: str, token: str) -> dict[str, Any]:
    asked = Request(
        f"{gateway}/v1/memberships?role=operator", headers={"Authorization": f"Bearer {token}"}
    )
    with urlopen(asked, timeout=SECONDS) as answer:
        known = json.load(answer)["items"]
    own = next(each for each in known if each["subject"] == OPERATOR)
    return {
        "role": own["role"], "subject": OPERATOR, "name": "the first operator",
        "membership_id": own["id"], "account_id": own["account_id"],
    }  # fmt: skip


def of_role(people: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The first person of each role, and every person by `subject`, which distinguishes people of
    one role."""
    by_subject = {person["subject"]: person for person in people}
    return by_subject | {person["role"]: person for person in reversed(people)}


def show(platform: dict[str, Any]) -> None:
    """Prints the people with their tokens, and the addresses."""
    print("\nPeople and their access tokens, valid for 30 days (also in .local/platform.json):\n")
    for person in platform["people"]:
        name = person.get("name", "")
        print(f"  {person['role']} ({person['subject']}), {name}\n{person['token']}\n")
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
    there = with_tokens(Path(people), key, issuer_of(known.public_url), gateway)
    print(json.dumps({"gateway": gateway, **there}, indent=2))


if __name__ == "__main__":
    main(*sys.argv[1:])
