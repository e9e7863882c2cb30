"""What tests/bench gives to docs/proof.md."""

from collections.abc import Callable

from tests.bench import page_load, page_services
from tests.proof.shape import Figures, Look, Promise, Section
from tests.proof.words import source

HOW = """Each figure is the least, the median and the most of its rounds, which take turns with those of its
yardsticks in one run. How: [`tests/bench/`](../tests/bench).

"""


def _section(
    title: str, name: str, says: str, tell: Callable[[Figures], str], command: str = ""
) -> Section:
    def told(of: Figures) -> str:
        left = "".join(f"\nNot measured: {each}." for each in of["not_measured"])
        return f"{tell(of)}\n{left}\n\n{source(of)}\n" if left else f"{tell(of)}\n\n{source(of)}\n"

    command = command or f"python -m tests.bench {name}"
    return Section(f"Load: {title}", f"bench-{name}", command, says, told)


SECTIONS = (
    _section("four views", "views", "what a view costs, beside bytes, SQL and a plain build",
             lambda of: HOW + page_services.views(of)),
    _section("ordinary reads", "reads", "what a read costs, beside the same rows by hand",
             page_services.reads),
    _section("views asked for together", "together", "what a view costs while many ask",
             page_services.together),
    _section("what is held, and five times that", "held", "at which rate p99 stays under 250 ms",
             page_load.held),
    _section("events", "pipeline", "how fast events travel", page_services.pipeline),
    _section("an import", "importing", "how long 100,000 students take beside COPY",
             page_services.importing),
    _section("partners are told", "sharing", "what telling 200 partners costs",
             page_services.sharing),
    _section("decision and disclosure", "disclosure", "what the law costs",
             page_services.disclosure),
    _section("a hidden child, and none", "hidden", "whether the time to answer tells them apart",
             page_services.hidden),
    _section("consents taken back", "withdrawals", "how soon partners' systems know",
             page_services.withdrawals,
             "WITHDRAWALS=1000 pytest tests/students/sharing/test_withdrawals.py"),
    _section("measures added up", "reactions", "how many a second", page_services.reactions),
    _section("a scorecard of a million observations", "scorecard", "how long it takes",
             page_services.scorecard),
    _section("search in a large library", "search", "how long it takes", page_services.search),
    _section("start and weight of a service", "starting", "how soon it answers",
             page_services.starting),
    _section("an hour", "soak", "what grows in an hour", page_load.soak),
    _section("from 1,000 to 1,000,000 children", "growth", "how answers grow", page_load.growth),
    _section("search by name", "naming", "what it costs beside the search before",
             page_load.naming),
    _section("cost", "cost", "what a thousand students cost a year", page_load.cost),
)  # fmt: skip


def _promise(words: str, aim: str, name: str, look: Look) -> Promise:
    return Promise("load and cost", words, aim, f"bench-{name}", look)


def _times(of: Figures, name: str, most: float) -> tuple[str, bool]:
    times = of["times_by_hand"][name]["median"]
    return f"{times:g} ×", times <= most


def _held(of: Figures) -> tuple[str, bool] | None:
    row = of["held"]
    figure = f"{row['rate']} a second for {row['seconds']:g} s: p99 {row['p99_ms']:.0f} ms"
    long_enough = row["seconds"] >= 600
    return figure, row["held"] and long_enough and of["machine"]["cores"] <= 2


def _rush(of: Figures) -> tuple[str, bool]:
    row = of["rush"]
    well = row["seconds_until_well"]
    figure = (
        f"{row['share_shed']:.0%} shed, p99 of the others {row['p99_ms']:.0f} ms, well after"
        f" {'never' if well is None else f'{well:g} s'}"
    )
    good = not row["neither_answered_nor_shed"] and well is not None and well <= 5
    return figure, good and row["seconds"] >= 60


def _soak(of: Figures) -> tuple[str, bool]:
    """PostgreSQL's memory is its cache, which fills."""
    rows = of["second_half"]
    memory = max(row["an_hour"] for name, row in rows["mebibytes"].items() if name != "postgres")
    files = max(row["an_hour"] for row in rows["descriptors"].values())
    steady = memory < page_load.STEADY_MEBIBYTES and files < page_load.STEADY_DESCRIPTORS
    refused = of["answers_not_2xx"] / of["answers"]
    figure = (
        f"at most {memory:+.1f} MiB and {files:+.1f} descriptors a process and hour;"
        f" {refused:.1%} of the answers not 2xx"
    )
    return figure, steady and of["lasted_seconds"] >= 3_600


