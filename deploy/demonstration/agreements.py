"""What partners and the district have agreed on: most is in force, one waits, one is suspended."""

from dataclasses import dataclass

from deploy.demonstration.organizations import ALLIANCE, TUTORS, UNIVERSITY
from shared.contracts.students.access import Category

WHOLE_PICTURE = tuple(
    part for part in Category if part not in {Category.DEMOGRAPHICS, Category.NOTES}
)


@dataclass(frozen=True)
class Paper:
    """`template` is a key of the platform's templates; `categories` take the place of its own.
    `then`: how far it comes, as its status."""

    title: str
    recipient: str
    template: str
    programs: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    then: str = "in_force"


PAPERS = (
    Paper("Services of the zone", ALLIANCE, "tutoring-with-consent", categories=WHOLE_PICTURE),
    Paper("Coordination of care in the zone", ALLIANCE, "care-coordination"),
    Paper("Reading tutors in the school day", TUTORS, "after-school-as-school-official",
          ("High-Dosage Reading",)),
    Paper("Algebra tutoring", TUTORS, "tutoring-with-consent", ("Algebra Ready",)),
    Paper("Does high-dosage reading work?", UNIVERSITY, "study", ("High-Dosage Reading",),
          then="proposed"),
    Paper("Near-peer mentors", UNIVERSITY, "tutoring-with-consent", ("Near-Peer Mentors",),
          then="suspended"),
)  # fmt: skip
SIGNERS = {"district-admin": "Superintendent", "partner-admin": "Executive Director",
           "tutors-admin": "Director", "university-admin": "Dean"}  # fmt: skip
"""Who signs, and as what."""
SUSPENDED_BECAUSE = "The mentors' background checks have to be renewed."
