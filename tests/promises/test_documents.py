"""What holds of the documents."""

import re
from pathlib import Path

from tests.promises.sources import ROOT, guilty

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
HEADING = re.compile(r"# (\d+)\. \S")


def test_each_decision_has_a_number_of_its_own_and_none_is_left_out() -> None:
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
