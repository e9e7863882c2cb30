"""Every route of students, as the disclosure log sees it: what it tells of a child and so writes
down, or why it does not. And what the other services tell of a child, against students' grant."""

from shared.contracts.students.access import Category

C = Category
CHILD = "/v1/students/{student_id}"
RECORDED: dict[str, Category] = {
    "GET /internal/students/{student_id}/picture": C.ATTENDANCE,
    "GET /internal/students/{student_id}/grant": C.RESOURCES,
    "GET /internal/students/{student_id}/export": C.DEMOGRAPHICS,
    "GET /internal/students/{student_id}/opportunities": C.DEMOGRAPHICS,
    "GET /v1/students": C.IDENTITY,
    "POST /v1/students": C.IDENTITY,
    f"GET {CHILD}": C.IDENTITY,
    f"PATCH {CHILD}": C.IDENTITY,
    f"GET {CHILD}/contacts": C.CONTACTS,
    f"POST {CHILD}/contacts": C.CONTACTS,
    f"PATCH {CHILD}/contacts/{{contact_id}}": C.CONTACTS,
    f"POST {CHILD}/contacts/{{contact_id}}/restrictions": C.CONTACTS,
    f"POST {CHILD}/contacts/{{contact_id}}/restrictions/{{restriction_id}}/ending": C.CONTACTS,
    f"GET {CHILD}/notes": C.NOTES,
    f"GET {CHILD}/notes/{{note_id}}": C.NOTES,
    f"GET {CHILD}/amendments": C.IDENTITY,
    f"GET {CHILD}/amendments/{{amendment_id}}": C.IDENTITY,
    f"POST {CHILD}/amendments/{{amendment_id}}/decision": C.IDENTITY,
    f"POST {CHILD}/amendments/{{amendment_id}}/hearing": C.IDENTITY,
    f"PUT {CHILD}/amendments/{{amendment_id}}/statement": C.IDENTITY,
    f"GET {CHILD}/consents": C.IDENTITY,
    f"POST {CHILD}/consents": C.IDENTITY,
    f"GET {CHILD}/consents/{{consent_id}}": C.IDENTITY,
    f"POST {CHILD}/consents/{{consent_id}}/revocation": C.IDENTITY,
    "GET /v1/consent-requests": C.IDENTITY,
    "GET /v1/consent-requests/{request_id}": C.IDENTITY,
    "POST /v1/consent-requests/{request_id}/withdrawal": C.IDENTITY,
    f"GET {CHILD}/directory-information": C.IDENTITY,
    f"PUT {CHILD}/directory-information": C.IDENTITY,
    f"POST {CHILD}/emergency-accesses": C.CONTACTS,
    "GET /v1/classes/{class_id}": C.ENROLLMENT,
    "GET /v1/classes/{class_id}/attendance/{day}": C.ATTENDANCE,
    "GET /v1/engagements": C.ENGAGEMENT,
    "POST /v1/engagements": C.ENGAGEMENT,
    "GET /v1/engagements/{engagement_id}": C.ENGAGEMENT,
    "GET /v1/engagements/{engagement_id}/steps": C.ENGAGEMENT,
    "POST /v1/engagements/{engagement_id}/steps": C.ENGAGEMENT,
    "PUT /v1/engagements/{engagement_id}/plan": C.ENGAGEMENT,
    "GET /v1/proposals": C.ENGAGEMENT,
    "POST /v1/proposals": C.ENGAGEMENT,
    "GET /v1/proposals/{proposal_id}": C.ENGAGEMENT,
    "POST /v1/proposals/{proposal_id}/acceptance": C.ENGAGEMENT,
    "POST /v1/proposals/{proposal_id}/refusal": C.ENGAGEMENT,
    "POST /v1/proposals/{proposal_id}/withdrawal": C.ENGAGEMENT,
    "GET /v1/referrals": C.SUPPORT,
    "POST /v1/referrals": C.SUPPORT,
    "GET /v1/referrals/{referral_id}": C.SUPPORT,
    "GET /v1/referrals/{referral_id}/steps": C.SUPPORT,
    "GET /v1/referrals/{referral_id}/preview": C.SUPPORT,
    "POST /v1/referrals/{referral_id}/consent-request": C.SUPPORT,
    "POST /v1/referrals/{referral_id}/family-word": C.SUPPORT,
    "POST /v1/referrals/{referral_id}/sending": C.SUPPORT,
    "POST /v1/referrals/{referral_id}/extension": C.SUPPORT,
    "POST /v1/referrals/{referral_id}/acceptance": C.SUPPORT,
    "POST /v1/referrals/{referral_id}/contacts": C.SUPPORT,
    "POST /v1/referrals/{referral_id}/place": C.SUPPORT,
    "POST /v1/referrals/{referral_id}/service": C.SUPPORT,
    "GET /v1/sessions/{session_id}/attendance": C.DOSAGE,
    "GET /v1/attendance": C.ATTENDANCE,
    f"GET {CHILD}/attendance/days": C.ATTENDANCE,
    "GET /v1/dosage": C.DOSAGE,
    "GET /v1/dosage/{engagement_id}": C.DOSAGE,
    "GET /v1/caseload": C.IDENTITY,
    "GET /internal/caseload": C.IDENTITY,
}
"""With one category that each is sure to tell. All are called by tests/students/access/test_recording.py."""

