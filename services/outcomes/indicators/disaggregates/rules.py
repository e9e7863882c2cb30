"""Which groups exist, and to which group a roster's grade belongs."""

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
    """The Ed-Fi grade level of a roster's grade; `Other` for none and for an unknown one."""
    return GRADES.get(grade or "", OTHER_GRADE)


def ensure_group(dimension: str, value: str) -> None:
    """Raises ValueError for a group that the vocabulary does not have."""
    if value not in VALUES[Dimension(dimension)]:
        raise ValueError("not a group of this dimension")
