"""The permissions of each role. The policy in students decides on the data of one child."""

from enum import StrEnum

from shared.security.principal import Role


class Permission(StrEnum):
    """`noun:read` or `noun:write`; the query then narrows the rows."""

    DIRECTORY_READ = "directory:read"  # partners, sites, programs, partnerships, networks
    PARTNERS_WRITE = "partners:write"  # profile and sites of one's own partner
    PROGRAMS_WRITE = "programs:write"
    PARTNERSHIPS_WRITE = "partnerships:write"
    AGREEMENTS_READ = "agreements:read"  # those of one's own partner
    AGREEMENTS_WRITE = "agreements:write"
    ACCOUNTS_READ = "accounts:read"  # the names of staff, by the ids of their accounts
    MEMBERSHIPS_READ = "memberships:read"
    MEMBERSHIPS_WRITE = "memberships:write"
    CLIENTS_READ = "clients:read"
    CLIENTS_WRITE = "clients:write"
    STUDENTS_READ = "students:read"
    STUDENTS_WRITE = "students:write"
    NOTES_WRITE = "notes:write"
    SUPPORT_READ = "support:read"  # needs and referrals
    REFERRALS_SEND = "referrals:send"
    REFERRALS_ANSWER = "referrals:answer"  # of programs of one's own partner
    REFERRALS_WITHDRAW = "referrals:withdraw"  # also the family's word
    AMENDMENTS_ASK = "amendments:ask"  # of a child's record, by its family
    RECORDS_EXPORT = "records:export"  # all of a child's record
    ROSTERS_IMPORT = "rosters:import"
    CONSENTS_READ = "consents:read"
    CONSENTS_WRITE = "consents:write"  # by a family; by the district, from paper
    CONSENTS_RECORD = "consents:record"  # from paper, many at once
    CONSENT_FORMS_WRITE = "consent-forms:write"
    EMERGENCIES_OPEN = "emergencies:open"
    EMERGENCIES_READ = "emergencies:read"  # about one's own children, or one's own
    EMERGENCIES_REVIEW = "emergencies:review"
    STAFF_READ = "staff:read"
    DISCLOSURES_READ = "disclosures:read"  # an organization's, child by child
    DISCLOSURES_PUBLISH = "disclosures:publish"
    ENGAGEMENTS_READ = "engagements:read"
    ENGAGEMENTS_APPLY = "engagements:apply"
    ENGAGEMENTS_WRITE = "engagements:write"
    CALENDARS_WRITE = "calendars:write"  # closed days
    ATTENDANCE_WRITE = "attendance:write"  # the school's; a program's belongs to engagements
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
    SHARING_READ = "sharing:read"  # counts of partners' streams, and retractions
    SNAPSHOTS_READ = "snapshots:read"
    RECEIPTS_WRITE = "receipts:write"
    IMPORTS_READ = "imports:read"
    COMPOSE = "compose"  # the gateway's own requests


