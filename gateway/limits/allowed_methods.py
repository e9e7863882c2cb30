"""The methods of an address, for a request with any other: 405 with `Allow` (RFC 9110, 15.5.6).

A service has a route for each method, and each route knows its own only; the documents have all.
"""

import re
from collections.abc import Iterable, Mapping

Template = tuple[re.Pattern[str], frozenset[str]]


class Methods:
    """`paths` has the methods of each path, which is written as in an OpenAPI document."""

    def __init__(self, paths: Mapping[str, Iterable[str]]) -> None:
        self._by_noun: dict[str, list[Template]] = {}
        # Fixed addresses before those with an id, as in a service's router.
        for path in sorted(paths, key=lambda path: (path.count("{"), path)):
            self._by_noun.setdefault(_noun(path), []).append(_template(path, paths[path]))

    def at(self, path: str) -> frozenset[str] | None:
        """The methods; None where the documents have no such address."""
        for pattern, methods in self._by_noun.get(_noun(path), ()):
            if pattern.fullmatch(path):
                return methods
        return None


def header(methods: frozenset[str]) -> dict[str, str]:
    return {"Allow": ", ".join(sorted(methods))}


def _noun(path: str) -> str:
    return "/".join(path.split("/")[:3])


def _template(path: str, operations: Iterable[str]) -> Template:
    parts = (r"[^/]+" if part.startswith("{") else re.escape(part) for part in path.split("/"))
    methods = {method.upper() for method in operations}
    return re.compile("/".join(parts)), frozenset(
        methods | ({"HEAD"} if "GET" in methods else set())
    )
