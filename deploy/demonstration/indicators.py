"""The indicators of the seven outcomes: what is measured, and roughly how it stands."""

from dataclasses import dataclass
from typing import Any

READINESS, READING, MATH = (
    "Kindergarten Readiness", "Early Grade Reading", "Middle Grade Math",
)  # fmt: skip
GRADUATION, ENROLLMENT, COMPLETION, EMPLOYMENT = (
    "High School Graduation", "Postsecondary Enrollment", "Postsecondary Completion", "Employment",
)  # fmt: skip
CORE, CONTRIBUTING = "core", "contributing"


@dataclass(frozen=True)
class Measured:
    """An indicator; `level` and `change` a year are in percent (or points of a score), `people`
    is how many of the whole city it counts in a year."""

    key: str
    name: str
    outcome: str
    rank: str
    universe: str
    numerator: str
    source: str
    people: int
    level: float
    change: float
    spread: float = 1.0
    """How far groups are apart, compared with other indicators; below 0 where lower is better."""
    unit: str = "percent"
    derivation: str | None = None

    @property
    def direction(self) -> str:
        return "lower_is_better" if self.spread < 0 else "higher_is_better"


INDICATORS = (
    Measured("kindergarten_ready", "Children ready for kindergarten", READINESS, CORE,
             "Children who enter kindergarten",
             "Demonstrate age-appropriate functioning in all five domains of early learning",
             "Kindergarten entry assessment", 1180, 47.0, 1.6),
    Measured("prek_enrolled", "Four-year-olds in prekindergarten", READINESS, CONTRIBUTING,
             "Children who are four on 1 September",
             "Are enrolled in a public or licensed prekindergarten on 1 October",
             "Prekindergarten enrollment counts", 1210, 58.0, 2.2, 0.6),
    Measured("grade3_reading", "Third graders who read proficiently", READING, CORE,
             "Students enrolled in grade 3 on the day of the state test",
             "Score proficient or above in reading", "State assessment file", 1160, 41.0, 1.3),
    Measured("grade2_on_track", "Second graders on track in reading", READING, CONTRIBUTING,
             "Students enrolled in grade 2 in spring",
             "Reach the spring benchmark of the reading screener", "Reading screener",
             1150, 52.0, 1.8, 0.9),
    Measured("chronic_absence", "Students who are chronically absent", READING, CONTRIBUTING,
             "Students with days enrolled", "Missed at least 10 % of their days",
             "Daily attendance of the district", 0, 18.0, 0.0, -1.0, derivation="chronic_absence"),
    Measured("grade8_math", "Eighth graders proficient in math", MATH, CORE,
             "Students enrolled in grade 8 on the day of the state test",
             "Score proficient or above in mathematics", "State assessment file", 1120, 33.0, 0.9),
    Measured("grade8_math_score", "Scale score of eighth graders in math", MATH, CONTRIBUTING,
             "Students enrolled in grade 8 on the day of the state test",
             "Sum of their scale scores in mathematics", "State assessment file",
             1120, 268.0, 1.1, 1.2, unit="mean"),
    Measured("algebra_by_grade8", "Students who pass Algebra I by grade 8", MATH, CONTRIBUTING,
             "Students enrolled in grade 8 in June", "Have passed Algebra I",
             "Course transcripts", 1120, 27.0, 1.4, 1.1),
    Measured("graduation_4yr", "Graduation within four years", GRADUATION, CORE,
             "The adjusted four-year cohort", "Have a regular diploma by 31 August",
             "State graduation file", 1090, 81.0, 0.9, 0.7),
    Measured("grade9_on_track", "Ninth graders on track to graduate", GRADUATION, CONTRIBUTING,
             "First-time students of grade 9", "Earned six credits and failed no core course",
             "Course transcripts", 1170, 68.0, 1.9, 0.9),
    Measured("attendance_rate", "Attendance rate", GRADUATION, CONTRIBUTING,
             "Days enrolled of all students", "Days attended", "Daily attendance of the district",
             0, 93.0, 0.0, derivation="attendance_rate"),
    Measured("college_enrolled", "Enrolled in college by fall", ENROLLMENT, CORE,
             "Graduates of the year", "Are enrolled in college by 1 November",
             "National student records", 890, 56.0, -0.4),
    Measured("fafsa_completed", "Seniors who complete the aid form", ENROLLMENT, CONTRIBUTING,
             "Students enrolled in grade 12", "Have completed the federal aid form by 30 June",
             "Federal aid counts", 1040, 54.0, 2.4, 0.5),
    Measured("completion_6yr", "College completed within six years", COMPLETION, CORE,
             "Graduates who enrolled in college six years ago",
             "Have a degree or a certificate", "National student records", 610, 42.0, 0.7),
    Measured("college_persistence", "Back for the second year of college", COMPLETION,
             CONTRIBUTING, "Graduates in their first year of college",
             "Are enrolled again a year later", "National student records", 540, 74.0, 0.5, 0.6),
    Measured("employed_at_25", "Employed at 25", EMPLOYMENT, CORE,
             "Residents aged 25 who attended a public school here",
             "Had earnings in each quarter of the year", "State wage records", 980, 71.0, 0.6, 0.7),
    Measured("living_wage_at_25", "Earning a living wage at 25", EMPLOYMENT, CONTRIBUTING,
             "Residents aged 25 with earnings", "Earned a living wage for one adult",
             "State wage records", 760, 37.0, 1.2, 1.1),
)  # fmt: skip


def body(each: Measured) -> dict[str, Any]:
    """What is sent to define it."""
    return {
        "key": each.key, "name": each.name, "outcome": each.outcome,
        "derivation": each.derivation,
        "definition": {
            "level": each.rank, "unit": each.unit, "direction": each.direction,
            "period_kind": "school_year", "universe": each.universe,
            "numerator": each.numerator, "denominator": each.universe, "source": each.source,
            "formula": "numerator / denominator",
        },
    }  # fmt: skip
