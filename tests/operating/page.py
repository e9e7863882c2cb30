"""What tests/operating gives to docs/proof.md."""

from tests.proof.shape import Figures, Promise, Section
from tests.proof.words import source, table


def running(of: Figures) -> str:
    rows = [
        (name, _spread(each["seconds"]), _spread(each["mebibytes"]))
        for name, each in of["processes"].items()
    ]
    rows += [(name, "", f"{held}") for name, held in of["servers_mebibytes"].items()]
    head = ("process", "seconds to start", "MiB, idle")
    return (
        "From its start until it says that it is ready, one process at a time, on this machine's own"
        f" servers; min / median / max of {of['rounds']} rounds. The bare interpreter and the bare"
        " app (one route, the same server) are the yardstick. Memory is PSS.\n\n"
        f"{table(head, rows)}\n\n"
        f"The image, built twice from nothing: {of['layers_the_same']} of {of['layers']} layers are"
        f" the same, {of['files_that_differ']} files differ. Its bill of materials (`make sbom`) has"
        f" {of['components']} components.\n\n{source(of)}\n"
    )


def rehearsal(of: Figures) -> str:
    rows = [(chapter, f"{seconds}") for chapter, seconds in of["acts"].items()]
    return (
        "Every command of [operating.md](operating.md), taken out of the page and run on a platform"
        " in containers; after each chapter it is looked whether it did what it says"
        f" ({of['commands_run']} of {of['commands']} blocks).\n\n"
        f"{table(('chapter', 'seconds'), rows)}\n\n{source(of)}\n"
    )


def _spread(figures: dict[str, float]) -> str:
    return " / ".join(f"{figures[each]:g}" for each in ("min", "median", "max"))


SECTIONS = (
    Section("Running it: processes and image", "running", "python -m tests.operating.processes",
            "what each process takes to start and of memory, and whether an image is built alike",
            running),
    Section("Running it: the operator's page", "rehearsal", "make rehearsal",
            "which commands of the page did what it says", rehearsal),
)  # fmt: skip
PROMISES = (
    Promise("running it", "every command of docs/operating.md is run by a test", "all",
            "rehearsal", lambda of: (f"{of['commands_run']} of {of['commands']} blocks",
                                     of["commands_run"] == of["commands"])),
    Promise("running it", "image built reproducibly", "all layers the same", "running",
            lambda of: (f"{of['layers_the_same']} of {of['layers']} layers",
                        of["layers_the_same"] == of["layers"])),
    Promise("running it", "time to start and memory of each process", "printed", "running",
            lambda of: (f"{len(of['processes'])} measured", True)),
)  # fmt: skip
NOT_MEASURED = (
    "Known vulnerabilities where their database cannot be asked: `make audit` says whether it was.",
)
