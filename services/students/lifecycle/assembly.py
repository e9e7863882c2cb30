"""Routes, reactions and the worker of a record's life."""

from services.students.lifecycle.amendments import routes as amendments
from services.students.lifecycle.erasures import reactions
from services.students.lifecycle.erasures import routes as erasures
from services.students.lifecycle.exports import routes as exports
from services.students.lifecycle.retention.actions import retain_for_ever
from shared.runtime.area import Area

AREA = Area(
    routers=[
        exports.composed,
        erasures.of_child,
        erasures.router,
        amendments.router,
    ],
    reactions=[
        *reactions.REACTIONS,
    ],
    workers=[
        retain_for_ever,
    ],
)
