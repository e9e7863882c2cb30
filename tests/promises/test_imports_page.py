"""docs/imports.md names every kind of import and the roles that may send it."""

import json
import re

from services.outcomes.observations.observation_import.rules import COLUMNS
from services.students.exchange.attendance_register.rules import HEADER
from shared.contracts.students.attendance import AttendanceCategory
from shared.imports.codes import Code
from shared.security.permissions import PERMISSIONS, Permission
from tests.promised import promise
from tests.promises.sources import guilty, sources
from tests.promises.test_pages import DOCS

PAGE = (DOCS / "imports.md").read_text()
CODES = PAGE.partition("\n## Codes\n")[2]


def kinds() -> dict[str, Permission]:
    """As the committed descriptions have them, with what each asks of the caller's role."""
    found: dict[str, Permission] = {}
    for file in (DOCS / "contracts" / "openapi").glob("*.json"):
        for path, of in json.loads(file.read_text())["paths"].items():
            if path.startswith("/v1/imports/") and "{" not in path and "post" in of:
                [asked] = of["post"]["security"]
                found[path.removeprefix("/v1/imports/")] = Permission(asked["principal"][0])
    return found


@promise(
    "Imports",
    "Every kind of import is on the imports page, with the roles that may send it.",
)
def test_every_kind_of_import_has_a_chapter_and_a_row_with_the_roles_that_may() -> None:
    chapters = re.findall(r"^## `([a-z-]+)`$", PAGE, re.MULTILINE)
    rows = dict(
        re.findall(
            r"^\| \[`([a-z-]+)`\]\(#\1\) \|.* \| ((?:`\w+`(?:, )?)+) \|$", PAGE, re.MULTILINE
        )
    )
    told = {kind: set(re.findall(r"\w+", roles)) for kind, roles in rows.items()}
    may = {
        kind: {str(role) for role, permissions in PERMISSIONS.items() if wanted in permissions}
        for kind, wanted in kinds().items()
    }
    assert set(chapters) == may.keys()
    assert told == may


def test_every_column_of_the_csv_formats_is_on_the_page() -> None:
    for name in (*COLUMNS, *HEADER, *AttendanceCategory):
        assert f"`{name}`" in PAGE, name


@promise("Imports", "Every code of an import's answer stands on its page, with its meaning.")
def test_the_page_lists_every_code_with_its_meaning_and_no_other_code() -> None:
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (.+?) \|(?: .*)? \|$", CODES, re.MULTILINE)
    assert rows == [(code.value, code.meaning) for code in Code]
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) for code in Code)


def test_each_former_code_is_on_the_page_once() -> None:
    former = re.findall(r"`([^`]+)`", "".join(re.findall(r"\| ([^|]*) \|$", CODES, re.MULTILINE)))
    assert len(former) == len({*former}) > 40
    assert {*former}.isdisjoint(Code)


def test_only_the_reader_makes_findings_and_only_of_these_codes() -> None:
    guilty([
        source.at(call, "a finding is made by its place")
        for source in sources("services", "gateway", "shared")
        if source.name != "shared/imports/findings.py"
        for call, name in source.calls()
        if name.split(".")[-1] == "FileProblem"
    ])  # fmt: skip