def _views(of: Figures) -> tuple[str, bool]:
    return f"{len(of['views'])} views, {of['rounds']} rounds", of["rounds"] >= 5


def _client(of: Figures) -> tuple[str, bool]:
    p50 = of["write_to_partners_client_ms"]["p50"]["median"]
    return f"p50 {p50:g} ms", p50 < 50


def _onboarded(of: Figures) -> tuple[str, bool]:
    seconds = of["onboarding"]["onboarded_seconds"]["median"]
    return f"{seconds:.1f} s", seconds < 5


def _decided(of: Figures) -> tuple[str, bool]:
    median = of["decision_cpu_us"]["median"]
    return f"{median:g} µs", median <= 50


def _written(of: Figures) -> tuple[str, bool]:
    most = max(each["dearer"]["median"] for each in of["picture_for"].values())
    return f"{most - 1:+.1%} of the students service's CPU", most <= 1.15


def _withdrawn(of: Figures) -> tuple[str, bool]:
    late = sum(
        len(of[each]) for each in ("read_afterwards", "told_after_the_retraction", "told_late")
    )
    p99 = of["until_retracted_ms"]["p99"]
    figure = f"{late} of {of['withdrawals']:,}; retracted p99 {p99 / 1e3:.2f} s"
    return figure, not late and of["withdrawals"] >= 1_000 and p99 <= 5_000


def _hidden(of: Figures) -> tuple[str, bool]:
    apart = max(
        each["hidden_ms"]["median"] - each["absent_ms"]["median"] for each in of["asked"].values()
    )
    figure = f"at most {apart:.2f} ms longer, over {len(of['asked'])} questions"
    return figure, apart <= page_services.SAME_CLASS_MS


def _growth(of: Figures) -> tuple[str, bool]:
    sizes = list(of["ms"])
    worst, name = page_load.steepest(of)
    figure = f"{int(sizes[0]):,} to {int(sizes[-1]):,}: at most × {worst:.1f} ({name})"
    return figure, worst < page_load.MOST_TIMES and int(sizes[-1]) >= 1_000_000


def _naming(of: Figures) -> tuple[str, bool]:
    ratio, kind, size = max(
        (page_load.times_before(row), kind, int(size))
        for size, kinds in of["sizes"].items()
        for kind, row in kinds.items()
    )
    figure = f"at most × {ratio:.2f} ({kind}, {size:,} children)"
    return figure, ratio <= 1.3 and "200000" in of["sizes"]


PROMISES = (
    _promise("each figure beside the physical yardstick and a straightforward build",
             "5 interleaved rounds: min, median, max", "views", _views),
    _promise("a read by its key, beside asyncpg by hand", "≤ 1.7 ×", "reads",
             lambda of: _times(of, "one", 1.7)),
    _promise("a list of fifty, beside asyncpg by hand", "≤ 1.4 ×", "reads",
             lambda of: _times(of, "list", 1.4)),
    _promise("held for ten minutes, reads and writes 9 : 1, on two cores",
             "p99 < 250 ms, 0 errors", "held", _held),
    _promise("five times that: sheds with 429/503, answers stay fast, recovers", "in 5 s", "held",
             _rush),
    _promise("200 partners onboarded, from opening the stream to a connected client", "< 5 s", "sharing", _onboarded),
    _promise("a decision", "≤ 50 µs of CPU", "disclosure", _decided),
    _promise("a release written down, of a child's picture", "≤ +15 %", "disclosure", _written),
    _promise("a hidden child takes as long to refuse as none", "within 1 ms", "hidden", _hidden),
    _promise("read or told after a consent was taken back", "0 of 1,000; within 5 s",
             "withdrawals", _withdrawn),
    _promise("from a write to a partner's client, idle", "p50 < 50 ms", "sharing", _client),
    _promise("one-hour soak: memory, descriptors, connections, outbox", "no slope", "soak", _soak),
    _promise("growth from 1,000 to 1,000,000 students",
             "a plot; nothing grows faster than it must", "growth", _growth),
    _promise("search by name, folded and by every name, beside the search before",
             "≤ × 1.3 of its CPU for each kind of search, 200,000 children", "naming", _naming),
    _promise("cost per thousand students a year", "a table", "cost",
             lambda of: (f"{of['a_thousand_students_a_year']:g}, of an assumed price", True)),
)  # fmt: skip
NOT_MEASURED = (
    "Load from another machine: the generator shares the cores, and its CPU is told apart.",
    "Load on more than one machine, and on services with several replicas.",
)
