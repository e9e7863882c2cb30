"""The partners: who they are, where they work, what they offer."""

from dataclasses import dataclass

from deploy.demonstration.schools import DISTRICT_NAME, GRADES

ALLIANCE = "Lantern Hill Children's Alliance"
BACKBONE = "Northbank Together"
ANCHOR = "Larkhaven Community Foundation"
PUBLISHER = "Wayfinder Learning"
LIBRARY = "Larkhaven Public Library"
TUTORS = "Riverlight Tutoring"
UNIVERSITY = "Larkhaven University"


@dataclass(frozen=True)
class Offer:
    """A program. `grades` as `first-last`; `week` as days and hours: `MO,WE 15:30-17:00`."""

    name: str
    about: str
    ages: tuple[int, int] | None = None
    grades: str = ""
    capacity: int | None = None
    week: str = ""
    languages: tuple[str, ...] = ("en",)

    @property
    def grade_list(self) -> list[str]:
        first, _, last = self.grades.partition("-")
        if first not in GRADES:
            return self.grades.split(",") if self.grades else []
        return list(GRADES[GRADES.index(first) : GRADES.index(last or first) + 1])


@dataclass(frozen=True)
class Organization:
    name: str
    kind: str
    about: str
    outcome: int
    """Which of the seven outcomes it works for most, from 0."""
    neighborhood: str = "Northbank"
    offers: tuple[Offer, ...] = ()


CRADLE_TO_COLLEGE = (
    Offer("First Words Parent College", "Nine weeks of classes for parents of babies and toddlers: "
          "sleep, talk, play and health. Adults are the learners; children come along.",
          (0, 3), "IT,PR", 40, "SA 09:30-11:30", ("en", "es", "so")),
    Offer("Little Lanterns", "Full-day, full-year prekindergarten with meals and a family worker.",
          (3, 5), "PK", 60, "MO,TU,WE,TH,FR 08:00-17:00", ("en", "es")),
    Offer("Bridge to Kindergarten", "Six summer weeks before the first day of school.",
          (4, 6), "PK-KG", 45, "MO,TU,WE,TH,FR 09:00-15:00", ("en", "es")),
    Offer("Peace Corner", "A trained young adult in every classroom of the early grades.",
          (5, 9), "KG-02", 90, "MO,TU,WE,TH,FR 08:30-14:30"),
    Offer("Reading Den", "After school for first readers: stories, sounds and a snack.",
          (5, 9), "KG-03", 32, "MO,TU,TH 15:00-17:00", ("en", "es", "vi")),
    Offer("Homework House", "After school with homework, arts and a warm supper.",
          (8, 12), "03-05", 50, "MO,TU,WE,TH 15:00-18:00"),
    Offer("Math Makers", "Building and coding that needs the math of the middle grades.",
          (11, 15), "06-08", 24, "TU,TH 15:30-17:30"),
    Offer("Futures Lab", "An adult who stays from ninth grade to graduation, with tests and visits.",
          (13, 20), "09-12", 60, "MO,WE 15:30-17:30"),
    Offer("Campus Bridge", "Coaching, books and travel for students in college, until the degree.",
          (17, 25), "12,13,PS", 80, "SU 18:00-19:00"),
)  # fmt: skip
"""The zone's pipeline, in the order in which a child grows through it."""

