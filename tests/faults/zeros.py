"""What must be 0 after everything has settled, and its name in words."""

from typing import Any

MUST_BE_0 = {
    "lost_writes": "acknowledged writes lost",
    "doubled_writes": "writes doubled",
    "events_not_in_stream": "events not in the stream",
    "out_of_order_in_stream": "out of order in the stream",
    "versions_missing": "versions missing in an outbox",
    "rows_behind_outbox": "rows that differ from their outbox",
    "lost_effects": "effects lost",
    "doubled_effects": "effects doubled",
    "effects_out_of_order": "effects out of order",
    "not_heard": "versions not remembered as heard",
    "parked": "events parked",
    "derived_rows_that_differ": "derived rows that differ",
    "partner_lost": "told to a partner and not received",
    "partner_doubled": "told to a partner twice under different ids",
    "partner_out_of_order": "received by a partner out of order for a child",
    "partner_told_after_retraction": "received by a partner after its retraction",
}

OF_AN_UPGRADE = {
    "children_rows_lost": "rows of two children lost or changed",
    "children_seen_wrongly": "things seen of them that should not be, or not seen that should",
    "log_faults": "faults of the disclosure log",
}
PARTNERS = [name for name in MUST_BE_0 if name.startswith("partner_")]


def found_bad(figures: dict[str, Any]) -> dict[str, int]:
    """What must be 0 and is not."""
    return {name: figures[name] for name in MUST_BE_0 | OF_AN_UPGRADE if figures.get(name)}


def bad_of(run: dict[str, Any]) -> str:
    """The same of a run that was kept, in words."""
    words = MUST_BE_0 | OF_AN_UPGRADE
    return "; ".join(f"{words[name]}: {n:,}" for name, n in run["bad"].items()) or "nothing"
