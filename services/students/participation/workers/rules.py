"""What must hold for the worker of an engagement."""

from shared.core.refusals import Fault, Malformed


def ensure_works_for(works: bool) -> None:
    """An account of another partner, one whose membership has ended and no account at all are
    refused alike."""
    if not works:
        reason = "There is no such worker on the staff of the program's partner."
        raise Malformed(
            "worker-unknown", reason,
            [Fault(field="body.worker_id", code="worker-unknown", reason=reason)],
        )  # fmt: skip