SAID_BACK = "the caller's own words of this moment, said back to who said them"
SILENT = "answers with nothing"
NUMBERS = "numbers of places or marks, of no child"
NO_CHILD = "that a referral ended, without its child"
NO_CHILD_OF_LINK = "that a link is open and for which partner; what it opens is read and recorded"
COUNTS = "counts of the caller's own referrals, of no child"
OWN_WORDS = "terms that somebody published, of no child"
THE_LOG = "the log itself, which the family, the district and the operator may inspect (99.32(c))"
OPENINGS = "who opened what, by ids, for who opened and who reviews it; the opening is recorded"
BY_IDS = "ids the partner was told before, so that it can delete them"
PAIRS = "which records may be of one child, by ids, for the district that keeps both"
CERTIFICATE = "that a child was erased, by ids, for the district whose record it was"
REPORT = "counts and faults: file, line, field and reason, never the value"
UNRECORDED: dict[str, str] = {
    f"POST {CHILD}/notes": SAID_BACK,
    "GET /v1/referral-metrics": COUNTS,
    "POST /v1/referrals/{referral_id}/links": NO_CHILD_OF_LINK,
    "POST /v1/referrals/{referral_id}/links/ending": SILENT,
    "POST /internal/referral-links/opening": NO_CHILD_OF_LINK,
    "GET /internal/referral-links/{link_id}/holder": NO_CHILD_OF_LINK,
    "POST /v1/referrals/{referral_id}/withdrawal": NO_CHILD,
    "POST /v1/referrals/{referral_id}/error": NO_CHILD,
    "POST /v1/referrals/{referral_id}/decline": NO_CHILD,
    "POST /v1/referrals/{referral_id}/closing": NO_CHILD,
    f"PUT {CHILD}/notes/{{note_id}}": SAID_BACK,
    f"POST {CHILD}/amendments": SAID_BACK,
    f"POST {CHILD}/contacts/{{contact_id}}/ending": SILENT,
    f"DELETE {CHILD}/notes/{{note_id}}": SILENT,
    "PUT /v1/sessions/{session_id}/attendance": SILENT,
    "PUT /v1/schools/{school_id}/attendance/{day}": NUMBERS,
    "PUT /v1/classes/{class_id}/attendance/{day}": NUMBERS,
    f"DELETE {CHILD}/attendance/days/{{day}}": SILENT,
    "GET /v1/places": NUMBERS,
    "GET /internal/places": NUMBERS,
    "GET /internal/partners/{partner_id}/reach": NUMBERS,
    "GET /v1/sharing/{partner_id}": NUMBERS,
    "POST /v1/consent-forms/{form_id}/requests": NUMBERS,
    "POST /v1/consent-forms/{form_id}/answers": NUMBERS,
    "GET /v1/consent-forms": OWN_WORDS,
    "POST /v1/consent-forms": OWN_WORDS,
    "GET /v1/consent-forms/{form_id}": OWN_WORDS,
    "GET /v1/schools": OWN_WORDS,
    "GET /v1/schools/{school_id}/partner": OWN_WORDS,
    "PUT /v1/schools/{school_id}/partner": OWN_WORDS,
    "GET /v1/classes": OWN_WORDS,
    "GET /v1/closed-days/{year}": OWN_WORDS,
    "PUT /v1/closed-days/{year}": OWN_WORDS,
    "GET /v1/staff": "staff, not children",
    "GET /v1/sessions": OWN_WORDS,
    "POST /v1/sessions": OWN_WORDS,
    "GET /v1/sessions/{session_id}": OWN_WORDS,
    "PUT /v1/sessions/{session_id}": OWN_WORDS,
    "GET /v1/emergency-accesses": OPENINGS,
    "GET /v1/emergency-accesses/{access_id}": OPENINGS,
    "POST /v1/emergency-accesses/{access_id}/ending": OPENINGS,
    "POST /v1/emergency-accesses/{access_id}/review": OPENINGS,
    "GET /internal/visible": "which of the ids that the caller brings it may follow live; no part",
    "GET /v1/sharing/{partner_id}/snapshot": "recorded as exports, on a stream of its own (test_retractions.py)",
    "GET /v1/retractions": BY_IDS,
    "GET /v1/retractions/{retraction_id}": BY_IDS,
    "POST /v1/retractions/{retraction_id}/receipt": BY_IDS,
    "POST /v1/retractions/{retraction_id}/receipt/correction": BY_IDS,
    f"POST {CHILD}/erasure": CERTIFICATE,
    "GET /v1/erasures": CERTIFICATE,
    "GET /v1/erasures/{erasure_id}": CERTIFICATE,
    "GET /v1/possible-duplicates": PAIRS,
    "GET /v1/possible-duplicates/{possible_duplicate_id}": PAIRS,
    "POST /v1/possible-duplicates/{possible_duplicate_id}/decision": PAIRS,
    "POST /v1/disclosures/heads": THE_LOG,
    "GET /v1/disclosures": THE_LOG,
    f"GET {CHILD}/disclosures": THE_LOG,
    f"POST {CHILD}/disclosures/{{position}}/stop": THE_LOG,
    f"GET {CHILD}/access": "what somebody else would get, and nothing of it",
    "POST /v1/imports/attendance": REPORT,
    "POST /v1/imports/oneroster": REPORT,
    "POST /v1/imports/{import_id}/confirmation": REPORT,
    "POST /v1/imports/{import_id}/rejection": REPORT,
    "GET /v1/imports/{import_id}": REPORT,
    "GET /v1/imports/{import_id}/progress": REPORT,
}

OWN_ASSIGNMENT = "what the caller assigned itself, or the student was given; by ids"
WITHOUT_GRANT: dict[str, str] = {
    "resources GET /v1/assignments": OWN_ASSIGNMENT,
    "resources GET /v1/assignments/{assignment_id}": OWN_ASSIGNMENT,
    "resources POST /v1/assignments/{assignment_id}/withdrawal": OWN_ASSIGNMENT,
}
"""Of resources and outcomes, what names a child and takes no grant. Whatever takes one was written
down by students when the grant was given."""
