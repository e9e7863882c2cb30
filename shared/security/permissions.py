"""What each role may ask for at all. What it may know of one child, students decides."""

from enum import StrEnum
from typing import Any

from fastapi import Request, Security
from fastapi.security import HTTPBearer

from shared.core.refusals import Forbidden
from shared.security.principal import Principal, Role, ensure_somebody, principal_of


class Permission(StrEnum):
    """`noun:read` or `noun:write`; the narrower question, which of them, is the query's."""

    DIRECTORY_READ = "directory:read"  # partners, sites, programs, partnerships, networks
    PARTNERS_WRITE = "partners:write"  # profile and sites of one's own partner
    PROGRAMS_WRITE = "programs:write"
    PARTNERSHIPS_WRITE = "partnerships:write"
    AGREEMENTS_READ = "agreements:read"  # those of one's own partner
    AGREEMENTS_WRITE = "agreements:write"
    MEMBERSHIPS_READ = "memberships:read"
    MEMBERSHIPS_WRITE = "memberships:write"
    CLIENTS_READ = "clients:read"
    CLIENTS_WRITE = "clients:write"
    STUDENTS_READ = "students:read"
    STUDENTS_WRITE = "students:write"
    NOTES_WRITE = "notes:write"
    AMENDMENTS_ASK = "amendments:ask"  # of a child's record, by its family
    RECORDS_EXPORT = "records:export"  # all of a child's record
    ROSTERS_IMPORT = "rosters:import"
    CONSENTS_READ = "consents:read"
    CONSENTS_WRITE = "consents:write"  # a family's word; of the district, from paper
    CONSENTS_RECORD = "consents:record"  # from paper, many at once
    CONSENT_FORMS_WRITE = "consent-forms:write"
    EMERGENCIES_OPEN = "emergencies:open"
    EMERGENCIES_READ = "emergencies:read"  # of one's own children, or one's own
    EMERGENCIES_REVIEW = "emergencies:review"
    STAFF_READ = "staff:read"
    DISCLOSURES_READ = "disclosures:read"  # what an organization got, of which children
    DISCLOSURES_PUBLISH = "disclosures:publish"
    ENGAGEMENTS_READ = "engagements:read"
    ENGAGEMENTS_APPLY = "engagements:apply"
    ENGAGEMENTS_WRITE = "engagements:write"
    ATTENDANCE_WRITE = "attendance:write"  # the school's; a program's own is of engagements
    LIBRARY_READ = "library:read"  # resources, collections, standards
    LIBRARY_WRITE = "library:write"
    LIBRARY_IMPORT = "library:import"
    STANDARDS_IMPORT = "standards:import"  # frameworks are everybody's
    ASSIGNMENTS_READ = "assignments:read"
    ASSIGNMENTS_WRITE = "assignments:write"
    ASSIGNMENTS_FINISH = "assignments:finish"
    INDICATORS_READ = "indicators:read"
    INDICATORS_WRITE = "indicators:write"
    EDITIONS_READ = "editions:read"  # published scorecards
    MEASURES_READ = "measures:read"  # of one child, against a grant
    STREAMS_READ = "streams:read"  # those of one's own partner
    STREAMS_WRITE = "streams:write"
    STREAMS_RENEW = "streams:renew"
    STREAMS_SUSPEND = "streams:suspend"
    SHARING_READ = "sharing:read"  # what partners' streams are told, and are to delete
    SNAPSHOTS_READ = "snapshots:read"
    RECEIPTS_WRITE = "receipts:write"
    IMPORTS_READ = "imports:read"
    COMPOSE = "compose"  # the gateway's own questions


