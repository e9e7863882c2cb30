"""Three partnerships, each after one of the yardsticks; their members, networks and pipelines."""

from dataclasses import dataclass

from deploy.demonstration.indicators import (
    COMPLETION,
    EMPLOYMENT,
    ENROLLMENT,
    GRADUATION,
    MATH,
    READINESS,
    READING,
)
from deploy.demonstration.organizations import (
    ALLIANCE,
    ANCHOR,
    BACKBONE,
    CRADLE_TO_COLLEGE,
    LIBRARY,
    ORGANIZATIONS,
    PUBLISHER,
    PUBLISHERS,
    Organization,
)
from deploy.demonstration.schools import DISTRICT_NAME

OUTCOMES = (
    READINESS, READING, MATH, GRADUATION, ENROLLMENT, COMPLETION, EMPLOYMENT,
)  # fmt: skip


@dataclass(frozen=True)
class Pipeline:
    name: str
    about: str
    ages: tuple[int, int]
    offers: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """`members` work on the outcome; the first of them facilitates."""

    name: str
    outcome: str
    charter: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Partnership:
    """`years_ago`: so many years before the school year it began."""

    name: str
    purpose: str
    place: str
    years_ago: int
    members: tuple[str, ...]
    backbone: str
    anchor: str
    networks: tuple[Network, ...] = ()
    pipelines: tuple[Pipeline, ...] = ()

    def roles(self, member: Organization) -> list[str]:
        roles = {"backbone": self.backbone, "anchor": self.anchor}
        found = [role for role, name in roles.items() if name == member.name]
        return found or ["funder" if member.kind == "funder" else "member"]


ZONE = Partnership(
    "Lantern Hill Promise Zone",
    "Every child of the zone is born healthy, learns, and goes to college and through it. The zone "
    "is the sixty blocks between Kestrel Avenue in the north, the Copper Creek in the east, "
    "Fortieth Street in the south and the railway in the west.",
    "Lantern Hill", 9,
    (ALLIANCE, DISTRICT_NAME, "Larkhaven Health Department", "Larkhaven Housing Authority",
     "Larkhaven University", "Tern Family Fund", "Sparrow Counseling", "Somali Families Association",
     "Kittiwake Health System"),
    ALLIANCE, ALLIANCE,
    networks=(
        Network("First Thousand Days Team", READINESS, "Doctors, nurses and parent teachers meet "
                "each month about families with a child under three.",
                (ALLIANCE, "Larkhaven Health Department", "Kittiwake Health System")),
    ),
    pipelines=(
        Pipeline("Cradle to College", "From parents' classes before the first birthday to the "
                 "college degree, without a year between.", (0, 25),
                 tuple(offer.name for offer in CRADLE_TO_COLLEGE)),
    ),
)  # fmt: skip

_CHARTERS = (
    ("Ready by Five Network", "Every four-year-old in a good classroom, every entry assessed."),
    ("Early Reading Network", "Tutoring in the school day for every first reader behind."),
    ("Middle Math Network", "More sixth graders ready for algebra, in every middle school."),
    ("On Track to Graduate Network", "Ninth graders seen, called and back in class in a week."),
    ("College Access Network", "Every senior completes the aid form and one application."),
    ("College Success Network", "Colleges and advisers hand students over by name."),
    ("Good First Jobs Network", "Paid work in high school that counts for a credential."),
)


def _network(number: int) -> Network:
    name, charter = _CHARTERS[number]
    working = [each.name for each in ORGANIZATIONS if each.outcome == number]
    everywhere = [BACKBONE, DISTRICT_NAME]
    return Network(name, OUTCOMES[number], charter, tuple(dict.fromkeys(working + everywhere)))


NETWORK = Partnership(
    "Northbank Cradle to Career",
    "Forty organizations around one agenda: seven outcomes from cradle to career, for every child "
    "of Larkhaven, with gaps between groups closed.",
    "Larkhaven and Northbank", 6, tuple(each.name for each in ORGANIZATIONS), BACKBONE, ANCHOR,
    networks=tuple(_network(number) for number in range(len(OUTCOMES))),
    pipelines=(
        Pipeline("Cradle to Career Pathway", "Where a family of the city finds the next step.",
                 (0, 24),
                 ("Healthy Beginnings Home Visits", "Story Trail", "Beacon Preschool",
                  "High-Dosage Reading", "Power Afternoons", "Algebra Ready", "Keel One-to-One",
                  "College Now", "Aid Form Labs", "First Year Compass")),
    ),
)  # fmt: skip

SHARED_LIBRARY = Partnership(
    "Larkhaven Shared Library",
    "Two thousand learning resources that teachers, tutors and families of the city find by "
    "subject, grade, language and standard, and use together.",
    "Larkhaven", 3,
    (DISTRICT_NAME, LIBRARY, "Larkhaven University", PUBLISHER,
     *(each.name for each in PUBLISHERS if each.name != PUBLISHER)),
    LIBRARY, DISTRICT_NAME,
)  # fmt: skip

PARTNERSHIPS = (ZONE, NETWORK, SHARED_LIBRARY)
EVERYBODY = ORGANIZATIONS + PUBLISHERS
