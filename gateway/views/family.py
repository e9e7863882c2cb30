"""The family's home: each child's picture, consents, disclosures, and the programs that the child
could join."""

import asyncio
from typing import Any
from uuid import UUID

import orjson
from fastapi import Response
from pydantic import BaseModel, Field

from gateway.state import Here, Somebody
from gateway.upstream.client import Upstream
from gateway.views.accounts import NAMED, name_accounts
from gateway.views.parts import Parts, View
from gateway.views.routing import views
from shared.contracts.partners.account import Account
from shared.contracts.partners.program import ProgramInBrief
from shared.contracts.role import SOMEBODY
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
from shared.contracts.students.proposal import Proposal
from shared.contracts.students.referral import Referral
from shared.contracts.students.student import Student, StudentSummary
from shared.core.refusals import Forbidden
from shared.http.paging import Page
from shared.security.principal import FAMILY, Principal

router = views()
MOST_CHILDREN = 20
LATEST = 20
EVERY = 200
STUDENTS, PARTNERS = "students", "partners"


class ChildPicture(BaseModel):
    """The child's picture from students; resources and measures are at `paths.picture`."""

    student: Student
    contacts: list[Contact] | None
    engagements: list[Engagement] | None
    attendance: list[Attendance] | None
    dosage: list[Dosage] | None


class ChildPaths(BaseModel):
    """Addresses for the next steps, each relative to this one. Replace `{…}` by the field of that
    name in the line."""

    picture: str
    export: str
    consents: str
    grant_or_refuse: str = Field(description="POST a consent.")
    revoke: str = Field(description="POST, with the id of the consent.")
    disclosures: str
    stop: str = Field(
        description="POST, with the position of the line, where its `stop` is not null."
    )
    amendments: str
    apply: str = Field(description="POST an engagement with the id of a program.")
    accept: str = Field(description="POST, with the id of a proposal, to apply as proposed.")
    decline: str = Field(description="POST, with the id of a proposal.")
    referral_preview: str = Field(
        description="What an organization would read, with the id of a referral."
    )
    answer_referral: str = Field(description="POST a yes or a no, with the id of a referral.")
    referral_steps: str = Field(description="What was done on a referral, with its id.")
    withdraw_referral: str = Field(description="POST, with the id of a referral.")
    program: str = Field(
        description="When a program takes place, in which languages, how to apply; its `site_ids`."
    )
    site: str = Field(
        description="Where a program takes place: addresses, telephone, accessibility."
    )
    consent_form: str = Field(description="The exact words of a consent request.")
    partner: str = Field(description="An organization that a consent names.")


class FamilyChild(View):
    """One child. A part is null where it is withheld or its service is down; `withheld` and
    `unavailable` name it."""

    summary: StudentSummary
    picture: ChildPicture | None
    consents: Page[Consent] | None
    consent_requests: Page[ConsentRequest] | None
    proposals: Page[Proposal] | None
    referrals: Page[Referral] | None = Field(
        description="Each organization that was asked to help the child. One that is"
        " `awaiting_consent` waits for the family's word."
    )
    disclosures: Page[DisclosureLine] | None
    emergencies: Page[EmergencyAccess] | None
    amendments: Page[Amendment] | None
    opportunities: Opportunities | None
    programs: list[ProgramInBrief] | None = Field(
        description="Where each of the opportunities takes place. The client works out how near"
        " that is; the platform asks no family for its address here."
    )
    accounts: list[Account] | None = Field(description=NAMED)
    paths: ChildPaths


class FamilyView(BaseModel):
    children: list[FamilyChild]
    more: bool = Field(description="True where there are more children; /v1/students lists all.")


@router.get("/views/family", responses={200: {"model": FamilyView}}, response_class=Response)
async def read_family_view(caller: Somebody, gateway: Here) -> Response:
    """For a guardian the own children, for a student the own record. Each child has its picture,
    the consents given, refused and requested, the programs that the school proposes, the referrals, the disclosures with a way to stop them, accesses
    opened in an emergency, requested amendments, and the programs open to it by age and grade, with
    their places."""
    if caller.role not in FAMILY:
        raise Forbidden("permission-missing", f"{SOMEBODY[caller.role]} has no family here.")
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
        "proposals": ("/v1/proposals", of_child | latest),
        "referrals": ("/v1/referrals", of_child | latest),
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
    open_to = parts.found["opportunities"]
    if open_to is None:
        parts.follow("programs", "opportunities")
    else:
        ids = ",".join(each["program_id"] for each in open_to["items"])
        places = upstream.get(PARTNERS, "/internal/programs", caller, {"ids": ids})
        await parts.gather({"programs": (PARTNERS, places)})
    await name_accounts(parts, upstream, caller)
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
        "accept": "/v1/proposals/{id}/acceptance",
        "decline": "/v1/proposals/{id}/refusal",
        "referral_preview": "/v1/referrals/{id}/preview",
        "answer_referral": "/v1/referrals/{id}/family-word",
        "referral_steps": "/v1/referrals/{id}/steps",
        "withdraw_referral": "/v1/referrals/{id}/withdrawal",
        "program": "/v1/programs/{program_id}",
        "site": "/v1/sites/{site_id}",
        "consent_form": "/v1/consent-forms/{form_id}",
        "partner": "/v1/partners/{partner_id}",
    }
