"""The router of every view: under /v1, with its refusals declared."""

from fastapi import APIRouter

from shared.core.refusals import refusals
from shared.http.route import ALWAYS_DECLARED, NamedRoute


def views(tag: str = "views") -> APIRouter:
    return APIRouter(
        prefix="/v1", tags=[tag], route_class=NamedRoute, responses=refusals(*ALWAYS_DECLARED)
    )
