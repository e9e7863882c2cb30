"""docs/imports.md names every kind of import and who may send it."""

import json
import re

from services.outcomes.observations.observation_import.rules import COLUMNS
from services.students.exchange.attendance_register.rules import HEADER
from shared.contracts.students.attendance import AttendanceCategory
from shared.security.permissions import PERMISSIONS, Permission
from tests.promises.test_pages import DOCS

PAGE = (DOCS / "imports.md").read_text()


def kinds() -> dict[str, Permission]:
    """As the committed descriptions have them, with what each asks of the caller's role."""
    found: dict[str, Permission] = {}
    for file in (DOCS / "contracts" / "openapi").glob("*.json"):
        for path, of in json.loads(file.read_text())["paths"].items():
            if path.startswith("/v1/imports/") and "post" in of:
                [asked] = of["post"]["security"]
                found[path.removeprefix("/v1/imports/")] = Permission(asked["principal"][0])
    return found


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


def test_every_column_of_a_table_of_ours_is_on_the_page() -> None:
    for name in (*COLUMNS, *HEADER, *AttendanceCategory):
        assert f"`{name}`" in PAGE, name
