"""Files that every importer takes, small: what the fuzzing breaks. Those that nobody here wrote are
added where they are at hand."""

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import orjson

from deploy.demonstration import directory, library, standards
from tests.bench.oneroster_generator import package
from tests.fuzz.mutating import zipped
from tests.outcomes.builders import csv_of, line
from tests.students.packages import delta

DATA = Path(__file__).parents[3] / "shared" / "data"
MOST_BYTES = 30_000
YEAR = 2026


def _real(pattern: str) -> list[bytes]:
    found = (file.read_bytes() for file in sorted(DATA.glob(pattern)))
    return [content for content in found if len(content) < MOST_BYTES]


def oneroster() -> list[bytes]:
    school = {"sourcedId": "o1", "name": "North", "type": "school"}
    user = {"sourcedId": "u1", "enabledUser": "true", "username": "a", "givenName": "A",
            "familyName": "B"}  # fmt: skip
    return [
        package(1), package(3), delta("1.2", orgs=[school]),
        delta("1.2", orgs=[school], users=[user]),
        delta("1.1", orgs=[school], users=[user | {"orgSourcedIds": "o1", "role": "student"}]),
        *_real("oneroster/packages/valid*.zip"),
    ]  # fmt: skip


def hsds() -> list[bytes]:
    organization = {"id": "org-1", "name": "Tutors", "description": "They tutor"}
    table = io.StringIO()
    writer = csv.DictWriter(table, [*organization])
    writer.writeheader()
    writer.writerow(organization)
    return [
        _start_of(directory.hsds()), orjson.dumps(organization), orjson.dumps([organization]),
        zipped({"organizations.csv": table.getvalue().encode()}),
        *_real("hsds/examples_json/*.json"),
    ]  # fmt: skip


def standards_files() -> list[bytes]:
    made = orjson.loads(standards.package())
    first = made[0] if isinstance(made, list) else made
    items = first["CFItems"][:5]
    known = {item["identifier"] for item in items} | {first["CFDocument"]["identifier"]}
    links = [
        each for each in first["CFAssociations"]
        if {each["originNodeURI"]["identifier"], each["destinationNodeURI"]["identifier"]} <= known
    ]  # fmt: skip
    small = orjson.dumps(first | {"CFItems": items, "CFAssociations": links})
    return [small, zipped({"one.json": small}), *_real("resources/case/*Framework.json")]


def learning_resources() -> list[bytes]:
    lines = b"\n".join(library.documents(YEAR).splitlines()[:4])
    documents = [orjson.loads(each) for each in lines.splitlines()]
    return [
        orjson.dumps(documents), orjson.dumps(documents[0]), lines, zipped({"a.jsonl": lines}),
        *_real("resources/amb/examples/valid/*.json"),
    ]  # fmt: skip


def observations() -> list[bytes]:
    lines = [line(), line(period="2024-2025"), line(place="255902", place_name='"North, Big"')]
    return [
        csv_of(lines),
        "\ufeff".encode() + csv_of(lines[:1]),
        csv_of(lines).replace(b"\n", b"\r\n"),
    ]


def attendance() -> list[bytes]:
    rows = [f"s{n},{date(2026, 9, n + 1)},{kind}" for n, kind in
            enumerate(["In Attendance", "Tardy", "Unexcused Absence"])]  # fmt: skip
    whole = "\n".join(["studentSourcedId,date,category", *rows, ""]).encode()
    return [whole, whole.replace(b"\n", b"\r\n")]


def _start_of(document: bytes) -> bytes:
    """Of a list of many, the first two."""
    whole = orjson.loads(document)
    return orjson.dumps(whole[:2] if isinstance(whole, list) else whole)


VALID: dict[str, Callable[[], list[bytes]]] = {
    "oneroster": oneroster, "hsds": hsds, "standards": standards_files,
    "learning-resources": learning_resources, "observations": observations,
    "attendance": attendance,
}  # fmt: skip
