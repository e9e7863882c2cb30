"""The family's home: each child with its picture, what was said yes and no to, who saw what, and
what the child could join."""

import asyncio
from typing import Any
from uuid import UUID

import orjson
from fastapi import Response
from pydantic import BaseModel, Field

from gateway.state import Here, Somebody
from gateway.upstream.client import Upstream
from gateway.views.parts import Parts, View
from gateway.views.routing import views
from shared.contracts.partners.program import ProgramInBrief
from shared.contracts.students.amendment import Amendment
from shared.contracts.students.attendance import Attendance
from shared.contracts.students.consent import Consent
from shared.contracts.students.consent_form import ConsentRequest
from shared.contracts.students.contact import Contact
from shared.contracts.students.disclosure import DisclosureLine
from shared.contracts.students.dosage import Dosage
from shared.contracts.students.emergency import EmergencyAccess
from shared.contracts.students.engagement import Engagement
from shared.contracts.students.opportunity import Opportunities
from shared.contracts.students.student import Student, StudentSummary
from shared.core.refusals import Forbidden
from shared.http.paging import Page
from shared.security.principal import Principal, Role

router = views()
FAMILY = frozenset({Role.GUARDIAN, Role.STUDENT})
MOST_CHILDREN = 20
LATEST = 20
EVERY = 200
STUDENTS, PARTNERS = "students", "partners"


class ChildPicture(BaseModel):
    """What students tells of the child; resources and measures are in `paths.picture`."""

    student: Student
    contacts: list[Contact] | None
    engagements: list[Engagement] | None
    attendance: list[Attendance] | None
    dosage: list[Dosage] | None


class ChildPaths(BaseModel):
    """Where to go on, each relative to this address. `{…}`: of the line it stands beside."""

    picture: str
    export: str
    consents: str
    grant_or_refuse: str = Field(description="POST a consent.")
    revoke: str = Field(description="POST, with the consent's id.")
    disclosures: str
    stop: str = Field(description="POST, with the line's position, where its `stop` is not null.")
    amendments: str
    apply: str = Field(description="POST an engagement with a program's id.")
    program: str = Field(description="When, in which languages, how to apply; its `site_ids`.")
    site: str = Field(description="Where a program takes place: addresses, telephone, access.")
    consent_form: str = Field(description="What a request asks, word by word.")
    partner: str = Field(description="Who an organization is that a consent names.")


class FamilyChild(View):
    """One child. A part is null where it is withheld or its service is down: `withheld` and
    `unavailable` say which."""

    summary: StudentSummary
    picture: ChildPicture | None
    consents: Page[Consent] | None
    consent_requests: Page[ConsentRequest] | None
    disclosures: Page[DisclosureLine] | None
    emergencies: Page[EmergencyAccess] | None
    amendments: Page[Amendment] | None
    opportunities: Opportunities | None
    programs: list[ProgramInBrief] | None = Field(
        description="Where each of the opportunities takes place. How near that is, the client says:"
        " where the family lives is asked for nowhere."
    )
    paths: ChildPaths


class FamilyView(BaseModel):
    children: list[FamilyChild]
    more: bool = Field(description="There are further children: /v1/students lists all.")


@router.get("/views/family", responses={200: {"model": FamilyView}}, response_class=Response)
async def family_view(caller: Somebody, gateway: Here) -> Response:
    """For a guardian, or a student: the own children, or the own record. Of each its picture,
    consents given, refused and asked for, who saw what with a way to stop it, accesses opened in
    an emergency, amendments asked for, and programs open to it by age and grade, with where
    they take place."""
    if caller.role not in FAMILY:
        raise Forbidden("permission-missing", f"A {caller.role} has no family here.")
    upstream = gateway.upstream
    asked = {"limit": str(MOST_CHILDREN)}
    mine = await upstream.need(STUDENTS, "/v1/students", caller, asked)
    children = await asyncio.gather(
        *(_child(upstream, caller, summary) for summary in mine["items"])
    )
    body = {"children": children, "more": mine["next"] is not None}
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(body), headers=headers, media_type="application/json")


async def _child(upstream: Upstream, caller: Principal, summary: dict[str, Any]) -> dict[str, Any]:
    student_id = UUID(summary["id"])
    public, internal = f"/v1/students/{student_id}", f"/internal/students/{student_id}"
    latest, of_child = {"limit": str(LATEST)}, {"student_id": str(student_id)}
    questions: dict[str, tuple[str, dict[str, str]]] = {
        "picture": (f"{internal}/picture", {}),
        "consents": (f"{public}/consents", {"limit": str(EVERY)}),
        "consent_requests": ("/v1/consent-requests", of_child | {"limit": str(EVERY)}),
        "disclosures": (f"{public}/disclosures", latest),
        "emergencies": ("/v1/emergency-accesses", of_child | latest),
        "amendments": (f"{public}/amendments", latest),
        "opportunities": (f"{internal}/opportunities", {}),
    }
    parts = Parts({"summary": summary})
    await parts.gather(
        {
            part: (STUDENTS, upstream.get(STUDENTS, path, caller, params))
            for part, (path, params) in questions.items()
        }
    )
    open_to = parts.found["opportunities"] or {"items": []}
    ids = ",".join(each["program_id"] for each in open_to["items"])
    places = upstream.get(PARTNERS, "/internal/programs", caller, {"ids": ids})
    await parts.gather({"programs": (PARTNERS, places)})
    picture = parts.found["picture"]
    if picture is not None:
        picture.pop("grant")
        parts.withheld |= picture.pop("withheld", {})
    return {
        **parts.found,
        "paths": _paths(student_id),
        "unavailable": parts.unavailable,
        "withheld": parts.withheld,
    }


def _paths(student_id: UUID) -> dict[str, str]:
    child, view = f"/v1/students/{student_id}", f"/v1/views/students/{student_id}"
    return {
        "picture": view,
        "export": f"{view}/export",
        "consents": f"{child}/consents",
        "grant_or_refuse": f"{child}/consents",
        "revoke": f"{child}/consents/{{id}}/revocation",
        "disclosures": f"{child}/disclosures",
        "stop": f"{child}/disclosures/{{position}}/stop",
        "amendments": f"{child}/amendments",
        "apply": "/v1/engagements",
        "program": "/v1/programs/{program_id}",
        "site": "/v1/sites/{site_id}",
        "consent_form": "/v1/consent-forms/{form_id}",
        "partner": "/v1/partners/{partner_id}",
    }
