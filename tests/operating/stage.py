"""Where the rehearsal happens: the trial platform in containers, its people, and a shell."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx

from deploy.people import of_role
from tests.operating.chapters import PAGE, ROOT, TO_RUN, chapters

CONTAINERS = ROOT / ".local" / "containers.json"
WAIT_SECONDS = 60.0
TRIAL = {
    "COMPOSE_FILE": "docker-compose.yml:docker-compose.local.yml",
    "PUBLIC_URL": "", "OIDC_ISSUER": "", "FIRST_OPERATOR": "",
}  # fmt: skip


class Wrong(AssertionError):
    """What a chapter did not do."""


def ensure(well: bool, otherwise: object) -> None:
    if not well:
        raise Wrong(str(otherwise)[-3000:])


@dataclass
class Stage:
    """`ran`: (chapter, number of its block) of all that was run. `told`: the environment of the
    commands."""

    told: dict[str, str]
    folder: Path = ROOT
    ran: set[tuple[str, int]] = field(default_factory=set)

    def run(self, chapter: str, number: int | None = None, *, may_fail: bool = False) -> str:
        """One block of the chapter, or all. What it said."""
        blocks = [b for b in chapters(PAGE.read_text())[chapter] if b.kind == TO_RUN]
        said = ""
        for n, block in enumerate(blocks) if number is None else [(number, blocks[number])]:
            self.ran.add((chapter, n))
            said += self.shell(block.commands, may_fail=may_fail)
        return said

    def shell(self, commands: str, *, may_fail: bool = False) -> str:
        run = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        ensure(may_fail or run.returncode == 0, f"{commands}\n{run.stdout}\n{run.stderr}")
        return run.stdout

    @property
    def environment(self) -> dict[str, str]:
        around = {name: value for name, value in os.environ.items() if name not in TRIAL}
        return {**around, "COMPOSE_ANSI": "never", **self.told}

    def sql(self, database: str, statement: str) -> str:
        run = subprocess.run(
            ["docker", "compose", "exec", "-T", "postgres",
             "psql", "-U", "postgres", "-d", database, "-Atqc", statement],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        ensure(run.returncode == 0, run.stderr)
        return run.stdout.strip()

    @property
    def left(self) -> dict[str, Any]:
        left: dict[str, Any] = json.loads(CONTAINERS.read_text())
        return left

    def act_as(self, who: str) -> None:
        self.told |= {"GATEWAY": self.left["gateway"], "TOKEN": self.token(who)}

    def token(self, who: str) -> str:
        return str(of_role(self.left["people"])[who]["token"])

    def client(self, who: str | None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.token(who)}"} if who else {}
        return httpx.Client(base_url=self.left["gateway"], headers=headers, timeout=30)

    def announce_and_hear(self) -> None:
        """Something happens in partners, and students hears of it."""
        with self.client("operator") as http:
            made = http.post(
                "/v1/partners", json={"name": "A rehearsal", "kind": "community_organization"}
            )
            ensure(made.status_code == httpx.codes.CREATED, made.text)
            body = {"partner_id": made.json()["id"], "name": "Rehearsing"}
            opened = http.post("/v1/programs", json=body)
            ensure(opened.status_code == httpx.codes.CREATED, opened.text)
        asked = f"select count(*) from offered_program where program_id = '{opened.json()['id']}'"
        self.until(lambda: self.sql("students", asked) == "1", "an event was not heard")

    def until(self, well: Any, otherwise: str) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not well():
            ensure(time.monotonic() < deadline, otherwise)
            time.sleep(0.3)

    @contextmanager
    def nobody_refused(self) -> Iterator[None]:
        """Asks all the while what needs every kind of key; a process that is being started anew may
        be away, but nobody may be taken for a stranger."""
        asked, over = list[str](), Event()
        asking = Thread(target=self._ask, args=(asked, over))
        asking.start()
        try:
            yield
        finally:
            over.set()
            asking.join()
        wrong = [each for each in asked if not each.endswith((" 200", " 502", " 503", " away"))]
        ensure(not wrong, wrong)
        ensure(sum(each.endswith(" 200") for each in asked) > 0, "nothing was answered")

    def _ask(self, asked: list[str], over: Event) -> None:
        child = self.left["samples"]["student_of_teacher"]
        with self.client("educator") as http:
            while not over.wait(0.1):
                _get(http, f"/v1/views/students/{child}", asked)
                page = _get(http, "/v1/partners?limit=1", asked)
                if page is not None and page["next"]:
                    _get(http, f"/v1/partners?limit=1&cursor={page['next']}", asked)


def _get(http: httpx.Client, path: str, asked: list[str]) -> Any:
    try:
        answer = http.get(path)
    except httpx.TransportError:
        asked.append(f"{path} away")
        return None
    asked.append(f"{path} {answer.status_code}")
    if answer.status_code != httpx.codes.OK:
        return None
    told = answer.json()
    hidden = told.get("withheld") if isinstance(told, dict) else None
    if hidden and "grant" in json.dumps(hidden):
        asked.append(f"{path} withheld for want of a grant")
    return told
