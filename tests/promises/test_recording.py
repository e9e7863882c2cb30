"""A route that discloses data about a child is recorded, or a list gives the reason why not."""

from typing import Any, get_args

from pydantic import BaseModel

from tests.promised import promise
from tests.promises.recording import RECORDED, UNRECORDED, WITHOUT_GRANT
from tests.promises.sources import guilty
from tests.promises.test_routes import Route, routes_of


def _named(route: Route) -> str:
    return f"{route.method} {route.path}"


@promise(
    "Access and privacy",
    "Every route of students records its disclosures, or has a written reason not to.",
)
def test_every_route_of_students_is_recorded_or_has_a_reason() -> None:
    known = [_named(route) for route in routes_of("students")]
    guilty(
        [f"{name}: say in recording.py what it tells, or why nothing is recorded"
         for name in known if name not in RECORDED and name not in UNRECORDED]
        + [f"{name} is no route" for name in (*RECORDED, *UNRECORDED) if name not in known]
        + [f"{name} is in both" for name in RECORDED if name in UNRECORDED]
    )  # fmt: skip


def test_a_route_that_is_recorded_has_a_transaction_to_record_in() -> None:
    guilty([
        f"{route} is recorded but reads without a transaction"
        for route in routes_of("students")
        if _named(route) in RECORDED
        and "open_session" not in {getattr(part.call, "__name__", "") for part in route.parts()}
    ])  # fmt: skip


def test_a_route_of_another_service_that_names_a_child_takes_a_grant() -> None:
    found = []
    for service in ("resources", "outcomes"):
        for route in routes_of(service):
            if "grant" not in route.headers and _names_a_child(route.known.response_model):
                found.append(f"{service} {_named(route)}")
    guilty([
        f"{name} names a child and takes no grant" for name in found if name not in WITHOUT_GRANT
    ] + [f"{name} is not in need of a reason" for name in WITHOUT_GRANT if name not in found]
    )  # fmt: skip


def _names_a_child(model: Any) -> bool:
    """A field `student_id`, at any depth."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        return "student_id" in model.model_fields or any(
            _names_a_child(field.annotation) for field in model.model_fields.values()
        )
    return any(_names_a_child(part) for part in get_args(model))