P = Permission
EVERYBODY = {P.DIRECTORY_READ, P.LIBRARY_READ, P.EDITIONS_READ}
STREAMS = {P.STREAMS_READ, P.STREAMS_RENEW, P.STREAMS_WRITE}
KEPT_STREAMS = STREAMS | {P.STREAMS_SUSPEND}
SIGNED_IN = EVERYBODY | {P.ASSIGNMENTS_FINISH}
OWN_CHILD = {
    P.STUDENTS_READ, P.ENGAGEMENTS_READ, P.ASSIGNMENTS_READ, P.MEASURES_READ,
}  # fmt: skip
CONSENTS = {P.CONSENTS_READ, P.CONSENTS_WRITE}
STAFF = (
    SIGNED_IN
    | OWN_CHILD
    | {P.INDICATORS_READ, P.ASSIGNMENTS_WRITE, P.LIBRARY_WRITE, P.NOTES_WRITE}
    | {P.EMERGENCIES_OPEN, P.EMERGENCIES_READ}
)
FAMILY = SIGNED_IN | OWN_CHILD | CONSENTS | {
    P.AMENDMENTS_ASK, P.EMERGENCIES_READ, P.RECORDS_EXPORT,
}  # fmt: skip
CLIENTS = {P.CLIENTS_READ, P.CLIENTS_WRITE}
RECEIVING = {P.SHARING_READ, P.RECEIPTS_WRITE}
PERMISSIONS: dict[Role, set[Permission]] = {
    Role.PUBLIC: EVERYBODY,
    Role.STUDENT: FAMILY,
    Role.GUARDIAN: FAMILY | {P.ENGAGEMENTS_APPLY},
    Role.EDUCATOR: STAFF | {P.ATTENDANCE_WRITE, P.ENGAGEMENTS_APPLY},
    Role.CASE_WORKER: STAFF
    | {P.ENGAGEMENTS_WRITE, P.ENGAGEMENTS_APPLY, P.AGREEMENTS_READ, P.CONSENTS_READ},
    Role.PARTNER_ADMIN: STAFF | STREAMS | CLIENTS | RECEIVING
    | {
        P.ENGAGEMENTS_WRITE, P.ENGAGEMENTS_APPLY, P.PARTNERS_WRITE,
        P.PROGRAMS_WRITE, P.MEMBERSHIPS_READ, P.MEMBERSHIPS_WRITE, P.IMPORTS_READ,
        P.LIBRARY_IMPORT, P.AGREEMENTS_READ, P.AGREEMENTS_WRITE, P.CONSENTS_READ,
        P.CONSENT_FORMS_WRITE,
    },
    Role.DISTRICT_ADMIN: STAFF | STREAMS | CLIENTS | CONSENTS
    | {
        P.EMERGENCIES_REVIEW, P.RECORDS_EXPORT, P.CONSENTS_RECORD, P.CONSENT_FORMS_WRITE,
        P.SHARING_READ,
        P.STUDENTS_WRITE, P.ROSTERS_IMPORT, P.STAFF_READ, P.ENGAGEMENTS_WRITE,
        P.ENGAGEMENTS_APPLY, P.ATTENDANCE_WRITE, P.PARTNERS_WRITE, P.PROGRAMS_WRITE,
        P.MEMBERSHIPS_READ, P.MEMBERSHIPS_WRITE, P.IMPORTS_READ, P.LIBRARY_IMPORT,
        P.STANDARDS_IMPORT, P.AGREEMENTS_READ, P.AGREEMENTS_WRITE, P.DISCLOSURES_READ,
    },
    Role.BACKBONE: SIGNED_IN | KEPT_STREAMS | CLIENTS
    | {
        P.SHARING_READ,
        P.PARTNERS_WRITE, P.PROGRAMS_WRITE, P.PARTNERSHIPS_WRITE, P.MEMBERSHIPS_READ,
        P.MEMBERSHIPS_WRITE, P.LIBRARY_WRITE, P.INDICATORS_READ, P.INDICATORS_WRITE,
        P.IMPORTS_READ, P.LIBRARY_IMPORT, P.STANDARDS_IMPORT, P.AGREEMENTS_READ,
        P.AGREEMENTS_WRITE,
    },
    Role.ANALYST: SIGNED_IN | {P.INDICATORS_READ, P.INDICATORS_WRITE, P.IMPORTS_READ},
    Role.OPERATOR: SIGNED_IN | KEPT_STREAMS | CLIENTS
    | {
        P.SHARING_READ,
        P.PARTNERS_WRITE, P.PROGRAMS_WRITE, P.PARTNERSHIPS_WRITE, P.MEMBERSHIPS_READ,
        P.MEMBERSHIPS_WRITE, P.ROSTERS_IMPORT, P.STAFF_READ, P.LIBRARY_WRITE, P.IMPORTS_READ,
        P.LIBRARY_IMPORT, P.STANDARDS_IMPORT, P.AGREEMENTS_READ, P.AGREEMENTS_WRITE,
        P.DISCLOSURES_READ, P.DISCLOSURES_PUBLISH,
    },
    Role.PARTNER_SYSTEM: EVERYBODY
    | OWN_CHILD
    | RECEIVING
    | {P.AGREEMENTS_READ, P.CONSENTS_READ, P.STREAMS_READ, P.STREAMS_RENEW,
       P.SNAPSHOTS_READ},
    Role.GATEWAY: {P.COMPOSE, P.DIRECTORY_READ, P.LIBRARY_READ, P.EDITIONS_READ},
}  # fmt: skip

SAME_FOR_ALL = "same for all"
"""In a request's scope: whether everybody is told the same here."""
BEARER = HTTPBearer(scheme_name="principal", auto_error=False, description="An access token.")


def may(*wanted: Permission) -> Any:
    """`Annotated[Principal, may(Permission.X)]`: the caller, or a refusal to one whose role has
    none of `wanted`. 401 to nobody, 403 to somebody."""

    public = not PERMISSIONS[Role.PUBLIC].isdisjoint(wanted)

    async def permitted(request: Request, _: Any = Security(BEARER)) -> Principal:
        caller = principal_of(request)
        if not PERMISSIONS[caller.role].isdisjoint(wanted):
            request.scope[SAME_FOR_ALL] = public
            return caller
        ensure_somebody(caller)
        raise Forbidden("permission-missing", _may_not(caller.role, wanted[0]))

    permitted.__name__ = f"may_{'_or_'.join(wanted)}"
    return Security(permitted, scopes=list(wanted))


def _may_not(role: Role, wanted: Permission) -> str:
    noun, _, deed = wanted.partition(":")
    what = f"{'change' if deed == 'write' else deed} {noun}" if deed else noun
    return f"Your role, {role.replace('_', ' ')}, may not {what}."