ORGANIZATIONS = (
    Organization(DISTRICT_NAME, "district", "The public schools of Larkhaven: six schools.", 1,
                 "Beacon", (
        Offer("Summer Start", "Four weeks of reading and math before the new school year.",
              (5, 12), "KG-05", 120, "MO,TU,WE,TH 08:30-12:30", ("en", "es")),)),
    Organization(ALLIANCE, "community_organization",
                 "One organization for the children of sixty blocks, from birth to college.", 0,
                 "Lantern Hill", CRADLE_TO_COLLEGE),
    Organization(BACKBONE, "community_organization",
                 "The backbone of the cradle-to-career network: facilitates, measures, reports.",
                 1, "Northbank"),
    Organization(ANCHOR, "funder", "Hosts the network and pools the giving of the region.", 0,
                 "Northbank"),
    Organization("Tern Family Fund", "funder", "Grants for early learning.", 0),
    Organization("Saltmarsh Endowment", "funder", "Grants for college and careers.", 5),
    Organization("Bright Ledger Giving Circle", "funder", "Forty families who give together.", 2),
    Organization(UNIVERSITY, "higher_education",
                 "A public university with a school of education.", 5, "Beacon", (
        Offer("Near-Peer Mentors", "Students of education mentor ninth graders.", (13, 17), "09",
              40, "WE 15:30-17:00"),)),
    Organization("Harbor Community College", "higher_education",
                 "Two-year degrees, certificates, and college classes in high school.", 4,
                 "Old Harbor", (
        Offer("College Now", "College classes for juniors and seniors, free of charge.", (15, 20),
              "11-12", 75, "TU,TH 14:00-15:30"),)),
    Organization("Northbank Technical Institute", "higher_education",
                 "Trades and technology, with apprenticeships.", 6),
    Organization(LIBRARY, "library", "Nine branches, a bookmobile and a digital library.", 1,
                 "Copper Creek", (
        Offer("Story Trail", "Read-aloud mornings for families in six languages.", (0, 6),
              "IT,PR,PK,KG", None, "SA 10:00-11:00", ("en", "es", "vi", "so", "ar", "zh")),)),
    Organization("City of Larkhaven, Youth Department", "government",
                 "Recreation centers, summer jobs and the youth council.", 6, "Old Harbor", (
        Offer("Summer Works", "A first paid job for young people, six weeks.", (15, 21), "10-12",
              90, "MO,TU,WE,TH,FR 09:00-14:00"),)),
    Organization("Larkhaven Health Department", "government",
                 "Home visiting, screenings and school nurses.", 0, "Tidewater", (
        Offer("Healthy Beginnings Home Visits", "A nurse visits until the second birthday.",
              (0, 2), "IT", 70, "MO,TU,WE,TH,FR 09:00-16:00", ("en", "es", "ht")),)),
    Organization("Larkhaven Housing Authority", "government",
                 "Four communities with after-school rooms.", 1, "Lantern Hill"),
    Organization("Shoreline Workforce Board", "government", "Training and job placement.", 6),
    Organization("Gannet Shipyards", "employer", "Apprenticeships in welding and design.", 6,
                 "Old Harbor"),
    Organization("Kittiwake Health System", "employer", "Hospital, clinics and nursing careers.",
                 6, "Tidewater"),
    Organization("Fathom Software", "employer", "Internships and volunteer coders.", 6),
    Organization("Larkhaven Credit Union", "employer", "Youth accounts and money classes.", 4),
    Organization("Saltbox Builders", "employer", "Pre-apprenticeships in construction.", 6,
                 "Copper Creek"),
    Organization("Larkhaven Parents United", "family_association",
                 "Parents who speak up, in four languages.", 1, "Tidewater"),
    Organization("Somali Families Association", "family_association",
                 "Families who help families.", 1, "Lantern Hill"),
    Organization("Foster and Kin Families Circle", "family_association",
                 "Support for those who raise children of others.", 3, "Beacon"),
    Organization(TUTORS, "community_organization",
                 "Trained tutors, three times a week, in the school day and after it.", 1,
                 "Copper Creek", (
        Offer("High-Dosage Reading", "Thirty minutes, three times a week, two children a tutor.",
              (5, 10), "KG-03", 16, "MO,WE,FR 14:30-15:00", ("en", "es")),
        Offer("Algebra Ready", "Small groups that prepare for Algebra I.", (11, 15), "06-08", 24,
              "TU,TH 15:30-16:30"))),
    Organization("Tidewater Boys and Girls House", "community_organization",
                 "Open every afternoon since 1961.", 1, "Tidewater", (
        Offer("Power Afternoons", "Homework, sports and dinner.", (6, 13), "01-06", 80,
              "MO,TU,WE,TH,FR 15:00-18:30"),
        Offer("Teen Council", "Young people run the house's evenings.", (13, 19), "08-12", 30,
              "TH 18:00-20:00"))),
    Organization("Casa Puente", "community_organization",
                 "A bridge for families who speak Spanish at home.", 1, "Tidewater", (
        Offer("Leemos Juntos", "Families read together in Spanish and English.", (3, 9), "PK-03",
              36, "SA 10:00-12:00", ("es", "en")),
        Offer("Abriendo Puertas de la Universidad", "College guidance for families.", (14, 20),
              "09-12", 40, "WE 18:00-20:00", ("es", "en")))),
    Organization("Keel Mentoring", "community_organization", "One child, one mentor, one year.", 3,
                 "Beacon", (
        Offer("Keel One-to-One", "A mentor for middle and high school.", (11, 19), "06-12", 55,
              "SA 13:00-15:00"),)),
    Organization("Wharf Street Arts", "community_organization", "Theater, music and murals.", 3,
                 "Old Harbor", (
        Offer("Stage Door", "Students write and perform a play.", (11, 18), "06-12", 26,
              "MO,WE 16:00-18:00"),)),
    Organization("Tall Grass Native Youth Center", "community_organization",
                 "Language, culture and school support.", 3, "Northbank", (
        Offer("Grandmothers' Reading Circle", "Elders read with children.", (4, 12), "PK-05", 20,
              "TU 16:00-17:30"),)),
    Organization("Pacific Voices Collective", "community_organization",
                 "Leadership of Pacific Islander students.", 4, "Beacon", (
        Offer("Voyagers", "Campus visits and applications in a crew.", (14, 20), "09-12", 25,
              "TH 16:00-17:30"),)),
    Organization("Lotus Bridge Center", "community_organization",
                 "School help for Hmong, Vietnamese and Chinese speaking families.", 1,
                 "Copper Creek", (
        Offer("Saturday Learners", "Reading, math and home languages.", (5, 14), "KG-08", 45,
              "SA 09:00-12:00", ("en", "vi", "zh", "hmn")),)),
    Organization("Sparrow Counseling", "community_organization",
                 "Counselors in schools, without a fee.", 3, "Lantern Hill", (
        Offer("Room to Breathe", "Groups for stress and grief.", (10, 19), "05-12", 32,
              "TU,TH 12:00-13:00"),)),
    Organization("Open Table Pantry", "community_organization", "Food for weekends.", 0,
                 "Tidewater"),
    Organization("Dockside Robotics", "community_organization", "Robots and contests.", 2,
                 "Old Harbor", (
        Offer("First Gears", "Robotics for beginners.", (9, 14), "04-08", 12, "TU,TH 16:00-18:00"),
        )),
    Organization("Count On Us", "community_organization", "Math circles and family math nights.",
                 2, "Copper Creek", (
        Offer("Math Circle", "Problems worth an afternoon.", (9, 15), "04-08", 28,
              "FR 15:30-17:30"),)),
    Organization("Second Bell", "community_organization",
                 "Finds students who are missing school, and what keeps them.", 3, "Northbank", (
        Offer("Attendance Coaches", "A coach calls, visits and solves.", (5, 19), "KG-12", 60,
              "MO,TU,WE,TH,FR 08:00-10:00", ("en", "es", "so", "ht")),)),
    Organization("Diploma Works", "community_organization", "Credit recovery and a second start.",
                 3, "Old Harbor", (
        Offer("Evening Diploma", "Classes in the evening for those who work.", (16, 24), "10-12",
              35, "MO,TU,TH 17:30-20:30"),)),
    Organization("College Compass", "community_organization",
                 "Advisers for the aid form, applications and the first year.", 4, "Northbank", (
        Offer("Aid Form Labs", "The federal aid form in one evening.", (16, 24), "12", 100,
              "WE 17:00-20:00", ("en", "es", "ar")),
        Offer("First Year Compass", "Text and visits through the first year of college.", (17, 22),
              "13,PS", 60, "SU 19:00-20:00"))),
    Organization("Beacon Early Learning", "community_organization",
                 "Child care centers with trained teachers.", 0, "Beacon", (
        Offer("Beacon Preschool", "Preschool for three- and four-year-olds.", (3, 5), "PR,PK", 54,
              "MO,TU,WE,TH,FR 07:30-17:30", ("en", "es")),)),
    Organization("Wheels to Learn", "community_organization", "Rides to programs, and bicycles.",
                 3, "Copper Creek"),
)  # fmt: skip
"""The forty partners of the network, the zone's organization among them."""

PUBLISHERS = (
    Organization(PUBLISHER, "employer", "Publishes learning resources for schools.", 1, "Beacon"),
    Organization("Open Shore Press", "employer", "Open textbooks and readers.", 1, "Northbank"),
)
"""Who only takes part in the shared library."""
