"""docs/promises.md lists the promises of the tests, and loses none in silence."""

from pathlib import Path

import pytest

from tests.promised import promise
from tests.promises.page import PAGE, Promise, faults, page, promises, write
from tests.promises.sources import guilty, sources

FIXTURES = {"tests/conftest.py"}
ONE = Promise("Requests", "A refused request changes and announces nothing.", "a.py::test_a")
OTHER = Promise(
    "Events", "A row counts as published only after the broker has it.", "a.py::test_b"
)


@promise("The house", "The page of promises says exactly what stands at the tests.")
def test_the_page_of_promises_lists_the_promises_at_the_tests() -> None:
    assert PAGE.read_text() == page(promises()), "make promises writes it"


def test_no_promise_is_made_twice_in_different_words() -> None:
    guilty(faults(promises()))


def test_every_promise_stands_at_a_test_of_a_module() -> None:
    calls = sum(name == "promise" for source in sources("tests") for _, name in source.calls())
    assert calls == len(promises())
    guilty([
        f"{each.test} is no test"
        for each in promises()
        if "/test_" not in each.test or "::test_" not in each.test
        if each.test.partition("::")[0] not in FIXTURES
    ])  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        Promise("Requests", "Another promise altogether, at the same test.", ONE.test),
        Promise("Events", ONE.sentence, OTHER.test),
        Promise("Requests", ONE.sentence.replace("and", "or"), OTHER.test),
    ],
    ids=["at one test", "in two sections", "in nearly the same words"],
)
def test_a_promise_that_is_made_twice_is_found(other: Promise) -> None:
    assert len(faults([ONE, other])) == 1
    assert faults([ONE, OTHER]) == []


@promise("The house", "The page of promises loses none unless its writer says so.")
def test_the_page_loses_a_promise_only_where_its_writer_says_so(tmp_path: Path) -> None:
    path, whole, part = tmp_path / "promises.md", page([ONE, OTHER]), page([ONE])
    write(path, whole)
    with pytest.raises(SystemExit, match="would lose 1 promises"):
        write(path, part)
    assert path.read_text() == whole
    write(path, part, fewer=True)
    assert path.read_text() == part
