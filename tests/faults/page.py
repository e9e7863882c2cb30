"""Writes docs/proof.md from proof/*.json: no figure in it is written by hand."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "proof.md"
PROOF = ROOT / "proof"
Figures = dict[str, Any]

HEAD = """# What it withstands: measured

This page is written by `python -m tests.faults page` from the files in [`proof/`](../proof), which
`make proof` writes; a test holds that it is what they say. How the harness works:
[`tests/faults/`](../tests/faults).

A client as it should be (every POST with an `Idempotency-Key`, every change with `If-Match`, asked
again until answered) writes through the gateway while things are broken: partners, programs,
memberships, engagements, sessions, attendance, resources, assignments, use, indicators, imports of
observations. Afterwards three accounts are held against each other:

- **what the client was told**: each answer 2xx is in the database, with its event;
- **what the services hold**: each row against its outbox, each event against the stream, what each
  service remembers having heard against the outbox it comes from, and everything derived (dosage,
  attendance totals, measures, programs, names, memberships) worked out anew from its sources;
- **a journal of effects**, which the harness adds to each reaction, in the reaction's own
  transaction: once per event, in the order of versions.
"""
MUST_BE_0 = (
    ("lost_writes", "acknowledged writes lost"),
    ("doubled_writes", "writes doubled"),
    ("events_not_in_stream", "events not in the stream"),
    ("out_of_order_in_stream", "out of order in the stream"),
    ("versions_missing", "versions missing in an outbox"),
    ("rows_behind_outbox", "rows that differ from their outbox"),
    ("lost_effects", "effects lost"),
    ("doubled_effects", "effects doubled"),
    ("effects_out_of_order", "effects out of order"),
    ("not_heard", "versions not remembered as heard"),
    ("parked", "events parked"),
    ("derived_rows_that_differ", "derived rows that differ"),
)
NOT_MEASURED = (
    "A partner's stream under kills: these runs tell partners nothing.",
    "The broker away for ten minutes in one piece: see above for how long it was.",
    "The power of PostgreSQL's disk (its processes were killed; it writes through, `fsync` on).",
    "A partition of the network between machines, several brokers, several machines.",
    "More than one replica of a service other than students.",
)


def write_page() -> None:
    PAGE.write_text(page())


def page() -> str:
    parts = [HEAD, kills(), broken(), power(), outages(), backup(), upgrade(), not_measured()]
    return "\n".join(parts)


def read(part: str) -> Figures | None:
    file = PROOF / f"{part}.json"
    return json.loads(file.read_text()) if file.exists() else None


def kills() -> str:
    of = read("kills")
    if of is None:
        return _not_run("kill -9", "kills")
    rows = [(words, of[name]) for name, words in MUST_BE_0]
    ready, waits = of["seconds_until_all_were_ready_again"], of["seconds_until_acknowledged"]
    return f"""## kill -9

{_counts(of["killed"])}: **{of["kills"]} kills** in {of["under_load_seconds"]} s, up to four at
once, one in five bursts into what was still starting; the broker hangs for a moment before it dies.
Of students two replicas run, and one takes over from the other. **{of["acknowledged"]:,} writes were
acknowledged** ({of["asked_again"]:,} times the client had to ask again), {of["events"]:,} events
announced, {of["effects"]:,} effects due.

{table(("must be 0", "found"), rows)}

Refused against expectation: {_counts(of["surprises"]) or "none"}. All processes were ready again
after {_spread(ready)}; a write was acknowledged after {_spread(waits)}; everything had had its
effect {of["seconds_until_settled"]} s after the last kill.

{_source(of)}
"""


def broken() -> str:
    of = read("broken")
    if of is None:
        return _not_run("The instrument can fail", "broken")
    rows = []
    for name, run in of["variants"].items():
        bad = "; ".join(f"{_words(k)}: {v:,}" for k, v in run["bad"].items()) or "nothing"
        shown = (
            "—"
            if run["shown"] is None
            else f"{_words(run['must_not_be_0'])}: **{run['shown']:,}**"
        )
        rows.append((name, _counts(run["killed"]), f"{run['acknowledged']:,}", shown, bad))
    return f"""## The instrument can fail

The same harness on code that is broken in one place, from outside
([`tests/faults/launch.py`](../tests/faults/launch.py)). What is not heard after one loss counts as
not heard: later versions wait for the lost one for two minutes.

{table(("broken", "killed", "acknowledged", "must not be 0", "everything found"), rows)}

{_source(of)}
"""


def power() -> str:
    of = read("power")
    if of is None:
        return _not_run("Power cut of the broker's disk", "power")
    rows = []
    for name, run in of["runs"].items():
        if "skipped" in run:
            rows.append((name, "skipped", run["skipped"], "", "", "", ""))
            continue
        bad = "; ".join(f"{_words(k)}: {v:,}" for k, v in run["bad"].items()) or "nothing"
        rows.append((name, run["cuts"], run["disk_lost_whole"], f"{run['acknowledged']:,}",
                     f"{run['events']:,}", bad, f"{run['seconds_until_settled']} s"))  # fmt: skip
    head = ("broker and relay", "power cuts", "of them disk lost whole", "writes acknowledged",
            "events", "lost, doubled or out of order", "settled after")  # fmt: skip
    return f"""## Power cut of the broker's disk

The broker's store is an ext4 of its own; `EXT4_IOC_SHUTDOWN` drops all that is not on the disk, the
broker is killed, the disk is plugged in again, or made anew. The relay that does not heal must lose.

{table(head, rows)}

