"""What schemathesis is given, in an environment of its own (SCHEMATHESIS_HOOKS): each answer is
counted and each failure gathered, so that a run goes on behind the first of them.

Nothing of the platform is imported here. The findings go to the file that FUZZ_FOUND names.
"""

import atexit
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis
from excepted import why_excepted

answers: Counter[str] = Counter()
by_operation: dict[str, Counter[str]] = {}
excepted: Counter[str] = Counter()
found: dict[str, dict[str, Any]] = {}
TOLD_CHARACTERS = 1_500
OF_WHO_ASKS = {"#/components/parameters/ActingAs", "#/components/parameters/Purpose"}


@schemathesis.hook
def before_load_schema(_: Any, raw_schema: dict[str, Any]) -> None:
    """A made-up `Acting-As` is nobody's membership: nothing behind that refusal would be asked. And
    `Purpose` is read only of who has the choice."""
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            said = operation.get("parameters", [])
            operation["parameters"] = [one for one in said if one.get("$ref") not in OF_WHO_ASKS]


@schemathesis.hook
def after_call(_: Any, case: Any, response: Any) -> None:
    status = str(response.status_code)
    answers[status] += 1
    by_operation.setdefault(case.operation.label, Counter())[status] += 1


@schemathesis.hook
def after_network_error(_: Any, case: Any, request: Any) -> None:
    _keep("no-answer", case, "none", "", f"curl -X {request.method} '{request.url}'")


@schemathesis.hook
def filter_failure(_: Any, failure: Any, case: Any, response: Any) -> bool:
    """Kept here and nowhere else: schemathesis would stop at the first of an operation."""
    check, problem = type(failure).__name__, _problem(response)
    code = str(problem.get("code", ""))
    why = why_excepted(check, case, response, problem)
    if why is not None:
        excepted[why] += 1
        return False
    said = f"{failure.title}: {failure.message}\n{json.dumps(problem)}"
    _keep(check, case, f"{response.status_code} {code}".strip(), said,
          case.as_curl_command())  # fmt: skip
    return False


def _keep(check: str, case: Any, status: str, said: str, curl: str) -> None:
    key = f"{check} {case.operation.label} {status}"
    one = found.setdefault(
        key,
        {"check": check, "operation": case.operation.label, "answer": status, "times": 0,
         "said": said[:TOLD_CHARACTERS], "curl": curl[:TOLD_CHARACTERS]},
    )  # fmt: skip
    one["times"] += 1


def _problem(response: Any) -> dict[str, Any]:
    try:
        read = json.loads(response.content)
    except ValueError:
        return {}
    return read if isinstance(read, dict) and "code" in read and "title" in read else {}


@atexit.register
def _write() -> None:
    told = {
        "answers": answers, "by_operation": by_operation, "excepted": excepted,
        "findings": list(found.values()),
    }  # fmt: skip
    Path(os.environ["FUZZ_FOUND"]).write_text(json.dumps(told))
