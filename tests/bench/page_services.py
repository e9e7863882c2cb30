"""How the figures of the services' parts are told."""

from collections.abc import Mapping

from tests.proof.shape import Figures
from tests.proof.words import table

Spread = Mapping[str, float]


def said(row: Spread) -> str:
    return f"{row['min']:,g} / {row['median']:,g} / {row['max']:,g}"


def _rates(rows: Mapping[str, Spread], unit: str) -> str:
    return table(("", unit), [(name, said(row)) for name, row in rows.items()])


def views(of: Figures) -> str:
    rows = [
        (view, name, *(said(row[key]) for key in ("p50_ms", "p99_ms", "cpu_ms")))
        for view, variants in of["views"].items()
        for name, row in variants.items()
    ]
    head = ("view", "", "p50, ms", "p99, ms", "CPU of an answer, ms")
    bad = sum(row["not_200"]["max"] for each in of["views"].values() for row in each.values())
    return f"""{of["students"]:,} students; each asked {of["rate"]:g} times a second, {of["rounds"]} rounds. The CPU is that of
whatever served it, PostgreSQL's whole activity included. Only the platform decides who may see what, and
writes down what it told. Answers not 200 in any round: {bad:g}.

{table(head, rows)}"""


def reads(of: Figures) -> str:
    times = of["times_by_hand"]
    return f"""A program by its id, and the list of {of["programs"]}, asked of the service itself {of["rate"]:g} times a second,
{of["rounds"]} rounds; of the program that the gateway passes on, the gateway's share alone. By hand is asyncpg and orjson
without a check, a caller or a log. Times as much: one {said(times["one"])}, the list {said(times["list"])}. The list's
rows come as before; of rows that are new to the process each costs what pydantic takes.

{_rates(of["cpu_ms"], "CPU of an answer, ms")}"""


def together(of: Figures) -> str:
    columns = {
        "in_all_ms": "CPU in all, ms", "gateway": "gateway", "students": "students",
        "resources": "resources", "outcomes": "outcomes", "postgres": "PostgreSQL",
        "answers_a_second": "answers a second", "asked_as_one": "asked as one",
    }  # fmt: skip
    rows = [
        (at_once, name, *(f"{row[key]['median']:,g}" for key in columns))
        for name, of_name in of["of"].items()
        for at_once, row in of_name.items()
    ]
    return f"""A child's view, {of["students"]:,} children, asked for by so many at once, each anew as soon as it was answered;
medians of {of["rounds"]} rounds. The CPU is that of an answer, with whatever else the processes did meanwhile: at few
answers a second their workers are a large part of it.

{table(("at once", "", *columns.values()), rows)}"""


def pipeline(of: Figures) -> str:
    cpu = of["events_a_cpu_second_of_this_process"]
    rows = [
        (name, said(row), said(cpu[name])) for name, row in of["events_a_second"].items()
    ]  # fmt: skip
    waits = of["commit_to_committed_reaction_idle_ms"]
    return f"""{table(("", "events a second", "a CPU second of the measuring process"), rows)}

From the commit of a change to the commit of its effect in another service, one at a time: p50
{said(waits["p50"])} ms, p99 {said(waits["p99"])} ms."""


def importing(of: Figures) -> str:
    rows = [
        ("import", said(of["import_seconds"])), ("the same file again", said(of["again_seconds"])),
        ("plain COPY of the same rows", said(of["plain_copy_seconds"])),
        ("**times plain COPY**", said(of["times_plain_copy"])),
    ]  # fmt: skip
    waits = of["other_requests_meanwhile_ms"]
    return f"""OneRoster, {of["students"]:,} students, {of["rows"]:,} rows, {of["rounds"]} rounds.

{table(("seconds", ""), rows)}

Rows a second: {said(of["import_rows_a_second"])}; by entities looked up and added one by one
{said(of["entities_rows_a_second"])} (of {of["entities_rows"]:,} rows of one table). Peak memory
{of["peak_memory_mebibytes"]} MiB. Other requests in the same process meanwhile: p50 {waits["p50"]:.0f} ms, p99
{waits["p99"]:.0f} ms."""


