"""Each id in an answer has a name beside it, so that no page asks once more for each line of a list.

The name beside `school_id` is `school_name`, beside `class_id` it is `class_title`, and beside
`program_ids` it is `program_names`, in the order of the ids. Each id without one stands here with the
reason.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from gateway.views.accounts import IDS
from tests.gateway.services import network
from tests.promised import promise
from tests.promises.sources import guilty

SCHEMAS = "#/components/schemas/"
INSIDE = ("anyOf", "allOf", "oneOf", "items", "additionalProperties")
ENDINGS = {"_ids": "", "_id": "", "ies": "y", "s": "", "": ""}
NAMES = ("_name", "_names", "_title", "_titles")
OWN_NAMES = {"name", "title", "given_name"}

OWN = {
    "Assignment.resource_id", "Assignment.collection_id",
    "ClassEnrollment.class_id",
    "Contributor.partner_id",
    "Edition.scorecard_id", "EditionHeadlines.scorecard_id", "EditionSummary.scorecard_id",
    "PublishedEdition.scorecard_id", "ScorecardReport.scorecard_id",
    "Headline.indicator_id", "IndicatorReport.indicator_id",
    "Me.account_id",
    "Member.partner_id", "Party.partner_id",
    "Opportunity.program_id", "Places.program_id", "ProgramInBrief.program_id",
    "Step.program_id",
    "ProgramPlace.site_id",
    "RollEntry.student_id", "SessionAttendance.student_id",
    "StudentAssignment.resource_id", "StudentAssignment.collection_id",
    "Teacher.staff_id",
}  # fmt: skip
"""The ids of the nouns whose own name or title the answer has as `name`, `title` or `given_name`."""

OF_ACCOUNTS = {
    "Assignment.assigned_by",
    "Collection.owner_id", "CollectionSummary.owner_id", "Consent.recorded_by",
    "DirectoryInformation.recorded_by",
    "EmergencyAccess.account_id", "EmergencyAccess.reviewed_by", "Engagement.worker_id",
    "Erasure.asked_by", "ExportedStep.account_id", "Note.author_account",
    "PossibleDuplicate.decided_by", "Proposal.proposed_by", "Resource.owner_id",
    "StageStep.account_id",
    "ExportedReferralStep.account_id", "Referral.sent_by", "ReferralStep.account_id",
}  # fmt: skip
"""The ids of accounts in answers of services that keep no names of accounts."""
EXCEPTIONS = {
    "partners alone keeps names of accounts; GET /v1/accounts?id= reads those of staff at once":
        OF_ACCOUNTS,
    "a person of the child's record has a name where the policy releases the contacts": {
        "Amendment.asked_by", "Consent.given_by", "Consent.revoked_by",
        "DirectoryInformation.said_by", "ExportedConsent.given_by", "ExportedStep.given_by",
        "Proposal.given_by", "StageStep.given_by",
    },
    "partners knows people of the children's records by ids alone": {
        "Invitation.person_id", "InvitationMade.person_id", "Membership.person_id",
        "OwnMembership.person_id", "TakenMembership.person_id",
    },
    "the answer to one's own act; GET /v1/me has the names": {
        "TakenMembership.account_id", "TakenMembership.partner_id",
    },
    "the answer stands on its child's own page, which shows the name once": {
        "Amendment.student_id", "AttendanceDay.student_id", "Contact.student_id",
        "DirectoryInformation.student_id", "Note.student_id", "Restriction.student_id",
        "StudentMeasures.student_id",
    },
    "ids alone, without a release of an identity; GET /v1/students?id= reads them at once": {
        "EmergencyAccess.student_id", "PossibleDuplicate.earlier_id",
        "PossibleDuplicate.student_id",
    },
    "a partner's system or a report after a breach knows children by ids alone": {
        "Disclosed.student_id", "Retraction.student_id", "SharedChild.student_id",
    },
    "of an erased child only the number is left": {"Erasure.student_id"},
    "resources and outcomes know no child, class or program by name; ?id= reads them at once": {
        "Assignment.class_id", "Assignment.student_id", "Completion.student_id",
        "DosageMeasure.engagement_id", "DosageMeasure.program_id", "StudentAssignment.class_id",
    },
    "the noun has no name: what it is about stands in the same answer": {
        "Completion.assignment_id", "Consent.form_id", "ConsentRequest.consent_id",
        "ConsentRequest.form_id", "DisclosureHead.head_id", "DisclosureLine.consent_id",
        "DisclosureLine.emergency_id", "Dosage.engagement_id", "ExportedDisclosure.consent_id",
        "ExportedDisclosure.emergency_id", "ExportedMark.engagement_id",
        "ExportedMark.session_id", "ExportedStep.engagement_id", "HeardHead.head_id", "Invitation.membership_id",
        "InvitationMade.membership_id",
        "ExportedReferralStep.referral_id", "Referral.consent_id", "Referral.engagement_id",
        "ReferralLink.referral_id", "ReferralPreview.referral_id",
        "Me.acting_as", "Proposal.engagement_id", "RecordedAnswers.consent_ids",
        "SessionAttendance.engagement_id", "Statement.amendment_id", "Stopped.consent_id",
        "TakenMembership.membership_id",
        "Use.assignment_id",
    },
    "students knows agreements by their terms, not by a title; the clause is in words": {
        "Clause.agreement_id", "Clause.consent_id", "Disclosed.agreement_ids",
        "DisclosureLine.agreement_id", "ExportedDisclosure.agreement_id",
    },
    "the policy reads no names; the disclosure's line has them": {"Clause.further_parties"},
    "exact words that are signed; the parties' names and the reading stand beside them": {
        "AgreementTerms.providers", "AgreementTerms.recipients", "AgreementTerms.redisclosure_to",
        "Cohort.program_ids", "Cohort.school_ids",
    },
    "an edition is known by its number and its day": {
        "Edition.replaced_by", "Edition.replaces", "EditionHeadlines.replaced_by",
        "EditionHeadlines.replaces", "EditionSummary.replaced_by", "EditionSummary.replaces",
        "Exposure.edition_id", "PublishedEdition.replaced_by", "PublishedEdition.replaces",
    },
    "the answer stands at the address of the noun, or inside it": {
        "Definition.indicator_id", "Exposed.scorecard_id", "FrameworkItem.framework_id",
        "FrameworkItemDetail.framework_id", "PartnerReach.partner_id", "Stream.partner_id",
        "StreamAccess.partner_id", "StreamLag.partner_id",
    },
    "a part of what is stored and announced: ids alone": {"AttendanceAtSchool.school_id"},
    "the ids of the steps of the same answer, which have names": {"Pipeline.unplaced"},
    "every service has imports, and one of them mappings": {"ImportJob.mapping_id"},
    "CASE's own identifiers, of the answer itself": {
        "Framework.identifier", "FrameworkAssociation.identifier", "FrameworkItem.identifier",
        "FrameworkItemDetail.identifier",
    },
}  # fmt: skip


@pytest.fixture
async def schemas() -> dict[str, Any]:
    """The schemas that an answer with success contains, directly or inside another."""
    async with network() as (_, client):
        document = (await client.get("/openapi.json")).json()
    answered = {
        name
        for operations in document["paths"].values()
        for operation in operations.values()
        for status, response in operation["responses"].items()
        if status.startswith("2")
        for name in _references(response)
    }
    return _reached(document["components"]["schemas"], answered)


def _reached(known: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """These schemas, and those inside them."""
    reached, waiting = dict[str, Any](), set(names)
    while waiting:
        name = waiting.pop()
        reached[name] = known[name]
        waiting |= set(_references(known[name])) - reached.keys()
    return reached


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for each in schema:
            yield from _references(each)
    elif isinstance(schema, dict):
        if str(schema.get("$ref", "")).startswith(SCHEMAS):
            yield schema["$ref"].removeprefix(SCHEMAS)
        for each in schema.values():
            yield from _references(each)


def _holds_ids(schema: Any) -> bool:
    if isinstance(schema, list):
        return any(map(_holds_ids, schema))
    return isinstance(schema, dict) and (
        schema.get("format") == "uuid" or any(_holds_ids(schema.get(part)) for part in INSIDE)
    )


def _nameless(schemas: dict[str, Any]) -> set[str]:
    """The ids without a name beside them, as `Schema.property`."""
    return {
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, held in schema.get("properties", {}).items()
        if field != "id" and _holds_ids(held)
        if not _is_named(name, field, schema["properties"].keys())
    }


def _is_named(name: str, field: str, beside: set[str]) -> bool:
    if f"{name}.{field}" in OWN:
        return bool(OWN_NAMES & beside)
    stems = {
        field.removesuffix(ending) + instead
        for ending, instead in ENDINGS.items()
        if field.endswith(ending)
    }
    named = {stem + ending for stem in stems for ending in NAMES} | (stems - {field})
    return not named.isdisjoint(beside)


@promise("Requests", "Each id in an answer has a name beside it, or a reason why it has none.")
async def test_each_id_in_an_answer_has_a_name_beside_it_or_a_reason_why_not(
    schemas: dict[str, Any],
) -> None:
    nameless, excused = _nameless(schemas), set().union(*EXCEPTIONS.values())
    guilty(
        [f"{each} has no name beside it" for each in sorted(nameless - excused)]
        + [f"{each} is an exception without need" for each in sorted(excused - nameless)]
    )


def test_a_childs_views_name_the_accounts_of_all_their_parts(schemas: dict[str, Any]) -> None:
    views = _reached(schemas, {"StudentView", "ExportView", "FamilyView"})
    fields = {each.split(".")[1] for each in OF_ACCOUNTS if each.split(".")[0] in views}
    assert fields == IDS


def test_an_id_whose_name_is_missing_is_found() -> None:
    ids: dict[str, Any] = {"school_id": {"anyOf": [{"format": "uuid"}, {"type": "null"}]}}
    ids["site_ids"] = {"items": {"format": "uuid"}}
    beside: dict[str, Any] = {"site_names": {}, "title": {}}
    assert _nameless({"Thing": {"properties": ids | beside}}) == {"Thing.school_id"}
