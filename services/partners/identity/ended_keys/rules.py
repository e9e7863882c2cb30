"""A key that has ended may have been lost, so nobody may bring it back."""

from shared.core.refusals import Conflict, Fault


def ensure_never_ended(*, ended: bool, field: str) -> None:
    """`field`: where the request names the key."""
    if ended:
        raise Conflict(
            "key-ended", "This key has ended, and is never taken again. Make another.",
            [Fault(field=field, code="key-ended", reason="This key has ended.")],
        )  # fmt: skip
