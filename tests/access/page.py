"""Writes the result of the long run of the policy against its oracle into docs/proof.md."""

from typing import Any

from tests.proof.shape import Promise, Section
from tests.proof.words import source

MOST_CASES = 100_000


def _oracle(of: dict[str, Any]) -> str:
    bases = ", ".join(f"{name} {count:,}" for name, count in of["released_on"].items())
    return f"""{of["cases"]:,} random viewers and children, with families, agreements, consents and
emergencies, are decided on by the policy and by an oracle that was written from the law and the agreements' words, with
nothing of the policy's ([`test_policy_oracle.py`](../tests/students/access/test_policy_oracle.py)). Decided otherwise:
{of["differ"]}. Parts released, by their one basis: {bases}.

{source(of)}
"""


SECTIONS = (
    Section("Access: the policy against its oracle", "oracle", "make nightly",
            "in how many cases both say the same", _oracle),
)  # fmt: skip
PROMISES = (
    Promise("access", "the policy says what an oracle of its own says", f"0 of {MOST_CASES:,} differ", "oracle",
            lambda of: (f"{of['differ']} of {of['cases']:,}", not of["differ"] and of["cases"] >= MOST_CASES)),
)  # fmt: skip
NOT_MEASURED: tuple[str, ...] = ()
