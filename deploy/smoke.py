"""Checks a running platform: asks for what each kind of person needs, and for what they must not
get. `python -m deploy.smoke [platform.json]` ends with 0 only where every answer was right."""

import json
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from deploy.people import of_role

READY_SECONDS = 60.0
SECONDS = 15.0
NOBODY = "nobody"
ASKED_AS = {
    "district_admin", "educator", "case_worker", "guardian", "student", "backbone", "analyst",
    "operator",
}  # fmt: skip


@dataclass
class Asking:
    """Sends requests, compares the answers, and counts."""

    http: httpx.Client
    tokens: dict[str, str]
    asked: int = 0
    wrong: list[str] = field(default_factory=list)

    def get(self, role: str, path: str, expected: int = 200) -> httpx.Response:
        headers = {} if role == NOBODY else {"Authorization": f"Bearer {self.tokens[role]}"}
        answer = self.http.get(path, headers=headers)
        self.hold(
            answer.status_code == expected,
            f"{role} asks {path}: {answer.status_code}, not {expected}: {answer.text[:300]}",
        )
        return answer

    def json(self, role: str, path: str) -> Any:
        answer = self.get(role, path)
        return answer.json() if answer.status_code == httpx.codes.OK else {}

    def view(self, role: str, path: str, parts: Iterable[str]) -> Any:
        """A view; checks that its named parts are all there."""
        body = self.json(role, path)
        self.hold(not body.get("unavailable"), f"{path}: unavailable: {body.get('unavailable')}")
        for part in parts:
            self.hold(body.get(part) is not None, f"{role} asks {path}: without {part}")
        return body

    def hold(self, well: bool, otherwise: str) -> None:
        self.asked += 1
        if not well:
            self.wrong.append(otherwise)


def smoke(platform: dict[str, Any]) -> int:
    """Prints each wrong answer. Returns 0 where there was none, else 1."""
    started = time.monotonic()
    people = of_role(platform["people"])
    tokens = {who: person["token"] for who, person in people.items()}
    if missing := ASKED_AS - people.keys():
        print(f"smoke: load the demonstration first; there is no {', '.join(sorted(missing))}")
        return 1
    with httpx.Client(base_url=platform["gateway"], timeout=SECONDS) as http:
        asking = Asking(http, tokens)
        _wait_until_ready(http)
        _own_pages(asking)
        _public_views(asking)
        _caseload(asking)
        _child(asking, people)
        _stream(asking)
    for wrong in asking.wrong:
        print(f"  wrong: {wrong}")
    seconds = time.monotonic() - started
    print(f"smoke: {asking.asked} checks, {len(asking.wrong)} wrong, {seconds:.1f} s", flush=True)
    return 1 if asking.wrong else 0


def _wait_until_ready(http: httpx.Client) -> None:
    """Raises TimeoutError where the gateway does not become ready."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            answer = http.get("/ready")
            if answer.status_code == httpx.codes.OK and set(answer.json().values()) == {"ok"}:
                return
            last = answer.text
        except httpx.TransportError as error:
            last = type(error).__name__
        if time.monotonic() > deadline:
            raise TimeoutError(f"the gateway is not ready: {last}")
        time.sleep(0.5)


def _own_pages(asking: Asking) -> None:
    for path in ("/health", "/ready", "/", "/events", "/openapi.json", "/asyncapi.json"):
        asking.get(NOBODY, path)
    asking.get(NOBODY, "/v1/no-such-noun", 404)


def _public_views(asking: Asking) -> None:
    asking.view(NOBODY, "/v1/views/community", ["directory", "editions"])
    found = asking.view(NOBODY, "/v1/search?q=reading", ["items"])
    asking.hold(bool(found.get("items")), "the search for reading finds nothing")
    asking.get(NOBODY, "/v1/search", 400)
    for noun, parts in (
        ("partners", ["partner", "sites", "programs", "reach", "resources"]),
        ("partnerships", ["partnership", "members", "networks", "scorecard"]),
    ):
        asking.get(NOBODY, f"/v1/views/{noun}/{uuid4()}", 404)
        asking.get(NOBODY, f"/v1/views/{noun}/nonsense", 400)
        first = _items(asking.json("backbone", f"/v1/{noun}?limit=1"))
        asking.hold(bool(first), f"there are no {noun}")
        for one in first:
            asking.view("backbone", f"/v1/views/{noun}/{one['id']}", parts)


def _caseload(asking: Asking) -> None:
    asking.get(NOBODY, "/v1/views/caseload", 401)
    asking.get("analyst", "/v1/views/caseload", 403)
    for role in ("educator", "case_worker", "district_admin"):
        children = _items(asking.json(role, "/v1/views/caseload?order=need&limit=5"))
        asking.hold(bool(children), f"the caseload of the {role} is empty")


def _child(asking: Asking, people: dict[str, Any]) -> None:
    """Checks a child's picture: callers who may see it, callers who may not, and callers who may
    not know that the child exists."""
    for child in _items(asking.json("educator", "/v1/views/caseload?limit=1")):
        path = f"/v1/views/students/{child.get('student_id') or child['id']}"
        parts = ("student", "engagements", "attendance", "resources", "measures")
        for role in ("educator", "district_admin"):
            asking.view(role, path, parts)
        asking.get(NOBODY, path, 401)
        for role in ("analyst", "backbone", "operator"):
            asking.get(role, path, 403)
    asking.get("educator", f"/v1/views/students/{uuid4()}", 404)
    own = people["student"]["person_id"]
    asking.view("student", f"/v1/views/students/{own}", ["student"])
    for child in _items(asking.json("guardian", "/v1/students?limit=5")):
        asking.view("guardian", f"/v1/views/students/{child['id']}", ["student"])
    strange = _strange_child(asking)
    for role in ("guardian", "student"):
        if strange is not None:
            asking.get(role, f"/v1/views/students/{strange}", 404)


def _strange_child(asking: Asking) -> str | None:
    """A child that neither the guardian nor the student knows."""
    known = {
        child["id"]
        for role in ("guardian", "student")
        for child in _items(asking.json(role, "/v1/students?limit=50"))
    }
    everybody = _items(asking.json("district_admin", "/v1/students?limit=50"))
    return next((child["id"] for child in everybody if child["id"] not in known), None)


def _stream(asking: Asking) -> None:
    asking.get(NOBODY, "/v1/stream", 401)
    forged = asking.http.get("/v1/stream", headers={"Authorization": "Bearer a.b.c"})
    asking.hold(forged.status_code == httpx.codes.UNAUTHORIZED, "a forged token was taken")
    headers = {"Authorization": f"Bearer {asking.tokens['educator']}"}
    with asking.http.stream("GET", "/v1/stream", headers=headers) as answer:
        first = next(answer.iter_text(), "")
        asking.hold(first.startswith("retry:"), f"the live stream begins with {first!r}")


def _items(page: Any) -> list[dict[str, Any]]:
    return list(page.get("items", []))


if __name__ == "__main__":
    file = Path(sys.argv[1] if len(sys.argv) > 1 else ".local/platform.json")
    sys.exit(smoke(json.loads(file.read_text())))
