"""The parts of a child's whole record on its page: title, explanation, and the view's part."""

from shared.contracts.students.access import Category as C  # noqa: N817
from shared.contracts.words import word

SECTIONS = (
    ("Who the child is", "Name, school, classes, numbers in registers, the family's statements.",
     "student"),
    (word(C.CONTACTS).capitalize(), "The adults around the child, and what each may.",
     "contacts"),
    (word(C.ENGAGEMENT).capitalize(), "The programs the child is in, was in, or waits for.",
     "engagements"),
    ("Steps in programs", "Each change: applied, enrolled, active, ended, and why.",
     "engagement_steps"),
    ("Sessions of programs", "Each meeting, and whether the child came.",
     "session_marks"),
    (word(C.DOSAGE).capitalize(), "Minutes intended and received, per program.",
     "dosage"),
    (f"{word(C.ATTENDANCE).capitalize()} by year", "Days in school and days missed.",
     "attendance"),
    (f"{word(C.ATTENDANCE).capitalize()} by day", "Each day as the school marked it.",
     "attendance_days"),
    (word(C.NOTES).capitalize(), "What those who support the child wrote, as far as it is of the record.",
     "notes"),
    (word(C.RESOURCES).capitalize(), "What the child was given, finished and used.",
     "library"),
    (word(C.MEASURES).capitalize(), "What is calculated of attendance and support.",
     "measures"),
    ("Consents", "What the family allowed, refused and took back.",
     "consents"),
    ("Consents asked for", "What the family was asked, and whether it has answered.",
     "consent_requests"),
    ("Who saw what", "Each time something was shown to somebody, and each time it was refused.",
     "disclosures"),
    ("Emergencies", "When somebody opened the record in an emergency, and why.",
     "emergencies"),
    ("Amendments", "What the family asked to have put right, and what became of it.",
     "amendments"),
)  # fmt: skip
