"""What families of the district are asked to consent to, and what they answer."""

from dataclasses import dataclass
from datetime import date

from deploy.demonstration.agreements import WHOLE_PICTURE
from deploy.demonstration.families import Student
from deploy.demonstration.organizations import ALLIANCE, TUTORS
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.words import word

C = Category
VERSION = "2"
GRANTED, REFUSED, REVOKED, UNANSWERED = "granted", "refused", "revoked", "unanswered"
ANSWERS = (REFUSED, REVOKED, UNANSWERED, *[GRANTED] * 13)
"""Of sixteen families in the order of the roster."""
PICTURE = tuple(part for part in WHOLE_PICTURE if part is not C.RESOURCES)


@dataclass(frozen=True)
class Form:
    """Asked of everybody in the partner's programs."""

    partner: str
    purpose: Purpose
    categories: tuple[Category, ...]

    @property
    def text(self) -> str:
        parts = "; ".join(map(word, self.categories))
        return (
            f"I let {self.partner} have this of my child from the school district,"
            f" {word(self.purpose)}: {parts}."
        )

    def body(self, partner_id: str, begins_on: date, ends_on: date) -> dict[str, object]:
        return {
            "partner_id": partner_id, "purpose": self.purpose, "categories": self.categories,
            "begins_on": f"{begins_on}", "ends_on": f"{ends_on}", "text": self.text,
            "text_version": VERSION, "language": "en",
        }  # fmt: skip


FORMS = (
    Form(ALLIANCE, Purpose.SERVICE, WHOLE_PICTURE),
    Form(ALLIANCE, Purpose.COORDINATION, PICTURE),
    Form(TUTORS, Purpose.SERVICE, (C.IDENTITY, C.ENROLLMENT, C.ATTENDANCE, C.MEASURES)),
)


def answer_of(child: Student) -> str:
    return ANSWERS[child.number % len(ANSWERS)]
