"""The pages that describe the code match the code."""

import re
from pathlib import Path

import pytest

from gateway.app import create_gateway
from gateway.documents.openapi import service_documents
from services.partners.agreements.terms.rules import PURPOSES
from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.purpose import PARTNER_PURPOSES
from tests.operating.chapters import HEADING, anchor
from tests.promises.sources import guilty
from tests.ways.page import FUNCTION

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
NAMED = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE) (?:\$PLATFORM)?(/v1/[^\s`\"?)]*)")
LINK = re.compile(r"\]\((?!http)([^)#]*)(?:#([^)]+))?\)")
PLACE = re.compile(r"\{[^}]+\}|\$[A-Z]+")


def test_the_page_of_agreements_lists_every_basis_with_its_purposes() -> None:
    rows = re.findall(
        r"^\| `([a-z_]+)` \| 99\.[^|]+ \| ([^|]+) \|", (DOCS / "agreements.md").read_text(),
        re.MULTILINE,
    )  # fmt: skip
    served = {
        basis: set(PARTNER_PURPOSES) if serves == "every purpose" else set(serves.split(", "))
        for basis, serves in rows
    }
    assert served == {str(basis): PURPOSES[basis] for basis in LegalBasis}


def routes() -> set[tuple[str, str]]:
    """Every method and path, whatever its parameters are called."""
    documents = [create_gateway().openapi(), *service_documents().values()]
    return {
        (method.upper(), PLACE.sub("{}", path))
        for document in documents
        for path, operations in document["paths"].items()
        for method in operations
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_route_that_a_page_names_in_full_exists(page: Path) -> None:
    named = {
        (method, PLACE.sub("{}", path).rstrip(".,;"))
        for method, path in NAMED.findall(page.read_text())
        if "…" not in path
    }
    assert named <= routes()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for file, place in LINK.findall(page.read_text()):
        there = page.parent / file if file else page
        assert there.exists(), file
        if place:
            lines = map(HEADING.fullmatch, there.read_text().splitlines())
            assert place in {anchor(line[2]) for line in lines if line}, (file, place)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_function_that_a_page_names_exists(page: Path) -> None:
    guilty([
        f"{file} has no {name}"
        for file, name in FUNCTION.findall(page.read_text())
        if not (ROOT / file).exists()
        or f"def {name.rpartition('.')[2]}(" not in (ROOT / file).read_text()
    ])  # fmt: skip
