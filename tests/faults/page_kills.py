"""What docs/proof.md says of kills and power cuts."""

from tests.faults.zeros import MUST_BE_0, bad_of
from tests.proof.shape import Figures
from tests.proof.words import counts, source, spread, table


def kills(of: Figures) -> str:
    rows = [(words, of.get(name, "not measured")) for name, words in MUST_BE_0.items()]
    ready, waits = of["seconds_until_all_were_ready_again"], of["seconds_until_acknowledged"]
    return f"""{counts(of["killed"])}: **{of["kills"]} kills** in {of["under_load_seconds"]} s, up to four at
once, one in five bursts into what was still starting; the broker hangs for a moment before it dies.
Of students two replicas run, and one takes over from the other. **{of["acknowledged"]:,} writes were
acknowledged** ({of["asked_again"]:,} times the client had to ask again), {of["events"]:,} events
announced, {of["effects"]:,} effects due.

{table(("must be 0", "found"), rows)}

Refused against expectation: {counts(of["surprises"]) or "none"}. All processes were ready again
after {spread(ready)}; a write was acknowledged after {spread(waits)}; everything had had its
effect {of["seconds_until_settled"]} s after the last kill. {partner(of)}

{source(of)}
"""


def partner(of: Figures) -> str:
    if "partner_received" not in of:
        return "No partner listened."
    return (
        f"A partner's system, built as docs/partner-streams.md says, listened meanwhile: it received"
        f" {of['partner_received']:,} events, {of['partner_retractions']:,} of them retractions,"
        f" {of['partner_received_again']:,} of them more than once under the same id, over"
        f" {of['partner_connections']} connections of its own making."
    )


def broken(of: Figures) -> str:
    rows = []
    for name, run in of["variants"].items():
        bad = bad_of(run)
        shown = (
            "—"
            if run["shown"] is None
            else f"{MUST_BE_0[run['must_not_be_0']]}: **{run['shown']:,}**"
        )
        rows.append((name, counts(run["killed"]), f"{run['acknowledged']:,}", shown, bad))
    return f"""The same harness on code that is broken in one place, from outside
([`tests/faults/launch.py`](../tests/faults/launch.py)). What is not heard after one loss counts as
not heard: later versions wait for the lost one for two minutes.

{table(("broken", "killed", "acknowledged", "must not be 0", "everything found"), rows)}

{source(of)}
"""


def power(of: Figures) -> str:
    rows = []
    for name, run in of["runs"].items():
        if "skipped" in run:
            rows.append((name, "skipped", run["skipped"], "", "", "", ""))
            continue
        rows.append((name, run["cuts"], run["disk_lost_whole"], f"{run['acknowledged']:,}",
                     f"{run['events']:,}", bad_of(run), f"{run['seconds_until_settled']} s"))  # fmt: skip
    head = ("broker and relay", "power cuts", "of them disk lost whole", "writes acknowledged",
            "events", "lost, doubled or out of order", "settled after")  # fmt: skip
    return f"""The broker's store is an ext4 of its own; `EXT4_IOC_SHUTDOWN` drops all that is not on the disk, the
broker is killed, the disk is plugged in again, or made anew. The relay that does not heal must lose.

{table(head, rows)}

{partner(of["runs"]["as shipped"])}

{source(of)}
"""
