"""What is promised and no instrument measures yet. A line goes when a package's page has it."""

from tests.proof.shape import NotYet

INPUT, RUNNING = "bad input", "running it"
NOT_YET = (
    NotYet(INPUT, "no 500 and no undocumented answer to requests made from the OpenAPI",
           "0 of 100,000"),
    NotYet(INPUT, "no file makes an importer fail", "0 of 100,000"),
    NotYet(RUNNING, "containers: health, journey, restart of each", "all well"),
    NotYet(RUNNING, "three replicas of students and two of outcomes under load",
           "0 lost, 0 doubled"),
    NotYet(RUNNING, "rolling replacement of each service", "0 failed requests"),
    NotYet(RUNNING, "non-root, read-only, no secret in an image or an environment", "0 found"),
    NotYet(RUNNING, "three brokers and TLS by settings only", "tested"),
)  # fmt: skip
