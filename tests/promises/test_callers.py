"""A route names the permission of its caller by one name each (shared/security/callers.py)."""

import re

from shared.security import callers
from shared.security.permissions import Permission
from tests.promises.sources import guilty, sources

AGENT = {
    "apply": "Applicant", "ask": "Asker", "export": "Exporter", "finish": "Finisher",
    "import": "Importer", "open": "Opener", "publish": "Publisher", "read": "Reader",
    "answer": "Answerer", "send": "Sender", "withdraw": "Withdrawer",
    "record": "Recorder", "renew": "Renewer", "review": "Reviewer", "suspend": "Suspender",
    "write": "Writer",
}  # fmt: skip
# An upload's permission is that of its kind of import: one route's text serves all kinds.
ASKS_ITSELF = {"shared/security/callers.py", "shared/imports/routes.py"}


def alias(permission: str) -> str:
    noun, _, verb = permission.partition(":")
    words = "".join(word.capitalize() for word in noun.split("-"))
    return words + AGENT[verb] if verb else "Composer"


def named() -> dict[str, list[str]]:
    """Each name for a caller, with the permissions of which one is enough."""
    return {
        name: list(found.__metadata__[0].scopes)
        for name, found in vars(callers).items()
        if hasattr(found, "__metadata__")
    }


def test_the_name_of_a_caller_is_the_name_of_its_permission() -> None:
    assert named()
    guilty([
        f"{name} stands for {permissions}"
        for name, permissions in named().items()
        if name != "Or".join(map(alias, permissions))
    ])  # fmt: skip


def test_no_permission_has_two_names_and_every_name_is_used() -> None:
    asked = [tuple(permissions) for permissions in named().values()]
    assert len(asked) == len(set(asked))
    signatures = "\n".join(source.text for source in sources("services", "shared"))
    guilty([name for name in named() if not re.search(rf": {name}\b", signatures)])


def test_only_the_list_of_callers_asks_for_a_permission() -> None:
    guilty([
        source.at(node, "asks for a permission under a name of its own")
        for source in sources("services", "shared")
        if source.name not in ASKS_ITSELF
        for node, name in source.calls()
        if name.split(".")[-1] == "may"
    ])  # fmt: skip


def test_every_permission_can_be_named() -> None:
    assert len({alias(permission) for permission in Permission}) == len(Permission)
