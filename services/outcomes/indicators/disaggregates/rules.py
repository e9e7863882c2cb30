"""What is a group, and which grade of a roster is which group."""

from typing import Final

from shared.contracts.outcomes.group import VALUES, Dimension

# CEDS entry grade levels, as OneRoster writes them, to Ed-Fi's GradeLevelDescriptor.
GRADES: Final = {
    "IT": "Infant/toddler", "PR": "Preschool", "PK": "Prekindergarten",
    "TK": "Transitional Kindergarten", "KG": "Kindergarten", "01": "First grade",
    "02": "Second grade", "03": "Third grade", "04": "Fourth grade", "05": "Fifth grade",
    "06": "Sixth grade", "07": "Seventh grade", "08": "Eighth grade", "09": "Ninth grade",
    "10": "Tenth grade", "11": "Eleventh grade", "12": "Twelfth grade", "13": "Grade 13",
    "PS": "Postsecondary", "UG": "Ungraded", "ABE": "Adult Education",
    "ASE": "Adult Education", "AdultESL": "Adult Education",
}  # fmt: skip
OTHER_GRADE: Final = "Other"


def grade_level(grade: str | None) -> str:
    """The Ed-Fi grade level of a roster's grade; `Other` for none and for unknown ones."""
    return GRADES.get(grade or "", OTHER_GRADE)


def ensure_group(dimension: str, value: str) -> None:
    """Raises ValueError unless the vocabulary has it."""
    if value not in VALUES[Dimension(dimension)]:
        raise ValueError("not a group of this dimension")
