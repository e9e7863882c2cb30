"""The part of a child's view that names the staff whose accounts stand in its other parts."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from gateway.upstream.client import Upstream
from gateway.views.parts import Parts
from shared.core.refusals import Refusal
from shared.http.filters import MOST_IDS
from shared.security.callers import ensure_may
from shared.security.permissions import Permission
from shared.security.principal import Principal

PART = "accounts"
IDS = {
    "account_id", "author_account", "proposed_by", "recorded_by", "reviewed_by", "sent_by",
    "worker_id",
}  # fmt: skip
"""The fields of a child's record that hold the id of an account."""

NAMED = (
    "The staff whose accounts stand in the other parts by id, each once. Somebody who has left, and"
    " anybody with a child here, is not among them."
)


WRITTEN = re.compile(rb'"(?:%s)":"([0-9a-f-]{36})"' % "|".join(sorted(IDS)).encode())
"""Such a field in JSON without blanks. Within a text the quotes would be escaped."""


async def name_accounts(
    parts: Parts, upstream: Upstream, caller: Principal, known: Iterable[str] | None = None
) -> None:
    """Adds the part `accounts`, for the ids that are `known`, or else for those in the parts that are
    there already; it is empty where they name nobody."""
    ids = sorted(set(_accounts(parts.found) if known is None else known))
    named: list[dict[str, Any]] = []
    parts.found[PART] = named
    if not ids:
        return
    try:
        ensure_may(caller, Permission.ACCOUNTS_READ)
    except Refusal as refused:
        parts.withhold(PART, refused)
        return
    for first in range(0, len(ids), MOST_IDS):
        asked = [("limit", str(MOST_IDS)), *(("id", id) for id in ids[first : first + MOST_IDS])]
        question = upstream.get("partners", "/v1/accounts", caller, asked)
        await parts.gather({PART: ("partners", question)})
        if parts.found[PART] is None:
            return
        named += parts.found[PART]["items"]
    parts.found[PART] = named


def accounts_written(body: bytes) -> list[str]:
    """The ids in an answer that is passed on as it is written."""
    return [id.decode() for id in WRITTEN.findall(body)]


def _accounts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _accounts(each)
    elif isinstance(value, dict):
        for name, held in value.items():
            if name in IDS and held:
                yield held
            else:
                yield from _accounts(held)
