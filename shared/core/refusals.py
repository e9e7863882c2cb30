"""The kinds of refusal, and the one shape of their answers (RFC 9457)."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field

from shared.contracts.imports import FileProblem

PROBLEMS_KEPT = 1000
FAULTS_SHOWN = 50


class Fault(BaseModel):
    """One fault of a request: its place, the rule's code, and the reason in words."""

    field: str = Field(examples=["body.capacity"])
    code: str = Field(examples=["greater_than"])
    reason: str = Field(examples=["Input should be greater than 0"])


class Problem(BaseModel):
    """The body of every refusal, `application/problem+json`.

    `code` is for programs and never changes; `detail` is for people and holds ids, never names.
    """

    type: str = Field(examples=["urn:problem:version-stale"])
    title: str
    status: int
    code: str = Field(examples=["version-stale"])
    detail: str
    errors: list[Fault] = []


class Refusal(Exception):
    """A refusal that the code foresees. Raise one of the kinds below."""

    status = 400
    title = "The request was refused"

    def __init__(
        self,
        code: str,
        detail: str,
        errors: list[Fault] | None = None,
        headers: dict[str, str] | None = None,
        keeping: object = None,
    ) -> None:
        """`keeping`: a row, or a list of rows, that is written in a transaction of its own although
        the request is refused and changes nothing else. Where that fails, the answer is 503."""
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = errors or []
        self.headers = headers or {}
        self.keeping = keeping

    def problem(self) -> Problem:
        return Problem(
            type=f"urn:problem:{self.code}",
            title=self.title,
            status=self.status,
            code=self.code,
            detail=self.detail,
            errors=self.errors,
        )


class BadRequest(Refusal):
    """A parameter or header that cannot be read, such as a foreign cursor or a malformed
    If-Match."""


class Unauthenticated(Refusal):
    status = 401
    title = "Nobody is signed in"


class Forbidden(Refusal):
    status = 403
    title = "Not allowed"


class NotFound(Refusal):
    """There is none, or the caller may not know of it; both are answered alike."""

    status = 404
    title = "Not found"


class Conflict(Refusal):
    """A rule of the domain refuses a well-formed request."""

    status = 409
    title = "In conflict with the present state"


class Stale(Refusal):
    status = 412
    title = "Changed since it was read"


class TooLarge(Refusal):
    status = 413
    title = "Too large"


class Malformed(Refusal):
    """The body is not of the declared form. Only this is a 422."""

    status = 422
    title = "Malformed"


class VersionRequired(Refusal):
    status = 428
    title = "If-Match is required"


class TooMany(Refusal):
    status = 429
    title = "Too many requests"


class Unavailable(Refusal):
    status = 503
    title = "Not available now"


class ImportRefused(Exception):
    """The file cannot be loaded, and nothing of it was."""

    def __init__(self, problems: Sequence[FileProblem], problem_count: int | None = None) -> None:
        super().__init__(f"{problem_count or len(problems)} problems")
        self.problems = list(problems[:PROBLEMS_KEPT])
        self.problem_count = problem_count or len(problems)


KINDS: dict[int, type[Refusal]] = {
    kind.status: kind
    for kind in (
        BadRequest, Unauthenticated, Forbidden, NotFound, Conflict, Stale, TooLarge, Malformed,
        VersionRequired, TooMany, Unavailable,
    )
}  # fmt: skip


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route: the refusals that it declares beside those of every route."""
    return {
        status: {"description": KINDS[status].title, "content": PROBLEM_CONTENT}
        for status in statuses
    }


PROBLEM_CONTENT = {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
}
