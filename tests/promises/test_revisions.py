"""The migrations of a service are one chain; the tests need no database."""

import re

import pytest

from tests.promised import promise
from tests.promises.sources import ROOT, SERVICES

REVISION = re.compile(r"^revision: str = '(\d{4})'$", re.MULTILINE)
PARENT = re.compile(r"^down_revision: .* = (?:'(\d{4})'|None)$", re.MULTILINE)


@promise("The house", "The migrations of a service are one chain.")
@pytest.mark.parametrize("service", SERVICES)
def test_each_revision_follows_the_one_before_and_is_named_by_its_number(service: str) -> None:
    """Two that were written side by side would leave the service unable to start."""
    files = sorted((ROOT / "services" / service / "migrations" / "versions").glob("*.py"))
    numbers = [f"{number:04d}" for number in range(1, len(files) + 1)]
    texts = [file.read_text() for file in files]
    assert [file.name[:4] for file in files] == numbers
    assert [REVISION.findall(text) for text in texts] == [[number] for number in numbers]
    assert [PARENT.findall(text) for text in texts] == [[""], *([n] for n in numbers[:-1])]
