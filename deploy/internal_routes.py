"""The parameters that the gateway must send to each internal route, as docs/contracts/internal has
them.

While a platform is upgraded, the gateway of the release before asks the services of this one,
which must understand everything that it sends.
"""

import importlib
from collections.abc import Iterator
from typing import Any

from fastapi.routing import iter_route_contexts
from pydantic import TypeAdapter


def internal_routes_of(service: str) -> dict[str, dict[str, bool]]:
    """The parameters of each internal route, by method and path, each with whether it is
    required."""
    app = importlib.import_module(f"services.{service}.app").app
    return {
        f"{method} {context.path}": dict(sorted(_asked(context)))
        for context in iter_route_contexts(app.routes)
        if str(context.path).startswith("/internal/")
        for method in sorted(context.methods or ())
    }


def demands(old: dict[str, dict[str, bool]], new: dict[str, dict[str, bool]]) -> list[str]:
    """The reasons why `new` does not understand every request of `old`; empty where it does."""
    found = []
    for route, asked in old.items():
        if route not in new:
            found.append(f"{route} is gone")
            continue
        found += [f"{route}: {name} is gone" for name in asked if name not in new[route]]
        found += [
            f"{route}: {name} is required, and was not"
            for name, required in new[route].items()
            if required and not asked.get(name)
        ]
    return found


def _asked(context: Any) -> Iterator[tuple[str, bool]]:
    waiting = [context.dependant]
    while waiting:
        part = waiting.pop()
        waiting += part.dependencies
        for place in ("query", "header"):
            for field in getattr(part, f"{place}_params"):
                yield f"{place} {field.alias}", field.field_info.is_required()
        for field in part.body_params:
            schema = TypeAdapter(field.field_info.annotation).json_schema()
            for name in schema.get("properties", ()):
                yield f"body {name}", name in schema.get("required", ())
