"""A promise stands at the tests that hold it; `make promises` writes docs/promises.md from them."""

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test")


def promise(section: str, sentence: str) -> Callable[[Test], Test]:
    """The test fails when this promise of this section of the page is broken.

    Several tests may hold one promise, in the same words; a test holds one. Both arguments are
    literals: the page reads them from the source, so that no test is imported for it.
    """
    return lambda test: test
