"""Replacement of services and of the gateway by a new image, all while people write."""

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from deploy.roll import NotReady, containers, docker, roll
from shared.persistence.migrations import SERVICES
from tests.containers.asking import asking
from tests.containers.composed import compose, inspected, ready
from tests.faults.world import World

Figures = dict[str, Any]
LAST_WORDS = ("the last word it says", "the last word of its error")


async def replaced(world: World) -> Figures:
    """Each service by a new image, one after the other, asked all the while by clients that ask
    once; and a release that does not start, which changes nothing and says why."""
    image = a_new_image()
    async with asking(world) as tally:
        took = {service: await asyncio.to_thread(roll, service) for service in SERVICES}
    _ensure_of(image, *SERVICES)
    async with asking(world) as meanwhile:
        told_why = await asyncio.to_thread(_roll_what_fails, "partners")
    _ensure_of(image, "partners")
    return {"seconds": {service: round(seconds, 1) for service, seconds in took.items()},
            "all_seconds": round(sum(took.values()), 1), "asked_once": tally.told(),
            "bad_release": {"told_why": told_why, "asked_once": meanwhile.told()}}  # fmt: skip


def _roll_what_fails(service: str) -> bool:
    """Whether the operator is told the last words of the one that did not start."""
    out, error = LAST_WORDS
    with _an_image(f'ENTRYPOINT ["sh", "-c", "echo {out}; echo {error} >&2; exit 3"]'):
        try:
            roll(service)
        except NotReady as refused:
            return out in str(refused) and error in str(refused)
    raise AssertionError(f"{service} was replaced by what does not start")


async def gateway_replaced(world: World, gateway: str) -> Figures:
    """Behind one published port, where there is a gap; then behind two, with a proxy in front."""
    host, port = gateway.removeprefix("http://").split(":")
    two = {"LISTEN": f"{host}:{port}-{int(port) + 1}", "PUBLIC_URL": gateway}
    async with asking(world) as one:
        await asyncio.to_thread(compose, "up", "-d", "--no-deps", "gateway", **two)
        await ready("gateway")
        await asyncio.sleep(1)
    old = set(containers("gateway"))
    before = dict(os.environ)
    os.environ.update(two)
    try:
        async with asking(world) as both:
            took = await asyncio.to_thread(roll, "gateway")
            await asyncio.sleep(1)
        if old & set(containers("gateway")):
            raise AssertionError("the gateway was not replaced")
    finally:
        os.environ.clear()
        os.environ.update(before)
    return {"one_port": one.told(), "two_ports": both.told(), "seconds": round(took, 1)}


def a_new_image() -> str:
    """The release after this one: the same, under the same name, of another id. Returns the id."""
    _build(f"LABEL release={time.time_ns()}")
    return docker("image", "inspect", "--format", "{{.Id}}", _name()).strip()


@contextmanager
def _an_image(line: str) -> Iterator[None]:
    """For a while."""
    before = docker("image", "inspect", "--format", "{{.Id}}", _name()).strip()
    _build(line)
    try:
        yield
    finally:
        docker("tag", before, _name())


def _build(line: str) -> None:
    subprocess.run(
        ["docker", "build", "-q", "-t", _name(), "-"], check=True, capture_output=True,
        input=f"FROM {_name()}\n{line}\n".encode(),
    )  # fmt: skip


def _name() -> str:
    return os.environ.get("IMAGE", "education-partnership")


def _ensure_of(image: str, *services: str) -> None:
    for service in services:
        for container in containers(service):
            if inspected(container)["Image"] != image:
                raise AssertionError(f"{service} was not replaced")
