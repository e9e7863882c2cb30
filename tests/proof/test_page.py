"""docs/proof.md gives the measured figures, and nothing else."""

from tests.promised import promise
from tests.proof.page import ABOUT, PAGE, PAGES, page
from tests.proof.shape import PROOF


@promise("The house", "The page of figures says exactly what the committed runs say.")
def test_the_page_matches_the_committed_figures() -> None:
    assert PAGE.read_text() == page()


def test_every_file_of_figures_has_a_section() -> None:
    told = {section.part for one in PAGES for section in one.SECTIONS}
    assert {file.stem for file in PROOF.glob("*.json")} <= told


def test_every_promise_is_about_a_subject_of_the_summary() -> None:
    assert {promise.about for one in PAGES for promise in one.PROMISES} <= set(ABOUT)
