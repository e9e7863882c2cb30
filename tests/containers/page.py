"""What tests/containers gives to docs/proof.md."""

from collections import Counter

from tests.containers.wrong import wrong_elsewhere
from tests.faults.zeros import bad_of
from tests.proof.shape import Figures, Promise, Section
from tests.proof.words import counts, source, table

RUNNING = "running it"
PART = "containers"


def _tell(of: Figures) -> str:
    looked, scaled, moved = of["inspected"], of["scaled"], of["gateway_replaced"]
    grown = of["elsewhere"]
    asked = {
        "three replicas of students, two of outcomes": scaled["asked_once"],
        "one of the three killed, -9": scaled["one_killed_asked_once"],
        "each service replaced by a new image": of["replaced"]["asked_once"],
        "a new image that does not start": of["replaced"]["bad_release"]["asked_once"],
        "the gateway replaced behind two ports": moved["two_ports"],
        "the gateway replaced behind one port": moved["one_port"],
    }
    rows = [
        (what, each["asked"], each["of_them_writes"], each["failed"], _how(each["failures"]) or "—",
         f"{each['longest_seconds']} s", f"{each['longest_gap_seconds']} s")
        for what, each in asked.items()
    ]  # fmt: skip
    restarts = [(what, f"{seconds} s") for what, seconds in of["restarted"].items()]
    return f"""The containers of `docker-compose.yml`, on one machine. While they are restarted, multiplied and
replaced, writers that repeat themselves are at work ({of["acknowledged"]:,} writes acknowledged,
asked again {of["asked_again"]:,} times); lost, doubled or different afterwards: **{bad_of(of)}**.
Beside them others ask each thing once, half of it writes without a key:

{table(("while", "asked", "of them writes", "failed", "how", "longest answer", "longest gap"), rows)}

{table(("restarted", "until all was ready again"), restarts)}

Replicas answered {scaled["answered_by_each"]} requests. Connections to PostgreSQL then:
{scaled["connections"]["all"]} of {scaled["most_connections"]}. Replacing took
{counts(of["replaced"]["seconds"])} seconds, the gateway {moved["seconds"]}.
Of {looked["containers"]} containers that ran as root (but the broker, without any right of root's),
had capabilities, could write outside their volumes or had no limits: {len(looked["wrong"])}.
{looked["secrets_looked_for"]} secrets were looked for in every layer and in the history of the image,
in what the engine tells of a container, and in the environment of its process; found:
{len(looked["secrets_in_the_image"])}.

The same image by [growing.md](growing.md): PostgreSQL that is not of the project, three brokers, each
by `compose.broker.yml`, the services by `compose.external.yml` and `compose.tls.yml`, all of it
encrypted with certificates made for the run. While people wrote ({grown["acknowledged"]:,} writes
acknowledged) one broker was killed and came back; lost, doubled or different afterwards:
**{bad_of(grown)}**. The stream was kept {grown["copies_of_the_stream"]} times; of students'
connections {grown["connections_encrypted"]} were encrypted and
{grown["connections_open_to_read"]} not. All was ready after {grown["seconds_to_start"]} s.

{source(of)}
"""


def _how(failures: Figures) -> str:
    """Without what was asked for."""
    found: Counter[str] = Counter()
    for what, count in failures.items():
        found[what.split(" ", 2)[2]] += count
    return counts(found)


SECTIONS = (
    Section("Running it: containers restarted, multiplied, replaced", PART,
            "make containers containers-proof",
            "what was lost, and how many requests failed", _tell),
)  # fmt: skip


def _restarted(of: Figures) -> tuple[str, bool]:
    return f"{len(of['restarted'])} restarts: {bad_of(of)}", not of["bad"]


def _scaled(of: Figures) -> tuple[str, bool]:
    failed = of["scaled"]["asked_once"]["failed"]
    return f"{bad_of(of)}; {failed} failed", not (of["bad"] or failed)


def _replaced(of: Figures) -> tuple[str, bool]:
    services, gateway = of["replaced"]["asked_once"], of["gateway_replaced"]["two_ports"]
    failed = services["failed"] + gateway["failed"]
    asked = services["asked"] + gateway["asked"]
    return f"{failed} of {asked:,}", not failed


def _elsewhere(of: Figures) -> tuple[str, bool]:
    grown = of["elsewhere"]
    return f"{bad_of(grown)}; all encrypted", not wrong_elsewhere(grown)


def _inspected(of: Figures) -> tuple[str, bool]:
    found = len(of["inspected"]["wrong"]) + len(of["inspected"]["secrets_in_the_image"])
    return f"{found} found", not found


PROMISES = (
    Promise(RUNNING, "containers: health, journey, restart of each", "all well, 0 lost", PART,
            _restarted),
    Promise(RUNNING, "three replicas of students and two of outcomes under load",
            "0 lost, 0 doubled, 0 failed", PART, _scaled),
    Promise(RUNNING, "rolling replacement of each service, and of the gateway behind two ports",
            "0 failed requests", PART, _replaced),
    Promise(RUNNING, "external PostgreSQL, three brokers, TLS everywhere, by settings only",
            "0 lost, 0 doubled", PART, _elsewhere),
    Promise(RUNNING, "non-root, read-only, no secret in an image or an environment", "0 found",
            PART, _inspected),
)  # fmt: skip
NOT_MEASURED = (
    (
        "The gateway behind one published port cannot be replaced without a gap; how long that is stands"
        " in the section on containers."
    ),
    "Containers on several machines: three brokers, PostgreSQL and the services share one.",
)
