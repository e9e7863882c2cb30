"""What is promised and no instrument measures yet. A line goes when a package's page has it."""

from tests.proof.shape import NotYet

INPUT, RUNNING = "bad input", "running it"
NOT_YET = (
    NotYet(INPUT, "no 500 and no undocumented answer to requests made from the OpenAPI",
           "0 of 100,000"),
    NotYet(INPUT, "no file makes an importer fail", "0 of 100,000"),
)  # fmt: skip
