"""A page of the specification's API (`contents`) or of ours (`items`), and the noun that it lists.

A page says nothing of what it does not list: a directory is never taken for whole because its last
page is there. Pages that exist and were not sent are a remark.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from services.partners.exchange.hsds_schema.rules import LISTS
from shared.imports.codes import Code
from shared.imports.findings import Findings, Place

LISTED_AS = ("contents", "items")
# In this order, any of them.
MARKS = {
    "service_at_location": {"service"},
    "location": {"location_type"},
    "service": {"status", "organization", "organization_id", LISTS["service_at_location"]},
    "taxonomy": {
        "taxonomy", "taxonomy_id", "taxonomy_detail", "term_uri", "code", "parent_id",
    },
    "organization": {"name"},
}  # fmt: skip


def noun_of(value: Any, file: str) -> str | None:
    """By what the object has; a file named after taxonomies holds nothing else."""
    if not isinstance(value, dict):
        return None
    if "taxonom" in file.lower():
        return "taxonomy"
    found = next((noun for noun, marks in MARKS.items() if marks & value.keys()), None)
    return "taxonomy" if found == "organization" and "version" in value else found


@dataclass
class Listing:
    """The pages of one list. `ends`: whether its last page is there."""

    place: Place
    numbers: set[int] = field(default_factory=set)
    total: int = 0
    ends: bool = False

    @property
    def is_whole(self) -> bool:
        if self.total:
            return len([n for n in self.numbers if 1 <= n <= self.total]) == self.total
        return self.ends and max(self.numbers, default=0) == len(self.numbers)


@dataclass
class Pages:
    """All pages of an upload, by the noun that they list."""

    listings: dict[str | None, Listing] = field(default_factory=dict)

    def opened(self, document: Any, place: Place) -> tuple[Place, Any]:
        """What a page lists, and where; a document that is no page as it is."""
        for name in LISTED_AS:
            if isinstance(document, dict) and name in document:
                listed = document[name]
                at = place.at(name)
                self._note(document, listed, at)
                return at, listed
        return place, document

    def remark_missing(self, findings: Findings) -> None:
        for listing in self.listings.values():
            if not listing.is_whole:
                findings.remark(listing.place, Code.PAGES_MISSING)

    def _note(self, page: dict[str, Any], listed: Any, place: Place) -> None:
        items: Iterable[Any] = listed if isinstance(listed, list) else [listed]
        noun = next((noun_of(each, place.file) for each in items), None)
        listing = self.listings.setdefault(noun, Listing(place))
        listing.place = place
        listing.total = max(listing.total, _whole(page.get("total_pages")))
        number = _whole(page.get("page_number"))
        listing.numbers |= {number} if number else set()
        listing.ends = listing.ends or _is_last(page)


def _is_last(page: dict[str, Any]) -> bool:
    """Where a page does not say that others follow, none do."""
    return page.get("last_page") is not False and page.get("next") is None


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