{_source(of)}
"""


def outages() -> str:
    of = read("outages")
    if of is None:
        return _not_run("One thing wrong at a time", "outages")
    rows, others = [], []
    for name, found in of["outages"].items():
        if "seen" in found:
            rows.append((name, f"{found['wrong_for_seconds']} s", _seen(found["seen"]),
                         f"{found['seconds_until_well']} s",
                         f"{found['seconds_until_settled']} s"))  # fmt: skip
        else:
            others.append((name, _facts(found)))
    bad = "; ".join(f"{_words(k)}: {v:,}" for k, v in of["bad"].items()) or "nothing"
    full = of["outages"].get("the disk is full", {})
    if "bad" in full:
        bad += f". After the full disk: {_facts(full['bad']) or 'nothing'}"
    return f"""## One thing wrong at a time

Six questions are asked every 0.2 s meanwhile: a list of each service, a child's picture (made of
all), and a write. *Well* is when all are answered whole again; *settled*, when every event has had
every effect. The broker was away for {of["broker_away_seconds"]:g} s (`BROKER_AWAY_SECONDS=600 make
proof` is ten minutes).

{table(("wrong", "for", "what the client saw", "well after", "settled after"), rows)}

{table(("wrong", "found"), others)}

Lost, doubled or out of order after all of it ({of["acknowledged"]:,} writes acknowledged): {bad}. Refused against
expectation, to writers under a clock that was wrong and to what they had begun then:
{_counts(of["surprises"]) or "none"}.

{_source(of)}
"""


def backup() -> str:
    of = read("backup")
    if of is None:
        return _not_run("Backup and restore", "backup")
    bad = "; ".join(f"{_words(k)}: {v:,}" for k, v in of["bad"].items()) or "nothing"
    return f"""## Backup while writing, restore on an empty machine

`deploy/backup.py` dumps the four databases while people write
({of["acknowledged_until_the_backup_ended"]:,} writes acknowledged before and meanwhile,
{of["acknowledged_in_all"]:,} in all): {of["megabytes"]} MB in {of["seconds_to_save"]} s. Restored
into a new PostgreSQL in another folder in {of["seconds_to_restore"]} s: {of["rows"]:,} rows,
**{of["rows_that_differ"]} differ** from the backup's moment. On an empty broker the relays filled
the stream anew ({of["events"]:,} events; not in the stream: {of["events_not_in_stream"]}). From
nothing until everything had settled: **{of["minutes_from_nothing_to_settled"]} minutes**. Lost,
doubled, out of order or different afterwards: {bad}.

{_source(of)}
"""


def upgrade() -> str:
    of = read("upgrade")
    if of is None or "skipped" in of:
        return _not_run("Upgrade under load", "upgrade", of)
    bad = "; ".join(f"{_words(k)}: {v:,}" for k, v in of["bad"].items()) or "nothing"
    rows = [(service, of["tables_before"][service], of["tables_after"][service])
            for service in of["tables_before"]]  # fmt: skip
    return f"""## Upgrade under load

From commit {of["from"]}, the one before the last change of tables, to {of["to"]}, with
{of["rows_before"]:,} rows, while writers are at work ({of["acknowledged"]:,} writes acknowledged).
Each process is stopped and started as the new one; of each there is one only, so that it is away
meanwhile: {_counts({k: f"{v} s" for k, v in of["seconds_each_was_away"].items()})}.

{table(("service", "tables before", "tables after"), rows)}

Lost, doubled or out of order: {bad}. Refused against expectation:
{_counts(of["surprises"]) or "none"}. Answers: {_counts(of["answers"])}.

{_source(of)}
"""


def not_measured() -> str:
    skipped = []
    for part in ("kills", "broken", "power", "outages", "backup", "upgrade"):
        skipped += [f"{where}: {why}" for where, why in _skipped(read(part), part)]
    lines = "\n".join(f"- {line}" for line in [*NOT_MEASURED, *skipped])
    return f"""## Not measured

{lines}
"""


def _skipped(of: Any, where: str) -> Iterable[tuple[str, str]]:
    if of is None:
        yield where, "not run"
    elif isinstance(of, dict):
        if "skipped" in of:
            yield where, of["skipped"]
        for name, each in of.items():
            if isinstance(each, dict):
                yield from _skipped(each, name)


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    lines = [list(head), ["---"] * len(list(head)), *(list(map(str, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _source(of: Figures) -> str:
    on = of["machine"]
    return (
        f"*`{of['command']}`, seed {of['seed']}, {of['date']}, {of['seconds']} s; {on['cores']} cores"
        f" ({on['processor']}), {on['memory_gib']} GiB, {on['system']}, Python {on['python']},"
        f" {on['broker']}; load of the machine before: {on['load_before']}.*"
    )


def _words(name: str) -> str:
    return dict(MUST_BE_0)[name]


def _counts(found: dict[str, Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in found.items())


def _spread(found: dict[str, float]) -> str:
    return f"{found['p50']} s (half), {found['p99']} s (99 of 100), {found['longest']} s (longest)"


def _facts(found: dict[str, Any]) -> str:
    return "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in found.items())


def _seen(found: dict[str, Any]) -> str:
    return "<br>".join(
        f"{question}: {', '.join(f'{n} × {said}' for said, n in each['answers'].items())}"
        f" (longest {each['longest_seconds']} s)"
        for question, each in found.items()
    )


def _not_run(title: str, part: str, of: Figures | None = None) -> str:
    why = of["skipped"] if of else f"not run; `python -m tests.faults {part}` does"
    return f"## {title}\n\n{why}\n"
