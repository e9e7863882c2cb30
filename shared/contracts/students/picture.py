"""Everything this service knows of one child, for one viewer."""

from pydantic import Field

from shared.contracts.base import Answer
from shared.contracts.students.access import Category
from shared.contracts.students.attendance import Attendance
from shared.contracts.students.contact import Contact
from shared.contracts.students.dosage import Dosage
from shared.contracts.students.engagement import Engagement
from shared.contracts.students.student import Student


class PictureParts(Answer):
    """What students tells of a child, as every view of it has it: a withheld part is null."""

    student: Student
    contacts: list[Contact] | None
    engagements: list[Engagement] | None
    attendance: list[Attendance] | None
    dosage: list[Dosage] | None


class Picture(PictureParts):
    """A part that is withheld is null and named in `withheld` with the clause that says so."""

    withheld: dict[Category, str]
    grant: str = Field(description="For resources and outcomes; valid for a minute.")


class ChildGrantAnswer(Answer):
    """students' word on what the caller may have of the child, for resources and outcomes."""

    grant: str
