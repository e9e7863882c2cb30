"""What may be asked at an address, for whoever asks otherwise: 405 with `Allow` (RFC 9110, 15.5.6).

A service has a route for each method, and knows of one of them only; the documents know all.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

Template = tuple[re.Pattern[str], frozenset[str]]


class Methods:
    """`paths` as in an OpenAPI document."""

    def __init__(self, paths: Mapping[str, Mapping[str, Any]]) -> None:
        self._by_noun: dict[str, list[Template]] = {}
        # A fixed address before one with a place for an id, as services look for them.
        for path in sorted(paths, key=lambda path: (path.count("{"), path)):
            self._by_noun.setdefault(_noun(path), []).append(_template(path, paths[path]))

    def at(self, path: str) -> frozenset[str] | None:
        """None where the documents know no such address."""
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
