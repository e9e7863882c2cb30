"""The proof of the containers reports every fault that it finds."""

import json
from typing import Any

import pytest

from tests.containers.wrong import BESIDE_THE_POOLS, wrong_with

WELL = {"asked": 90, "of_them_writes": 45, "failed": 0, "failures": {}}
ALL_WELL: dict[str, Any] = {
    "bad": {}, "surprises": {}, "inspected": {"wrong": {}, "secrets_in_the_image": []},
    "scaled": {
        "asked_once": WELL, "one_killed_asked_once": WELL,
        "answered_by_each": {"students": [30, 31, 29]},
        "connections": {"beside_the_pools_of_one_process": {"students": 9.0}},
    },
    "replaced": {"asked_once": WELL, "bad_release": {"told_why": True, "asked_once": WELL}},
    "gateway_replaced": {"one_port": WELL | {"failures": {"ConnectError": 40}}, "two_ports": WELL},
    "elsewhere": {
        "bad": {}, "surprises": {}, "copies_of_the_stream": 3, "connections_encrypted": 17,
        "connections_open_to_read": 0, "plain_refused": True,
    },
}  # fmt: skip
FAILED = {"POST programs 503 service-away": 1}


def test_nothing_is_wrong_with_a_sound_platform_whose_gateway_behind_one_port_has_its_gap() -> (
    None
):
    assert wrong_with(ALL_WELL) == []


@pytest.mark.parametrize(
    ("where", "instead"),
    [
        (["bad"], {"lost_writes": 1}),
        (["surprises"], {"POST programs 403 forbidden": 1}),
        (["inspected", "wrong"], {"broker": ["may write"]}),
        (["inspected", "secrets_in_the_image"], ["cursor_key"]),
        (["scaled", "asked_once", "failures"], FAILED),
        (["scaled", "answered_by_each"], {"students": [80, 5, 5]}),
        (
            ["scaled", "connections", "beside_the_pools_of_one_process"],
            {"students": BESIDE_THE_POOLS + 1},
        ),
        (["replaced", "asked_once", "failures"], FAILED),
        (["replaced", "bad_release", "asked_once", "failures"], FAILED),
        (["replaced", "bad_release", "told_why"], False),
        (["gateway_replaced", "two_ports", "failures"], FAILED),
        (["elsewhere", "bad"], {"lost_writes": 1}),
        (["elsewhere", "surprises"], {"POST programs 403 forbidden": 1}),
        (["elsewhere", "copies_of_the_stream"], 1),
        (["elsewhere", "connections_encrypted"], 0),
        (["elsewhere", "connections_open_to_read"], 1),
        (["elsewhere", "plain_refused"], False),
    ],
)
def test_each_fault_is_reported_once(where: list[str], instead: object) -> None:
    found = json.loads(json.dumps(ALL_WELL))
    *way, last = where
    place = found
    for step in way:
        place = place[step]
    place[last] = instead
    assert len(wrong_with(found)) == 1
