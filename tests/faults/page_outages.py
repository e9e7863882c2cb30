"""What docs/proof.md says of outages, backup and upgrade."""

from tests.faults.zeros import bad_of
from tests.proof.shape import Figures
from tests.proof.words import counts, facts, source, table


def outages(of: Figures) -> str:
    rows, others = [], []
    for name, found in of["outages"].items():
        if "seen" in found:
            rows.append((name, f"{found['wrong_for_seconds']} s", _seen(found["seen"]),
                         f"{found['seconds_until_well']} s",
                         f"{found['seconds_until_settled']} s"))  # fmt: skip
        else:
            others.append((name, facts(found)))
    bad = bad_of(of)
    full = of["outages"].get("the disk is full", {})
    if "bad" in full:
        bad += f". After the full disk: {facts(full['bad']) or 'nothing'}"
    return f"""Six questions are asked every 0.2 s meanwhile: a list of each service, a child's picture (made of
all), and a write. *Well* is when all are answered whole again; *settled*, when every event has had
every effect.

{table(("wrong", "for", "what the client saw", "well after", "settled after"), rows)}

{table(("wrong", "found"), others)}

Lost, doubled or out of order after all of it ({of["acknowledged"]:,} writes acknowledged): {bad}. Refused against
expectation, to writers under a clock that was wrong and to what they had begun then:
{counts(of["surprises"]) or "none"}.

{source(of)}
"""


def _seen(found: Figures) -> str:
    return "<br>".join(
        f"{question}: {', '.join(f'{n} × {said}' for said, n in each['answers'].items())}"
        f" (longest {each['longest_seconds']} s)"
        for question, each in found.items()
    )


def away(of: Figures) -> str:
    rows = [(question, ", ".join(f"{n} × {said}" for said, n in each["answers"].items()),
             f"{each['longest_seconds']} s") for question, each in of["seen"].items()]  # fmt: skip
    return f"""The broker is gone for **{of["wrong_for_seconds"]:g} s** while people write ({of["acknowledged"]:,} writes
acknowledged) and a partner listens. What was announced meanwhile waits in the outboxes. All was
answered whole {of["seconds_until_well"]} s after it was there again, and had had every effect after
{of["seconds_until_settled"]} s ({of["events"]:,} events, {of["effects"]:,} effects). Lost, doubled or out of
order, in the services and at the partner: {bad_of(of)}.

{table(("asked every second", "answers", "longest"), rows)}

{source(of)}
"""


def backup(of: Figures) -> str:
    return f"""`deploy/backup.py` dumps the four databases while people write
({of["acknowledged_until_the_backup_ended"]:,} writes acknowledged before and meanwhile,
{of["acknowledged_in_all"]:,} in all): {of["megabytes"]} MB in {of["seconds_to_save"]} s. Restored
into a new PostgreSQL in another folder in {of["seconds_to_restore"]} s: {of["rows"]:,} rows,
**{of["rows_that_differ"]} differ** from the backup's moment. On an empty broker the relays filled
the stream anew ({of["events"]:,} events; not in the stream: {of["events_not_in_stream"]}). From
nothing until everything had settled: **{of["minutes_from_nothing_to_settled"]} minutes**. Lost,
doubled, out of order or different afterwards: {bad_of(of)}.

{source(of)}
"""


def upgrade(of: Figures) -> str:
    rows = [(service, of["tables_before"][service], of["tables_after"][service])
            for service in of["tables_before"]]  # fmt: skip
    return f"""From commit {of["from"]}, the one before the last change of tables, to {of["to"]}, with
{of["rows_before"]:,} rows, while writers are at work ({of["acknowledged"]:,} writes acknowledged).
Each process is stopped and started as the new one; of each there is one only, so that it is away
meanwhile: {counts({k: f"{v} s" for k, v in of["seconds_each_was_away"].items()})}.

{table(("service", "tables before", "tables after"), rows)}

{_children(of)}{_log(of)}Lost, doubled or out of order: {bad_of(of)}. Refused against expectation:
{counts(of["surprises"]) or "none"}. Answers: {counts(of["answers"])}.

{source(of)}
"""


def _children(of: Figures) -> str:
    if "children_rows" not in of:
        return ""
    return f"""Two children were written before: one whose roles have dates, and one that came back under another
local id, with a court order against its father. Of their {of["children_rows"]} rows {of["children_rows_lost"]}
were lost or changed. What their families and schools see was wrong in {of["children_seen_wrongly_before"]} of 6
ways in the release before, and is in {of["children_seen_wrongly"]} in this one.

"""


def _log(of: Figures) -> str:
    if "log_rows" not in of:
        return ""
    return f"""The disclosure log holds {of["log_rows"]:,} sealed rows, {of["log_rows_sealed_before"]:,} of them sealed
by the release before; verification finds {of["log_faults"]} faults, against {of["log_heads"]} published heads.

"""
