"""A client as it should be: every POST with an Idempotency-Key, every change with If-Match, asked
again until it is answered; and the books it keeps of what was acknowledged."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

Json = dict[str, Any]
REQUEST_SECONDS = 15.0
PAUSE_SECONDS = 0.15
GIVE_UP_SECONDS = 120.0
BUSY = {429, 502, 503, 504}
NOT_HEARD_YET = {"program-unknown", "student-unknown", "partnership-unknown"}
"""Another service made it a moment ago, and this one has not heard of it."""


@dataclass(frozen=True)
class Acknowledged:
    """A write that was answered with success. `table`: of `service`, where the row must be."""

    service: str
    table: str
    id: str
    version: int | None


@dataclass
class Books:
    """`written` has all that was acknowledged; `days` and `marks` what was said last of a child's
    day and of a session; `names` what each POST called what it made, so that a second one shows."""

    written: list[Acknowledged] = field(default_factory=list)
    days: dict[tuple[str, str], str] = field(default_factory=dict)
    marks: dict[tuple[str, str], str] = field(default_factory=dict)
    names: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    imports: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    surprises: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    uses_before: int = 0  # rows of them, of others
    acknowledged: int = 0
    asked_again: int = 0
    patience_seconds: float = GIVE_UP_SECONDS


async def ask(
    http: httpx.AsyncClient, books: Books, method: str, path: str, body: Any = None,
    version: int | None = None, files: Any = None,
) -> Json | None:  # fmt: skip
    """The answer to a write, once there is one. None where it was refused, which is noted as a
    surprise: nothing that is asked here is to be refused."""
    headers = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    began = time.monotonic()
    uncertain = False
    while time.monotonic() - began < books.patience_seconds:
        try:
            answer = await http.request(method, path, json=body, files=files, headers=headers,
                                        timeout=REQUEST_SECONDS)  # fmt: skip
        except httpx.HTTPError as error:
            books.answers[type(error).__name__] += 1
            books.asked_again += 1
            uncertain = True
            await asyncio.sleep(PAUSE_SECONDS)
            continue
        books.answers[str(answer.status_code)] += 1
        found = _read(answer)
        if answer.is_success and found is not None:
            books.acknowledged += 1
            books.waits.append(time.monotonic() - began)
            return found
        code = _code(answer)
        if answer.status_code == 412 and uncertain and version is not None:
            there = await _as_it_is(http, path, version)
            if there is not None:  # done, and the answer lost on its way
                books.acknowledged += 1
                return there
        elif answer.status_code not in {*BUSY, 200, 201, 202} and code not in NOT_HEARD_YET:
            books.surprises[f"{method} {path.split('/')[2]} {answer.status_code} {code}"] += 1
            if answer.status_code != 500:
                return None
        books.asked_again += 1
        uncertain |= answer.status_code in BUSY or answer.status_code == 500 or found is None
        await asyncio.sleep(PAUSE_SECONDS)
    books.surprises[f"{method} {path.split('/')[2]} unanswered"] += 1
    return None


async def _as_it_is(http: httpx.AsyncClient, path: str, version: int) -> Json | None:
    try:
        found = await http.get(path.removesuffix("/plan"), timeout=REQUEST_SECONDS)
    except httpx.HTTPError:
        return None
    known: Json = found.json() if found.is_success else {}
    return known if known.get("version") == version + 1 else None


def _read(answer: httpx.Response) -> Json | None:
    """None for what is no JSON: something else has answered in a service's place."""
    try:
        return dict(answer.json()) if answer.content else {}
    except ValueError:
        return None


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("code", ""))
    except ValueError:
        return ""
