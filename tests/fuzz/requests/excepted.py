"""What schemathesis takes for a failure and is none, each with its reason. Runs in its environment,
and is read by the page: nothing of ours or of schemathesis is imported."""

import re
from typing import Any

RULE = "a documented 4xx names a rule that no JSON Schema can say, or a state"
FORM = "a file of a form is bytes: what was to be a wrong type arrives as good text"
FIRST = "a change that names no version is a 428 (RFC 6585, 3), which schemathesis does not know"
LARGE = "what is too large is refused before it is read (413), which schemathesis does not know"
OAUTH = "the token address answers as OAuth says (RFC 6749, 5.2), and an assertion must be signed"

PRECONDITION_REQUIRED, CONTENT_TOO_LARGE = 428, 413
OF_THE_FORM = {"body-malformed", "parameter-malformed", "body-unreadable", ""}
"""Codes of a body or a parameter that is not of the declared form: JSON Schema can say most of it."""
# A text too short that JSON Schema takes is one of blanks, which do not count.
UNSAYABLE = re.compile(r"value_error|string_too_short|decimal_\w+|text_\w+|name_\w+|finite_number|\w+_malformed"
                       r"|timezone_aware")  # fmt: skip
A_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def why_excepted(check: str, case: Any, response: Any, problem: dict[str, Any]) -> str | None:
    """`check`: the name of the failure's class; `problem`: what was answered, {} if no problem."""
    if case.operation.label == "POST /oauth/token" and response.status_code in {400, 401}:
        return OAUTH if check == "RejectedPositiveData" else None
    if check == "RejectedPositiveData" and _is_rule(problem):
        return RULE
    if check == "MissingHeaderNotRejected" and response.status_code == PRECONDITION_REQUIRED:
        return FIRST
    if check == "AcceptedNegativeData" and response.status_code == CONTENT_TOO_LARGE:
        return LARGE
    if check == "AcceptedNegativeData" and case.operation.path.startswith("/v1/imports/"):
        return FORM if case.operation.method.upper() == "POST" else None
    return None


def _is_rule(problem: dict[str, Any]) -> bool:
    if problem.get("code", "") not in OF_THE_FORM:
        return True
    errors = problem.get("errors", [])
    return bool(errors) and all(map(_beyond_schema, errors))


def _beyond_schema(error: dict[str, str]) -> bool:
    """Bounds of a day, and rules between fields, have no word in JSON Schema."""
    bound = error["code"].startswith(("greater_than", "less_than", "date_", "datetime_"))
    return bool(UNSAYABLE.fullmatch(error["code"])) or (
        bound and bool(A_DAY.search(error["reason"]))
    )
