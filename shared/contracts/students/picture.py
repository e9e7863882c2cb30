"""Everything that students holds about one child, as one viewer may see it."""

from pydantic import Field

from shared.contracts.base import Answer
from shared.contracts.students.access import Category
from shared.contracts.students.attendance import Attendance
from shared.contracts.students.contact import Contact
from shared.contracts.students.dosage import Dosage
from shared.contracts.students.engagement import Engagement
from shared.contracts.students.student import Student


class PictureParts(Answer):
    """The parts of a child that students discloses, in the same shape for every view. A withheld
    part is null."""

    student: Student
    contacts: list[Contact] | None
    engagements: list[Engagement] | None
    attendance: list[Attendance] | None
    dosage: list[Dosage] | None


class Picture(PictureParts):
    """The parts of a child for one viewer. A withheld part is null, and `withheld` names it with its
    clause."""

    withheld: dict[Category, str]
    grant: str = Field(description="The grant for resources and outcomes; valid for a minute.")


class ChildGrantAnswer(Answer):
    """The grant that students signs: the categories of the child that resources and outcomes may
    disclose to the caller."""

    grant: str
