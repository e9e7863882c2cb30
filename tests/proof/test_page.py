"""docs/proof.md says what was measured, and nothing else."""

from tests.proof.page import ABOUT, PAGE, PAGES, page
from tests.proof.shape import PROOF


def test_the_page_is_what_the_committed_figures_say() -> None:
    assert PAGE.read_text() == page()


def test_every_file_of_figures_is_told_by_a_section() -> None:
    told = {section.part for one in PAGES for section in one.SECTIONS}
    assert {file.stem for file in PROOF.glob("*.json")} <= told


def test_every_promise_is_about_something_that_the_summary_orders() -> None:
    assert {promise.about for one in PAGES for promise in one.PROMISES} <= set(ABOUT)
