"""Requests made from the gateway's own OpenAPI: `python -m tests.fuzz.requests [REQUESTS [SEED]]`
(`make fuzz-requests`). A whole platform is started for it. Writes proof/fuzz-requests.json and
docs/proof.md; with CI=1 neither, and it fails where anything was found.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from tests.fuzz.requests.asking import NotRun, ask, installed
from tests.fuzz.requests.standing import Caller, callers, standing
from tests.platform import Platform
from tests.proof.machine import publish, the_machine
from tests.proof.shape import Figures

REQUESTS, SEED = 100_000, 7
DEMONSTRATION_FROM = 10_000  # requests; for fewer it would take longer than they
EXAMPLES = (3, 30)  # of an operation and caller: in the first round, in each further one
SEEDS_A_ROUND = 100
SECONDS_EACH = 20
FINDINGS_KEPT = 200


async def run(requests: int, seed: int, folder: Path) -> Figures:
    """Rounds of all callers until there were at least `requests`; without the demonstration one
    round, each caller for some seconds."""
    program = await installed()
    made: dict[str, Any] = {"callers": {}, "findings": {}, "excepted": Counter(), "rounds": 0,
                            "faults": []}  # fmt: skip
    reached: dict[str, set[str]] = {}
    large = requests >= DEMONSTRATION_FROM
    asking: list[Caller] = []
    async with standing(folder, demonstration=large) as (platform, people):
        while not made["rounds"] or (large and _asked(made) < requests):
            asking = await _renewed(asking, platform, people)
            for number, caller in enumerate(asking):
                chosen = seed + SEEDS_A_ROUND * made["rounds"] + number
                share = None if large else SECONDS_EACH
                examples = EXAMPLES[bool(made["rounds"])]
                found = await ask(program, platform.gateway, caller.token, chosen, examples,
                                  folder, first=not made["rounds"], seconds=share)  # fmt: skip
                _add(made, reached, caller.role, chosen, found)
                await _ensure_still_known(platform, caller)
                print(f"{_asked(made):,} requests, {len(made['findings'])} findings", flush=True)
            made["rounds"] += 1
    findings = sorted(made["findings"].values(), key=lambda each: -each["times"])
    answers = sum((Counter(one["answers"]) for one in made["callers"].values()), Counter[str]())
    well = sum(any(status.startswith("2") for status in seen) for seen in reached.values())
    return {
        "requests": _asked(made), "rounds": made["rounds"], "demonstration": large,
        "answers": dict(sorted(answers.items())), "callers": made["callers"],
        "operations": len(reached), "operations_with_a_2xx": well,
        "without_a_2xx": sorted(name for name, seen in reached.items()
                                if not any(status.startswith("2") for status in seen)),
        "excepted": dict(made["excepted"]), "faults_of_schemathesis": made["faults"], "findings_of_kinds": len(findings),
        "findings": findings[:FINDINGS_KEPT],
    }  # fmt: skip


async def _renewed(
    asking: list[Caller], platform: Platform, people: list[dict[str, Any]]
) -> list[Caller]:
    try:
        return await callers(platform, people)
    except AssertionError as refused:  # nobody is admitted any more
        if not asking:
            raise
        print(f"the memberships stay those of the round before: {refused}", flush=True)
        return asking


def _asked(made: dict[str, Any]) -> int:
    return sum(sum(one["answers"].values()) for one in made["callers"].values())


def _add(made: dict[str, Any], reached: dict[str, set[str]], role: str, seed: int,
         found: dict[str, Any]) -> None:  # fmt: skip
    one = made["callers"].setdefault(role, {"answers": Counter(), "seeds": []})
    one["answers"] += Counter(found["answers"])
    one["seeds"].append(seed)
    if found["fault"]:
        made["faults"].append({"caller": role, "seed": seed, "said": found["fault"]})
    made["excepted"] += Counter(found["excepted"])
    for operation, statuses in found["by_operation"].items():
        reached.setdefault(operation, set()).update(statuses)
    for each in found["findings"]:
        key = f"{each['check']} {each['operation']} {each['answer']}"
        kept = made["findings"].setdefault(key, each | {"times": 0, "caller": role, "seed": seed})
        kept["times"] += each["times"]


async def _ensure_still_known(platform: Platform, caller: Caller) -> None:
    """Says so where a caller had itself shut out: what it asked afterwards proves little."""
    headers = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
    async with httpx.AsyncClient(base_url=platform.gateway, timeout=30) as http:
        answer = await http.get("/v1/partners?limit=1", headers=headers)
    if answer.status_code >= 400:
        print(f"the {caller.role} is {answer.status_code} at the end", flush=True)


def main(requests: str = str(REQUESTS), seed: str = str(SEED)) -> None:
    on, began = the_machine(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fuzz-requests-") as folder:
        found = asyncio.run(run(int(requests), int(seed), Path(folder)))
    for each in found["findings"]:
        print(f"{each['check']} {each['operation']} {each['answer']} ({each['caller']}, seed"
              f" {each['seed']})\n  {each['said']}\n  {each['curl']}\n")  # fmt: skip
    print(f"{found['requests']:,} requests as {len(found['callers'])} callers: {found['answers']};"
          f" {found['operations_with_a_2xx']} of {found['operations']} operations gave a 2xx;"
          f" {found['findings_of_kinds']} findings; {time.monotonic() - began:.0f} s")  # fmt: skip
    if os.environ.get("CI"):
        sys.exit(bool(found["findings"]) or not found["operations_with_a_2xx"])
    publish("fuzz-requests", f"make fuzz-requests requests={requests} seed={seed}", int(seed),
            found, began, on)  # fmt: skip
    from tests.proof.page import write_page

    write_page()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except NotRun as why:
        sys.exit(f"Not run: {why}")
