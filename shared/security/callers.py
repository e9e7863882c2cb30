"""The caller of a route, by the permission that the route demands: one name for each permission.

The name is the permission's own (`students:read` gives `StudentsReader`), so that a route's
signature shows its permission; `tests/promises/test_callers.py` holds it.
"""

from typing import Annotated, Any

from fastapi import Request, Security
from fastapi.security import HTTPBearer

from shared.contracts.role import SOMEBODY
from shared.core.refusals import Forbidden
from shared.security.permissions import DEEDS, PERMISSIONS, Permission
from shared.security.principal import Principal, Role, ensure_somebody, principal_of

SAME_FOR_ALL = "same for all"
"""A key of a request's scope: whether the answer is the same for every caller."""
BEARER = HTTPBearer(scheme_name="principal", auto_error=False, description="An access token.")


def may(*wanted: Permission) -> Any:
    """The type of a caller with one of the permissions `wanted`: `Annotated[Principal,
    may(Permission.X)]`. Raises `sign-in-required` (401) for a caller who is not signed in,
    `permission-missing` (403) for any other whose role has none of them."""

    public = not PERMISSIONS[Role.PUBLIC].isdisjoint(wanted)

    async def permitted(request: Request, _: Any = Security(BEARER)) -> Principal:
        caller = principal_of(request)
        ensure_may(caller, *wanted)
        request.scope[SAME_FOR_ALL] = public
        return caller

    permitted.__name__ = f"may_{'_or_'.join(wanted)}"
    return Security(permitted, scopes=list(wanted))


def ensure_may(caller: Principal, *wanted: Permission) -> None:
    """Raises as `may` does, where the permission is known only from what the request names."""
    if PERMISSIONS[caller.role].isdisjoint(wanted):
        ensure_somebody(caller)
        raise Forbidden(
            "permission-missing", f"{SOMEBODY[caller.role]} may not {DEEDS[wanted[0]]}."
        )


DirectoryReader = Annotated[Principal, may(Permission.DIRECTORY_READ)]
PartnersWriter = Annotated[Principal, may(Permission.PARTNERS_WRITE)]
ProgramsWriter = Annotated[Principal, may(Permission.PROGRAMS_WRITE)]
PartnershipsWriter = Annotated[Principal, may(Permission.PARTNERSHIPS_WRITE)]
AgreementsReader = Annotated[Principal, may(Permission.AGREEMENTS_READ)]
AgreementsWriter = Annotated[Principal, may(Permission.AGREEMENTS_WRITE)]
AccountsReader = Annotated[Principal, may(Permission.ACCOUNTS_READ)]
MembershipsReader = Annotated[Principal, may(Permission.MEMBERSHIPS_READ)]
MembershipsWriter = Annotated[Principal, may(Permission.MEMBERSHIPS_WRITE)]
ClientsReader = Annotated[Principal, may(Permission.CLIENTS_READ)]
ClientsWriter = Annotated[Principal, may(Permission.CLIENTS_WRITE)]
SupportReader = Annotated[Principal, may(Permission.SUPPORT_READ)]
ReferralsSender = Annotated[Principal, may(Permission.REFERRALS_SEND)]
ReferralsAnswerer = Annotated[Principal, may(Permission.REFERRALS_ANSWER)]
ReferralsWithdrawer = Annotated[Principal, may(Permission.REFERRALS_WITHDRAW)]
StudentsReader = Annotated[Principal, may(Permission.STUDENTS_READ)]
StudentsWriter = Annotated[Principal, may(Permission.STUDENTS_WRITE)]
NotesWriter = Annotated[Principal, may(Permission.NOTES_WRITE)]
AmendmentsAsker = Annotated[Principal, may(Permission.AMENDMENTS_ASK)]
RecordsExporter = Annotated[Principal, may(Permission.RECORDS_EXPORT)]
ConsentsReader = Annotated[Principal, may(Permission.CONSENTS_READ)]
ConsentsWriter = Annotated[Principal, may(Permission.CONSENTS_WRITE)]
ConsentsRecorder = Annotated[Principal, may(Permission.CONSENTS_RECORD)]
ConsentFormsWriter = Annotated[Principal, may(Permission.CONSENT_FORMS_WRITE)]
EmergenciesOpener = Annotated[Principal, may(Permission.EMERGENCIES_OPEN)]
EmergenciesReader = Annotated[Principal, may(Permission.EMERGENCIES_READ)]
EmergenciesReviewer = Annotated[Principal, may(Permission.EMERGENCIES_REVIEW)]
StaffReader = Annotated[Principal, may(Permission.STAFF_READ)]
DisclosuresReader = Annotated[Principal, may(Permission.DISCLOSURES_READ)]
DisclosuresPublisher = Annotated[Principal, may(Permission.DISCLOSURES_PUBLISH)]
EngagementsReader = Annotated[Principal, may(Permission.ENGAGEMENTS_READ)]
EngagementsApplicant = Annotated[Principal, may(Permission.ENGAGEMENTS_APPLY)]
EngagementsWriter = Annotated[Principal, may(Permission.ENGAGEMENTS_WRITE)]
CalendarsWriter = Annotated[Principal, may(Permission.CALENDARS_WRITE)]
AttendanceWriter = Annotated[Principal, may(Permission.ATTENDANCE_WRITE)]
LibraryReader = Annotated[Principal, may(Permission.LIBRARY_READ)]
ImportsReader = Annotated[Principal, may(Permission.IMPORTS_READ)]
LibraryWriter = Annotated[Principal, may(Permission.LIBRARY_WRITE)]
AssignmentsReader = Annotated[Principal, may(Permission.ASSIGNMENTS_READ)]
AssignmentsWriter = Annotated[Principal, may(Permission.ASSIGNMENTS_WRITE)]
AssignmentsFinisher = Annotated[Principal, may(Permission.ASSIGNMENTS_FINISH)]
IndicatorsReader = Annotated[Principal, may(Permission.INDICATORS_READ)]
IndicatorsWriter = Annotated[Principal, may(Permission.INDICATORS_WRITE)]
EditionsReader = Annotated[Principal, may(Permission.EDITIONS_READ)]
MeasuresReader = Annotated[Principal, may(Permission.MEASURES_READ)]
StreamsReader = Annotated[Principal, may(Permission.STREAMS_READ)]
StreamsWriter = Annotated[Principal, may(Permission.STREAMS_WRITE)]
StreamsRenewer = Annotated[Principal, may(Permission.STREAMS_RENEW)]
StreamsSuspender = Annotated[Principal, may(Permission.STREAMS_SUSPEND)]
SharingReader = Annotated[Principal, may(Permission.SHARING_READ)]
SnapshotsReader = Annotated[Principal, may(Permission.SNAPSHOTS_READ)]
ReceiptsWriter = Annotated[Principal, may(Permission.RECEIPTS_WRITE)]
Composer = Annotated[Principal, may(Permission.COMPOSE)]
ReferralsSenderOrReferralsAnswerer = Annotated[
    Principal, may(Permission.REFERRALS_SEND, Permission.REFERRALS_ANSWER)
]
LibraryWriterOrIndicatorsReader = Annotated[
    Principal, may(Permission.LIBRARY_WRITE, Permission.INDICATORS_READ)
]
ComposerOrLibraryReader = Annotated[Principal, may(Permission.COMPOSE, Permission.LIBRARY_READ)]
AmendmentsAskerOrStudentsWriter = Annotated[
    Principal, may(Permission.AMENDMENTS_ASK, Permission.STUDENTS_WRITE)
]