P = Permission
DEEDS: dict[Permission, str] = {
    P.DIRECTORY_READ: "read the directory",
    P.PARTNERS_WRITE: "change partners",
    P.PROGRAMS_WRITE: "change programs",
    P.PARTNERSHIPS_WRITE: "change partnerships",
    P.AGREEMENTS_READ: "read agreements",
    P.AGREEMENTS_WRITE: "change agreements",
    P.ACCOUNTS_READ: "read the names of accounts",
    P.MEMBERSHIPS_READ: "read memberships",
    P.MEMBERSHIPS_WRITE: "change memberships",
    P.CLIENTS_READ: "read clients",
    P.CLIENTS_WRITE: "change clients",
    P.STUDENTS_READ: "read children's records",
    P.STUDENTS_WRITE: "change children's records",
    P.NOTES_WRITE: "write notes",
    P.SUPPORT_READ: "read needs and referrals",
    P.REFERRALS_SEND: "refer a child",
    P.REFERRALS_ANSWER: "answer a referral",
    P.REFERRALS_WITHDRAW: "withdraw a referral",
    P.AMENDMENTS_ASK: "ask for an amendment",
    P.RECORDS_EXPORT: "export a child's record",
    P.ROSTERS_IMPORT: "import rosters",
    P.CONSENTS_READ: "read consents",
    P.CONSENTS_WRITE: "give or refuse consent",
    P.CONSENTS_RECORD: "record consents from paper",
    P.CONSENT_FORMS_WRITE: "write consent forms",
    P.EMERGENCIES_OPEN: "open an emergency access",
    P.EMERGENCIES_READ: "read emergency accesses",
    P.EMERGENCIES_REVIEW: "review emergency accesses",
    P.STAFF_READ: "read the staff of schools",
    P.DISCLOSURES_READ: "read an organization's disclosures",
    P.DISCLOSURES_PUBLISH: "publish the head of the disclosure log",
    P.ENGAGEMENTS_READ: "read engagements",
    P.ENGAGEMENTS_APPLY: "apply for a program",
    P.ENGAGEMENTS_WRITE: "change engagements",
    P.CALENDARS_WRITE: "change school calendars",
    P.ATTENDANCE_WRITE: "take attendance",
    P.LIBRARY_READ: "read the library",
    P.LIBRARY_WRITE: "change the library",
    P.LIBRARY_IMPORT: "import learning resources",
    P.STANDARDS_IMPORT: "import standards",
    P.ASSIGNMENTS_READ: "read assignments",
    P.ASSIGNMENTS_WRITE: "assign learning resources",
    P.ASSIGNMENTS_FINISH: "finish an assignment",
    P.INDICATORS_READ: "read indicators",
    P.INDICATORS_WRITE: "change indicators",
    P.EDITIONS_READ: "read published scorecards",
    P.MEASURES_READ: "read a child's measures",
    P.STREAMS_READ: "read streams",
    P.STREAMS_WRITE: "change streams",
    P.STREAMS_RENEW: "renew a stream's credentials",
    P.STREAMS_SUSPEND: "suspend streams",
    P.SHARING_READ: "read what is shared with partners",
    P.SNAPSHOTS_READ: "read snapshots",
    P.RECEIPTS_WRITE: "give receipts of retractions",
    P.IMPORTS_READ: "read imports",
    P.COMPOSE: "compose views",
}
"""What a permission allows, in words: "An educator may not …"."""
EVERYBODY = {P.DIRECTORY_READ, P.LIBRARY_READ, P.EDITIONS_READ}
STREAMS = {P.STREAMS_READ, P.STREAMS_RENEW, P.STREAMS_WRITE}
KEPT_STREAMS = STREAMS | {P.STREAMS_SUSPEND}
SIGNED_IN = EVERYBODY | {P.ACCOUNTS_READ, P.ASSIGNMENTS_FINISH}
OWN_CHILD = {
    P.STUDENTS_READ, P.ENGAGEMENTS_READ, P.ASSIGNMENTS_READ, P.MEASURES_READ, P.SUPPORT_READ,
}  # fmt: skip
CONSENTS = {P.CONSENTS_READ, P.CONSENTS_WRITE}
STAFF = (
    SIGNED_IN
    | OWN_CHILD
    | {P.INDICATORS_READ, P.ASSIGNMENTS_WRITE, P.LIBRARY_WRITE, P.NOTES_WRITE}
    | {P.EMERGENCIES_OPEN, P.EMERGENCIES_READ}
)
FAMILY = SIGNED_IN | OWN_CHILD | CONSENTS | {
    P.AMENDMENTS_ASK, P.ENGAGEMENTS_APPLY, P.EMERGENCIES_READ, P.RECORDS_EXPORT,
    P.REFERRALS_WITHDRAW,
}  # fmt: skip
REFERRING = {P.REFERRALS_SEND, P.REFERRALS_WITHDRAW}
CLIENTS = {P.CLIENTS_READ, P.CLIENTS_WRITE}
RECEIVING = {P.SHARING_READ, P.RECEIPTS_WRITE}
PERMISSIONS: dict[Role, set[Permission]] = {
    Role.PUBLIC: EVERYBODY,
    Role.STUDENT: FAMILY,
    Role.GUARDIAN: FAMILY,
    Role.EDUCATOR: STAFF | REFERRING | {P.ATTENDANCE_WRITE, P.CALENDARS_WRITE, P.ENGAGEMENTS_APPLY},
    Role.CASE_WORKER: STAFF
    | {P.ENGAGEMENTS_WRITE, P.ENGAGEMENTS_APPLY, P.AGREEMENTS_READ, P.CONSENTS_READ,
       P.REFERRALS_ANSWER},
    Role.PARTNER_ADMIN: STAFF | STREAMS | CLIENTS | RECEIVING
    | {
        P.ENGAGEMENTS_WRITE, P.ENGAGEMENTS_APPLY, P.PARTNERS_WRITE,
        P.PROGRAMS_WRITE, P.MEMBERSHIPS_READ, P.MEMBERSHIPS_WRITE, P.IMPORTS_READ,
        P.LIBRARY_IMPORT, P.AGREEMENTS_READ, P.AGREEMENTS_WRITE, P.CONSENTS_READ,
        P.CONSENT_FORMS_WRITE, P.REFERRALS_ANSWER,
    },
    Role.DISTRICT_ADMIN: STAFF | REFERRING | STREAMS | CLIENTS | CONSENTS
    | {
        P.EMERGENCIES_REVIEW, P.RECORDS_EXPORT, P.CONSENTS_RECORD, P.CONSENT_FORMS_WRITE,
        P.SHARING_READ,
        P.STUDENTS_WRITE, P.ROSTERS_IMPORT, P.STAFF_READ, P.ENGAGEMENTS_WRITE,
        P.ENGAGEMENTS_APPLY, P.ATTENDANCE_WRITE, P.CALENDARS_WRITE,
        P.PARTNERS_WRITE, P.PROGRAMS_WRITE,
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
       P.SNAPSHOTS_READ, P.REFERRALS_ANSWER},
    Role.LINK_HOLDER: {P.SUPPORT_READ, P.REFERRALS_ANSWER},
    Role.GATEWAY: {P.COMPOSE, P.DIRECTORY_READ, P.LIBRARY_READ, P.EDITIONS_READ},
}  # fmt: skip
