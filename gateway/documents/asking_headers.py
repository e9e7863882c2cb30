"""The headers by which a client says for which membership and purpose it asks. The gateway reads
them and no service does, so the services' own documents do not have them."""

from typing import Any

from shared.contracts.purpose import PARTNER_PURPOSES
from shared.security.permissions import Permission

ACTING_AS = {
    "name": "Acting-As",
    "in": "header",
    "required": False,
    "description": "The membership under which this request acts: the `id` of one of the"
    " caller's own (`GET /v1/me`). Without it the oldest acts.",
    "schema": {"type": "string", "format": "uuid"},
}
PURPOSE = {
    "name": "Purpose",
    "in": "header",
    "required": False,
    "description": "The purpose for which a partner asks for a child's record. An agreement and"
    " a consent are for one purpose each, and the disclosure log names it."
    " Without it `service`. For school and family it is not read, since their"
    " roles have a purpose of their own.",
    "schema": {"$ref": "#/components/schemas/RequestPurpose"},
}
REQUEST_PURPOSE = {"type": "string", "enum": [purpose.value for purpose in PARTNER_PURPOSES]}

P = Permission
ABOUT_CHILDREN = frozenset({
    P.STUDENTS_READ, P.NOTES_WRITE, P.CONSENTS_READ, P.CONSENT_FORMS_WRITE, P.EMERGENCIES_OPEN,
    P.SUPPORT_READ, P.REFERRALS_ANSWER,
    P.ENGAGEMENTS_READ, P.ENGAGEMENTS_APPLY, P.ENGAGEMENTS_WRITE,
    P.ASSIGNMENTS_READ, P.ASSIGNMENTS_WRITE, P.ASSIGNMENTS_FINISH,
})  # fmt: skip
"""The routes on which a partner asks for students' decisions, or records data, for a purpose."""
VIEWS_OF_CHILDREN = frozenset(
    {"/v1/views/students/{student_id}", "/v1/views/caseload", "/v1/stream"}
)
WITHOUT_MEMBERSHIP = frozenset({"/v1/invitations/acceptance"})


def say_who_asks(document: dict[str, Any]) -> None:
    """Declares the headers at every operation where they have an effect."""
    components = document["components"]
    components["parameters"] = {"ActingAs": ACTING_AS, "Purpose": PURPOSE}
    components["schemas"]["RequestPurpose"] = dict(REQUEST_PURPOSE)
    for path, operations in document["paths"].items():
        if not path.startswith("/v1/") or path in WITHOUT_MEMBERSHIP:
            continue
        for operation in operations.values():
            named = ["ActingAs"]
            if path in VIEWS_OF_CHILDREN or not ABOUT_CHILDREN.isdisjoint(_scopes(operation)):
                named.append("Purpose")
            declared = operation.setdefault("parameters", [])
            declared += [{"$ref": f"#/components/parameters/{name}"} for name in named]


def _scopes(operation: dict[str, Any]) -> set[str]:
    security = operation.get("security", ())
    return {scope for needed in security for scopes in needed.values() for scope in scopes}
