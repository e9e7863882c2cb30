"""Finds the route of a request in a dictionary. The framework compares an address with one route
after another, those of an included router twice, so that a request costs more the more routes there
are. What is not found here goes the framework's way: unknown addresses, and other methods."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

NAMED = 3  # segments in a key: "", "v1" and the noun
Key = tuple[str, int, tuple[str, ...]]


class RouteTable:
    """Stands in the place of the app's router and chooses the route that the router would: the
    first that matches, in the order in which they were added. It is made at the first request, since
    routes are added until the process serves."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._router = app.router.middleware_stack
        self._by_key: dict[Key, list[Any]] | None = None
        self._everywhere: dict[str, list[Any]] = {}
        app.router.middleware_stack = self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._found(scope) if scope["type"] == "http" else None
        if route is None:
            await self._router(scope, receive, send)
        else:
            await route.app(scope, receive, send)

    def _found(self, scope: Scope) -> Any:
        """The route, noted in the scope as the router notes it."""
        if self._by_key is None:
            self._by_key = self._made()
        method, path = scope["method"], scope["path"]
        if path.endswith("\n"):  # which the framework's patterns overlook
            return None
        for route in self._by_key.get(_key(method, path), self._everywhere.get(method, [])):
            match, known = route.matches(scope)
            if match is not Match.FULL:
                continue
            scope.update(known)
            scope["router"] = self._app.router
            if isinstance(route.original_route, APIRoute):
                scope["route"] = route.original_route
            return route
        return None

    def _made(self) -> dict[Key, list[Any]]:
        """For each key the routes that may match, in order: those with its words and those, kept in
        `_everywhere` too, that match addresses of several keys."""
        made: dict[Key, list[Any]] = {}
        for route in iter_route_contexts(self._app.routes):
            path = str(route.path)
            for method in route.methods or ():
                key = _key(method, path)
                if ":" not in path and not any("{" in word for word in key[2]):
                    made.setdefault(key, [*self._everywhere.get(method, ())]).append(route)
                    continue
                self._everywhere.setdefault(method, []).append(route)
                for (other, *_), routes in made.items():
                    if other == method:
                        routes.append(route)
        return made


def _key(method: str, path: str) -> Key:
    """Alike for a route and for each address that matches it, where the route's first words are
    fixed and each parameter is one segment."""
    words = path.split("/")
    return method, len(words), tuple(words[:NAMED])
