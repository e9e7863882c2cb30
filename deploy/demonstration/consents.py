"""What families of the district are asked to consent to, and what they answer."""

from dataclasses import dataclass
from datetime import date

from deploy.demonstration.agreements import WHOLE_PICTURE
from deploy.demonstration.families import Student
from deploy.demonstration.organizations import ALLIANCE, TUTORS

VERSION = "1"
OF_AGE = 18
GRANTED, REFUSED, REVOKED, UNANSWERED = "granted", "refused", "revoked", "unanswered"
ANSWERS = (REFUSED, REVOKED, UNANSWERED, *[GRANTED] * 13)
"""Of sixteen families in the order of the roster."""
PICTURE = tuple(part for part in WHOLE_PICTURE if part != "resources")


@dataclass(frozen=True)
class Form:
    """Asked of everybody in the partner's programs."""

    partner: str
    purpose: str
    categories: tuple[str, ...]
    text: str

    def body(self, partner_id: str, begins_on: date, ends_on: date) -> dict[str, object]:
        return {
            "partner_id": partner_id, "purpose": self.purpose, "categories": self.categories,
            "begins_on": f"{begins_on}", "ends_on": f"{ends_on}", "text": self.text,
            "text_version": VERSION, "language": "en",
        }  # fmt: skip


FORMS = (
    Form(ALLIANCE, "service", WHOLE_PICTURE,
         f"I let {ALLIANCE} have from the school district, to serve my child in its programs: name,"
         " school, contacts, classes, other programs, attendance, materials and results."),
    Form(ALLIANCE, "coordination", PICTURE,
         f"I let {ALLIANCE} have from the school district, to agree with others who help my child:"
         " name, school, contacts, classes, programs, attendance and results."),
    Form(TUTORS, "service", ("identity", "enrollment", "attendance", "measures"),
         f"I let {TUTORS} have from the school district, to tutor my child: name, school, classes,"
         " attendance and results."),
)  # fmt: skip


def answer_of(child: Student) -> str:
    return ANSWERS[child.number % len(ANSWERS)]


def of_age(child: Student, today: date) -> bool:
    """The rights are the student's own."""
    years = today.year - child.born.year
    return years - ((today.month, today.day) < (child.born.month, child.born.day)) >= OF_AGE
