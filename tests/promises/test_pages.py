"""Pages that say what the code lets one do, held to the code."""

import re
from pathlib import Path

from services.partners.terms.rules import PURPOSES
from shared.contracts.partners.agreement import LegalBasis
from shared.contracts.purpose import PARTNER_PURPOSES

DOCS = Path(__file__).parents[2] / "docs"


def test_every_basis_of_an_agreement_stands_on_its_page_with_what_it_serves() -> None:
    rows = re.findall(
        r"^\| `([a-z_]+)` \| 99\.[^|]+ \| ([^|]+) \|", (DOCS / "agreements.md").read_text(),
        re.MULTILINE,
    )  # fmt: skip
    served = {
        basis: set(PARTNER_PURPOSES) if serves == "every purpose" else set(serves.split(", "))
        for basis, serves in rows
    }
    assert served == {str(basis): PURPOSES[basis] for basis in LegalBasis}
