"""Rules that hold for the documents."""

import re
from pathlib import Path

from tests.promises.sources import GENERATED, ROOT, SERVICES, guilty

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
HEADING = re.compile(r"# (\d+)\. \S")
HOUSES = (*(f"services/{service}" for service in SERVICES), "shared", "gateway")
PLACE = re.compile(r"^( *)([\w/]+)/(?= |$)", re.MULTILINE)


def test_each_decision_has_its_own_number_and_no_number_is_left_out() -> None:
    decisions = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == [*range(1, len(decisions) + 1)]


def test_a_decision_is_headed_by_its_number() -> None:
    guilty([
        f"{path.name} is headed otherwise"
        for path in (ROOT / "docs/decisions").glob("*.md")
        if not (heading := HEADING.match(path.read_text())) or int(heading[1]) != int(path.name[:4])
    ])  # fmt: skip


def test_a_link_from_one_document_to_another_file_leads_there() -> None:
    guilty([
        f"{document.relative_to(ROOT)} links to {target}"
        for document in DOCUMENTS
        for target in LINK.findall(document.read_text())
        if not (document.parent / Path(target)).exists()
    ])  # fmt: skip


def test_the_map_has_each_area_and_floor_and_no_other() -> None:
    drawn, house = set(), ""
    for indent, name in PLACE.findall((ROOT / "ARCHITECTURE.md").read_text()):
        house = house if indent else name
        if indent:
            drawn.add(f"{house}/{name}")
    assert drawn == {
        f"{house}/{area.parent.name}"
        for house in HOUSES
        for area in (ROOT / house).glob("*/__init__.py")
        if area.parent.name != GENERATED
    }
