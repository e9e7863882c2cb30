"""In every view a part that is absent, one that is withheld and one whose service is down are told
apart."""

from types import NoneType
from typing import Any, get_args
from uuid import uuid4

import pytest

from gateway.views.community import CommunityView
from gateway.views.exports import ExportView
from gateway.views.family import FamilyChild
from gateway.views.partners import PartnerView
from gateway.views.partnerships import PartnershipView
from gateway.views.parts import View
from gateway.views.search import SearchView
from gateway.views.students import StudentView
from shared.security.grants import Category
from tests.gateway.services import Network, network, problem
from tests.promises.sources import guilty

ID = str(uuid4())
CHILD = {"id": ID, "name": "a child"}
PICTURE = {
    "student": CHILD, "contacts": [], "engagements": [{"worker_id": ID}], "attendance": [], "dosage": [],
    "grant": "signed", "withheld": {},
}  # fmt: skip
# Each view: where it is read, and what it is made around, without which it is no page at all.
VIEWS: dict[type[View], tuple[str, dict[tuple[str, str], Any]]] = {
    CommunityView: ("/v1/views/community", {}),
    SearchView: ("/v1/search?q=reading", {}),
    PartnerView: (
        f"/v1/views/partners/{ID}",
        {("partners", f"/internal/partners/{ID}/profile"):
         {"partner": {"id": ID}, "sites": [], "programs": []}},
    ),
    PartnershipView: (
        f"/v1/views/partnerships/{ID}",
        {("partners", f"/internal/partnerships/{ID}/profile"):
         {"partnership": {"id": ID}, "members": [], "networks": [], "pipelines": []}},
    ),
    StudentView: (
        f"/v1/views/students/{ID}",
        {("students", f"/internal/students/{ID}/picture"): PICTURE},
    ),
    ExportView: (
        f"/v1/views/students/{ID}/export",
        {("students", f"/internal/students/{ID}/export"): {"picture": PICTURE}},
    ),
    FamilyChild: (
        "/v1/views/family",
        {("students", "/v1/students"): {"items": [CHILD], "next": None}},
    ),
}  # fmt: skip
ROLE = {FamilyChild: "guardian", StudentView: "educator"}


class Others(dict[str, Any]):
    """The answers of a service: those that are set, and `other` to whatever else is asked."""

    other: Any = None

    def get(self, path: str, default: Any = None) -> Any:
        return super().get(path, self.other)


def parts_of(view: type[View]) -> set[str]:
    """The parts of the view that may be missing."""
    return {
        name for name, field in view.model_fields.items()
        if NoneType in get_args(field.annotation)
    }  # fmt: skip


async def seen(view: type[View], status: int) -> dict[str, Any]:
    """The view where each question but the one it is made around is answered with `status`."""
    path, around = VIEWS[view]
    async with network() as (net, client):
        _answer_others(net, status)
        net.admit(ROLE.get(view, "operator"), partner_id=ID)
        for (service, question), body in around.items():
            net.set(service, question, body)
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found["children"][0] if view is FamilyChild else found


def _answer_others(net: Network, status: int) -> None:
    for service in ("partners", "students", "resources", "outcomes"):
        net.answers[service] = Others()
        net.set(service, "other", problem(status, "code", "The reason."), status=status)
        net.answers[service].other = net.answers[service].pop("other")


def test_every_view_is_tried() -> None:
    assert set(VIEWS) == set(View.__subclasses__())
    assert sum(len(parts_of(view)) for view in VIEWS) > 15


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
async def test_a_withheld_part_is_null_with_its_reason(view: type[View]) -> None:
    answer = await seen(view, 403)
    missing = {part for part in parts_of(view) if answer[part] is None}
    guilty(sorted(missing - set(answer["withheld"])))
    assert not answer["unavailable"]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
async def test_a_part_whose_service_is_down_is_null_with_the_problem(view: type[View]) -> None:
    answer = await seen(view, 503)
    missing = {part for part in parts_of(view) if answer[part] is None}
    guilty(sorted(missing - set(answer["unavailable"])))
    assert not answer["withheld"]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
async def test_a_part_that_does_not_exist_is_null_without_a_reason(view: type[View]) -> None:
    answer = await seen(view, 404)
    absent = parts_of(view) - set(PICTURE)
    if view is FamilyChild:  # no part is there that could name an account
        absent -= {"accounts"}
        assert answer["accounts"] == []
    assert all(answer[part] is None for part in absent)
    assert (answer["withheld"], answer["unavailable"]) == ({}, {})


async def test_what_students_withholds_of_a_picture_is_withheld_in_the_view() -> None:
    clause = {Category.CONTACTS.value: "No consent."}
    async with network() as (net, client):
        net.admit("case_worker", partner_id=ID)
        path, _ = VIEWS[StudentView]
        net.set("students", f"/internal/students/{ID}/picture",
                PICTURE | {"contacts": None, "withheld": clause})  # fmt: skip
        answer = (await client.get(path)).json()
    assert answer["contacts"] is None
    assert answer["withheld"] == clause
