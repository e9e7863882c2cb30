"""What tests/fuzz gives to docs/proof.md."""

from tests.proof.shape import Figures, Promise, Section
from tests.proof.words import counts, source, table

CODES_TOLD = 12
FINDINGS_TOLD = 50
UNDOCUMENTED = {
    "ServerError", "UndefinedStatusCode", "UndefinedContentType", "MissingContentType",
    "MalformedMediaType", "MissingHeaders", "JsonSchemaError", "MalformedJson", "no-answer",
}  # fmt: skip


def _files(of: Figures) -> str:
    rows = [
        (kind, f"{row['files']:,}", f"{row['taken']:,}", f"{sum(row['refused'].values()):,}",
         row["unexpected"], f"{row['slowest_seconds']:g} s (number {row['slowest_number']})")
        for kind, row in of["kinds"].items()
    ]  # fmt: skip
    head = ("importer", "files", "taken", "refused with a reason", "anything else", "slowest")
    codes = "\n".join(
        f"- {kind}: {counts(dict(list(row['refused'].items())[:CODES_TOLD]))}"
        for kind, row in of["kinds"].items()
    )
    return f"""Valid files of every kind, broken by chance in one to four ways (bytes, lines, words, numbers, dates,
encodings, depth, size, and zips of every sort), and read as an import reads them. How:
[`tests/fuzz/`](../tests/fuzz); each file can be made again from its kind, number and seed.

{table(head, rows)}

The codes of the refusals, the most frequent first:

{codes}

{source(of)}
"""


def _requests(of: Figures) -> str:
    rows = [
        (role, f"{sum(one['answers'].values()):,}", counts(one["answers"]))
        for role, one in of["callers"].items()
    ]
    excepted = [(f"{times:,}", why) for why, times in of["excepted"].items()]
    findings = [
        (each["check"], each["operation"], each["answer"], each["times"],
         f"{each['caller']}, seed {each['seed']}")
        for each in of["findings"][:FINDINGS_TOLD]
    ]  # fmt: skip
    found = (
        table(("check", "operation", "answer", "times", "asked by"), findings)
        if findings else "Nothing."
    )  # fmt: skip
    return f"""schemathesis with every check it has (examples, coverage, fuzzing and stateful) over the OpenAPI that
the gateway itself gives, against a whole platform{" with the demonstration's data" if of["demonstration"] else ""}; each caller gets a new
membership in every round. Of {of["operations"]} operations {of["operations_with_a_2xx"]} answered with a 2xx to somebody.
How: [`tests/fuzz/requests/`](../tests/fuzz/requests).

{table(("asked by", "requests", "answers"), rows)}

Taken for a failure by schemathesis and none
([why](../tests/fuzz/requests/excepted.py)):

{table(("times", "because"), excepted)}

What is left, {of["findings_of_kinds"]} kinds; with a request that shows it in
[`proof/fuzz-requests.json`](../proof/fuzz-requests.json):

{found}
{_faults(of)}
{source(of)}
"""


def _faults(of: Figures) -> str:
    said = "".join(f" The run as {each['caller']} with seed {each['seed']} ended early, with a fault of"
                   " schemathesis' own." for each in of["faults_of_schemathesis"])  # fmt: skip
    return f"\n{said.strip()}\n" if said else ""


def _undocumented(of: Figures) -> tuple[str, bool]:
    """500s and answers that no document foretells; what else was found is told by the section."""
    wrong = sum(each["times"] for each in of["findings"] if each["check"] in UNDOCUMENTED)
    enough = of["requests"] >= 100_000 and of["demonstration"]
    return f"{wrong} of {of['requests']:,}", not wrong and enough


SECTIONS = (
    Section("Bad input: requests", "fuzz-requests", "make fuzz-requests",
            "how 100,000 requests were answered", _requests),
    Section("Bad input: files", "fuzz-files", "make fuzz", "what became of 100,000 files", _files),
)  # fmt: skip
PROMISES = (
    Promise("bad input", "no 500 and no undocumented answer to requests made from the OpenAPI",
            "0 of 100,000", "fuzz-requests", _undocumented),
    Promise("bad input", "no file makes an importer fail", "0 of 100,000", "fuzz-files",
            lambda of: (f"{of['unexpected']} of {of['files']:,}",
                        not of["unexpected"] and of["files"] >= 100_000)),
)  # fmt: skip
NOT_MEASURED: tuple[str, ...] = ()
