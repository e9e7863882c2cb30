"""What tests/faults gives to docs/proof.md."""

from collections.abc import Callable

from tests.faults.page_kills import broken, kills, power
from tests.faults.page_outages import away, backup, outages, upgrade
from tests.faults.zeros import PARTNERS, bad_of
from tests.proof.shape import Figures, Look, Promise, Section

HOW = """A client as it should be (every POST with an `Idempotency-Key`, every change with `If-Match`, asked
again until answered) writes through the gateway while things are broken: partners, programs,
memberships, engagements, sessions, attendance, resources, assignments, use, indicators, imports of
observations. How: [`tests/faults/`](../tests/faults). Afterwards three accounts are held against
each other:

- **what the client was told**: each answer 2xx is in the database, with its event;
- **what the services hold**: each row against its outbox, each event against the stream, what each
  service remembers having heard against the outbox it comes from, and everything derived (dosage,
  attendance totals, measures, programs, names, memberships) worked out anew from its sources;
- **a journal of effects**, which the harness adds to each reaction, in the reaction's own
  transaction: once per event, in the order of versions.

"""


def _section(title: str, part: str, says: str, tell: Callable[[Figures], str]) -> Section:
    return Section(title, part, f"python -m tests.faults {part}", says, tell)


SECTIONS = (
    _section("Faults: kill -9", "kills", "what was lost, doubled or out of order after 500 kills",
             lambda of: HOW + kills(of)),
    _section("Faults: the instrument can fail", "broken",
             "what code that is broken on purpose loses", broken),
    _section("Faults: power cut of the broker's disk", "power",
             "what was lost after 30 power cuts", power),
    _section("Faults: one thing wrong at a time", "outages",
             "what a client saw, and how long it took to be well again", outages),
    _section("Faults: the broker away for ten minutes", "away",
             "what a client saw, and how long it took to catch up", away),
    _section("Faults: backup while writing, restore on an empty machine", "backup",
             "which rows differ, and the minutes it took", backup),
    _section("Faults: upgrade under load", "upgrade",
             "what was lost or refused while each process was replaced", upgrade),
)  # fmt: skip


def _kills(of: Figures) -> tuple[str, bool]:
    return f"{of['kills']} kills: {bad_of(of)}", of["kills"] >= 500 and not of["bad"]


def _partner(of: Figures) -> tuple[str, bool] | None:
    if "partner_lost" not in of:
        return None
    wrong = {name: of[name] for name in PARTNERS if of[name]}
    return f"{of['partner_received']} events: {bad_of({'bad': wrong})}", not wrong


def _partner_of_cuts(of: Figures) -> tuple[str, bool] | None:
    return _partner(of["runs"]["as shipped"])


def _power(of: Figures) -> tuple[str, bool] | None:
    shipped = [run for run in of["runs"].values() if not run.get("must_not_be_0")]
    if any("skipped" in run for run in shipped):
        return None
    cuts = sum(run["cuts"] for run in shipped)
    said = "; ".join({bad_of(run) for run in shipped})
    return f"{cuts} cuts: {said}", cuts >= 30 and not any(run["bad"] for run in shipped)


def _broken(of: Figures) -> tuple[str, bool]:
    wrong = [run["shown"] for name, run in of["variants"].items() if name != "as shipped"]
    clean = not of["variants"]["as shipped"]["bad"]
    seen = sum(map(bool, wrong))
    return f"{seen} of {len(wrong)} seen", seen == len(wrong) and clean


def _outages(of: Figures) -> tuple[str, bool]:
    full = of["outages"].get("the disk is full", {}).get("bad", {})
    well = max(each.get("seconds_until_well", 0) for each in of["outages"].values())
    return f"{len(of['outages'])}: {bad_of(of)}; well after {well} s at the latest", not (
        of["bad"] or full
    )


def _away(of: Figures) -> tuple[str, bool]:
    gone = of["wrong_for_seconds"]
    return f"{gone:g} s: {bad_of(of)}", gone >= 600 and not of["bad"]


def _storm(of: Figures) -> tuple[str, bool]:
    found = of["outages"]["1,000 requests cancelled midway"]
    wrong = found["open_transactions"] + found["lost_writes"] + found["doubled_writes"]
    return f"{found['open_transactions']} open, {found['lost_writes']} lost", not wrong


def _backup(of: Figures) -> tuple[str, bool]:
    took = f"{of['minutes_from_nothing_to_settled']} minutes"
    return f"{of['rows_that_differ']} differ of {of['rows']:,}; {took}", not (
        of["bad"] or of["rows_that_differ"]
    )


def _upgrade(of: Figures) -> tuple[str, bool]:
    refused = sum(of["surprises"].values())
    return f"{bad_of(of)}; {refused} refused", not (of["bad"] or refused)


def _promise(words: str, aim: str, part: str, look: Look) -> Promise:
    return Promise("faults", words, aim, part, look)


PROMISES = (
    _promise("kill -9 of everything under load: lost, doubled, out of order",
             "0 after 500 kills", "kills", _kills),
    _promise("a partner that listens meanwhile: lost, doubled, out of order for a child, told"
             " after a retraction", "0", "kills", _partner),
    _promise("the same, under power cuts of the broker's disk", "0", "power", _partner_of_cuts),
    _promise("power cuts of the broker's disk: lost, doubled", "0 after 30 cuts", "power", _power),
    _promise("code broken on purpose is seen to lose", "each", "broken", _broken),
    _promise("a service down, slow, talking garbage; PostgreSQL restarted; disk full; clock moved;"
             " poison: lost, doubled, out of order", "0", "outages", _outages),
    _promise("broker away", "10 minutes, 0 lost", "away", _away),
    _promise("1,000 requests cancelled midway: open transactions, lost writes", "0", "outages",
             _storm),
    _promise("backup while writing, restored on an empty machine", "0 rows differ", "backup",
             _backup),
    _promise("upgrade from the previous release under load", "0 lost, 0 refused", "upgrade",
             _upgrade),
)  # fmt: skip
NOT_MEASURED = (
    "The power of PostgreSQL's disk (its processes were killed; it writes through, `fsync` on).",
    "A partition of the network between machines, several brokers, several machines.",
    "More than one replica of a service other than students under kills.",
)
