"""How load, growth, an hour and cost are told."""

from tests.proof.shape import Figures
from tests.proof.words import counts, table

STEADY_MEBIBYTES, STEADY_DESCRIPTORS = 10.0, 5.0
"""Of a process in an hour. Less is within what two looks differ by: an allocator's step, a socket."""
MOST_TIMES = 10.0
"""An answer that takes this many times as long for a thousand times the children grows too fast."""


def held(of: Figures) -> str:
    row, rush = of["held"], of["rush"]
    ramp = table(("asked a second", "answered a second", "p50", "p99", "answers"), [
        (r["rate"], r["answered_a_second"], _ms(r["p50_ms"]), _ms(r["p99_ms"]),
         counts(r["statuses"])) for r in of["ramp"]
    ])  # fmt: skip
    cpu = {name: f"{seconds} s" for name, seconds in row["cpu_seconds"].items()}
    well = rush["seconds_until_well"]
    return f"""Reads and writes as people make them, 9 : 1, at times fixed beforehand (Poisson); the time to
answer counts from when a request was due. {of["students"]:,} students, PostgreSQL and the broker on the
same cores, both writing through; so is the generator.

{ramp}

**{row["rate"]} a second for {row["seconds"]:g} s{"" if row["held"] else " is NOT held"}**: p50 {_ms(row["p50_ms"])},
p99 {_ms(row["p99_ms"])}, slowest {_ms(row["slowest_ms"])}; {counts(row["statuses"])}. CPU meanwhile:
{counts(cpu)}; the generator {row["generator_cpu_seconds"]} s.

**{rush["rate"]} a second, five times that, for {rush["seconds"]:g} s**: {rush["share_shed"]:.1%} shed
(`Retry-After`: {", ".join(rush["retry_after"]) or "none"}; refused within {_ms(rush["refused_ms_p99"])}, p99);
{rush["answered_a_second"]} a second answered, p50 {_ms(rush["p50_ms"])}, p99 {_ms(rush["p99_ms"])};
{counts(rush["statuses"])}; neither answered nor shed: {rush["neither_answered_nor_shed"]}. Back at the held
rate everything was well after {"NEVER" if well is None else f"{well:g} s"}. Every event of it was heard in the
end: {rush["events_settled"]}."""


def _ms(value: float | None) -> str:
    return "none" if value is None else f"{value:,.0f} ms"


def soak(of: Figures) -> str:
    half = of["second_half"]
    rows = [
        (f"{name}: memory, MiB (PSS)", *_grown(row)) for name, row in half["mebibytes"].items()
    ]
    rows += [(f"{name}: descriptors", *_grown(row)) for name, row in half["descriptors"].items()]
    rows += [
        (words, *_grown(half[key]))
        for key, words in (
            ("connections", "connections to PostgreSQL"), ("stream_messages", "stream: messages"),
            ("stream_bytes", "stream: bytes"), ("outbox_rows", "outboxes: rows"),
            ("outbox_bytes", "outboxes: bytes on disk"),
        )
    ]  # fmt: skip
    return f"""{of["lasted_seconds"] / 60:g} minutes at {of["rate"]:g} a second, reads and writes 9 : 1. A day of retention
lasted {of["a_day_of_retention_minutes"]} minutes, so that pruning is seen: at most {half["most_outbox_rows"]:,} rows
were in the outboxes. {of["answers"]:,} answers, {of["answers_not_2xx"]} of them not 2xx {of["statuses_not_2xx"] or ""};
p50 {of["p50_ms"]:.0f} ms (how fast it is, `held` says: slopes do not mind what else the machine does, and this
one had a load of {of["machine"]["load_before"]} before). Slopes are those of the second half; PostgreSQL's memory is its
cache, which fills up to `shared_buffers`.

{table(("", "from", "to", "an hour"), rows)}"""


def _grown(row: dict[str, float]) -> tuple[str, str, str]:
    return f"{row['from']:,}", f"{row['to']:,}", f"{row['an_hour']:+,}"


def steepest(of: Figures) -> tuple[float, str]:
    """How many times as long the answer that grew most takes, from the fewest to the most children."""
    first, *_, last = of["ms"].values() if len(of["ms"]) > 1 else [*of["ms"].values()] * 2
    return max((last[name]["median"] / first[name]["median"], name) for name in first)


def growth(of: Figures) -> str:
    sizes = of["ms"]
    names = list(next(iter(sizes.values())))
    rows = [
        (name, *(_spread(each[name]) for each in sizes.values())) for name in names
    ]  # fmt: skip
    made = counts({f"{int(s):,}": f"{t:g} s" for s, t in of["seconds_to_make_the_rows"].items()})
    return f"""Milliseconds to answer, one at a time, at the services' ASGI entrances: least / median / most of
{of["rounds"]} rounds' medians. The rows were made by SQL (in {made}).

{table(("", *(f"{int(size):,}" for size in sizes)), rows)}

![How answers grow](growth.svg)"""


def times_before(row: Figures) -> float:
    """How many times the CPU of the search before a kind of search takes, by the medians of the
    rounds."""
    return float(row["cpu_ms"]["median"] / row["former_cpu_ms"]["median"])


def naming(of: Figures) -> str:
    spreads = ("ms", "former_ms", "cpu_ms", "former_cpu_ms")
    rows = [
        (kind, f"{int(size):,}", *(_spread(row[each]) for each in spreads), f"× {times_before(row):.2f}")
        for size, kinds in of["sizes"].items()
        for kind, row in kinds.items()
    ]  # fmt: skip
    head = ("", "children", "ms", "ms, before", "CPU, ms", "CPU, ms, before", "CPU, of before")
    return f"""{of["rounds"]} rounds of {of["times_a_round"]} searches of each kind, at the ASGI entrance of students, and the same by the
search that was there before: the beginnings of three columns, letter for letter, in the order of
names. That one finds less; policy and log are the same. CPU is that of the service and of its
connections in PostgreSQL. Least / median / most of the rounds.

{table(head, rows)}"""


def _spread(row: dict[str, float]) -> str:
    return f"{row['min']:g} / {row['median']:g} / {row['max']:g}"


def cost(of: Figures) -> str:
    rows = [
        (f"{r['students']:,}", r["asked_a_second_in_the_busiest_hour"], r["machines"],
         f"{r['a_year']:,}", f"**{r['a_thousand_students_a_year']:,}**") for r in of["rows"]
    ]  # fmt: skip
    assumed = "".join(f"- {k.replace('_', ' ')}: {v:g}\n" for k, v in of["assumed"].items())
    on = of["machine_measured"]
    head = ("students", "asked a second, busiest hour", "machines", "a year",
            "a thousand students a year")  # fmt: skip
    memory = of["memory_of_all_processes_mebibytes"]
    return f"""A machine as the one measured ({on["cores"]} cores, {on["memory_gib"]} GiB, {on["processor"]}; all
processes together take {f"{memory:,} MiB" if memory else "what was not measured"}) holds {of["requests_held_a_second"]}
requests a second. Assumed, and parameters of the command:

{assumed}
{table(head, rows)}"""