def sharing(of: Figures) -> str:
    client, start = of["write_to_partners_client_ms"], of["onboarding"]
    return f"""{_rates(of["a_second"], "a second")}

From before a write until the partner's client has it, idle: p50 {said(client["p50"])} ms, p99
{said(client["p99"])} ms; publishing and following on the bare broker {said(client["p50_bare_broker"])} ms.

{start["partners"]} partners, {start["at_once"]} at once: from the call that opens the stream to a connected client
{said(start["onboarded_seconds"])} s for all; refused by the broker meanwhile {said(start["connected_again"])}.
Registering them before took {said(start["registered_seconds"])} s; as many bare connections take
{said(start["bare_connections_seconds"])} s."""


def disclosure(of: Figures) -> str:
    rows = [
        (caller.replace("_", " "), name, said(row["cpu_us"]), said(row["clock_us"]))
        for caller, each in of["picture_for"].items()
        for name, row in each.items() if name != "dearer"
    ]  # fmt: skip
    dearer = "; ".join(
        f"for a {caller.replace('_', ' ')} {said(each['dearer'])} times the CPU"
        for caller, each in of["picture_for"].items()
    )
    head = ("a child's picture for", "", "CPU of this process, µs", "by the clock, µs")
    return f"""A decision about a child with 10 contacts, 10 agreements and 20 consents: {said(of["decision_cpu_us"])} µs
of CPU.

{table(head, rows)}

With the release written down, of the students service alone: {dearer}. Rows sealed a second:
{of["rows_sealed_a_second"]:,}; verified: {of["rows_verified_a_second"]:,}."""


SAME_CLASS_MS = 1
"""Two answers whose times differ by less are of one class: to tell them apart over a network takes more
questions of one id, which cannot be guessed (UUIDv7), than anybody is let ask in a minute."""


def hidden(of: Figures) -> str:
    rows = [
        (asked, said(row["hidden_ms"]), said(row["absent_ms"]), said(row["times"]))
        for asked, row in of["asked"].items()
    ]
    head = ("who asks for what", "hidden, ms", "none, ms", "times as long")
    return f"""A stranger asks in turn for a child of whom there is everything to tell and for one that is none;
medians of {of["pairs"]} pairs, {of["rounds"]} rounds. What is there is read before it is withheld, and that is the
difference; ids cannot be guessed, and each refusal stands in the log.

{table(head, rows)}"""


def withdrawals(of: Figures) -> str:
    until = of["until_retracted_ms"]
    return f"""{of["withdrawals"]:,} consents are taken back, four at a time, while a partner's system reads and listens.
Read by it afterwards: {len(of["read_afterwards"])}; told after the retraction: {len(of["told_after_the_retraction"])}; told
later than five seconds: {len(of["told_late"])}. From the answer to the guardian until the retraction was at the partner's
client: {until["p50"]:.0f} ms (half), {until["p99"]:.0f} ms (99 of 100), {until["most"]:.0f} ms (longest)."""


def reactions(of: Figures) -> str:
    rows = {
        "attendance, written, added up and announced": of["measures_a_second"],
        "plain upserts in batches as large": of["plain_upserts_a_second"],
    }
    return f"""{of["students"]:,} students, batches of {of["batch"]}.

{_rates(rows, "a second")}"""


def scorecard(of: Figures) -> str:
    return f"""{of["observations"]:,} observations, {of["figures"]:,} figures, {of["report_bytes"] / 1024:.0f} KiB. Imported in
{of["import_seconds"]} s (plain COPY {of["plain_copy_seconds"]} s); the event loop was away for
{of["event_loop_away_ms_at_worst"]} ms at worst.

{_rates(of["ms"], "ms")}

Every row fetched and added up in Python, once: {of["rows_added_up_in_python_once_ms"]:,} ms."""


def search(of: Figures) -> str:
    rows = [
        (name, said(row["p50_ms"]), said(row["p99_ms"]))
        for name, row in of.items() if isinstance(row, dict) and "p50_ms" in row
    ]  # fmt: skip
    return f"""{of["resources"]:,} resources; {of["rounds"]} rounds of {of["searches"]} searches with words and facets.

{table(("", "p50, ms", "p99, ms"), rows)}"""


def starting(of: Figures) -> str:
    rows = [
        (name, said(row["until_it_answers_seconds"]), said(row["idle_memory_mebibytes"]))
        for name, row in of.items() if isinstance(row, dict) and "idle_memory_mebibytes" in row
    ]  # fmt: skip
    return table(("", "until it answers, s", "memory at rest, MiB"), rows)
