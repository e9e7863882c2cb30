"""Everything this service knows of one child, for one viewer."""

from pydantic import Field

from shared.contracts.base import Answer
from shared.contracts.students.access import Category
from shared.contracts.students.attendance import Attendance
from shared.contracts.students.contact import Contact
from shared.contracts.students.dosage import Dosage
from shared.contracts.students.engagement import Engagement
from shared.contracts.students.student import Student


class Picture(Answer):
    """A part that is withheld is null and named in `withheld` with the clause that says so."""

    student: Student
    contacts: list[Contact] | None
    engagements: list[Engagement] | None
    attendance: list[Attendance] | None
    dosage: list[Dosage] | None
    withheld: dict[Category, str]
    grant: str = Field(description="For resources and outcomes; valid for a minute.")


class ChildGrantAnswer(Answer):
    """students' word on what the caller may have of the child, for resources and outcomes."""

    grant: str
