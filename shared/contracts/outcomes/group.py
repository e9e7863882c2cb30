"""The group that a figure is about: a dimension and a value of it, as Ed-Fi 5.2.0 spells them."""

from enum import StrEnum
from typing import Final

from shared.contracts.base import Answer

ALL: Final = "all"


class Dimension(StrEnum):
    ALL = "all"
    RACE_ETHNICITY = "race_ethnicity"
    SEX = "sex"
    GRADE_LEVEL = "grade_level"
    GRADE_BAND = "grade_band"
    ECONOMIC_DISADVANTAGE = "economic_disadvantage"
    ENGLISH_LEARNER = "english_learner"
    DISABILITY = "disability"
    HOUSING = "housing"
    FOSTER_CARE = "foster_care"


VALUES: Final[dict[Dimension, tuple[str, ...]]] = {
    Dimension.ALL: (ALL,),
    # RaceDescriptor, and the federal seventh category, which Ed-Fi derives and does not list.
    Dimension.RACE_ETHNICITY: (
        "American Indian or Alaska Native", "Asian", "Black or African American",
        "Choose Not to Respond", "Hispanic or Latino", "Middle Eastern or North African",
        "Native Hawaiian or Pacific Islander", "Other", "Two or More Races", "White",
    ),
    # SexDescriptor
    Dimension.SEX: ("Female", "Male", "Non-binary", "Not Selected"),
    # GradeLevelDescriptor
    Dimension.GRADE_LEVEL: (
        "Infant/toddler", "Preschool", "Prekindergarten", "Transitional Kindergarten",
        "Kindergarten", "First grade", "Second grade", "Third grade", "Fourth grade",
        "Fifth grade", "Sixth grade", "Seventh grade", "Eighth grade", "Ninth grade",
        "Tenth grade", "Eleventh grade", "Twelfth grade", "Grade 13", "Postsecondary",
        "Ungraded", "Adult Education", "Other",
    ),
    # SchoolCategoryDescriptor
    Dimension.GRADE_BAND: (
        "Preschool/early childhood", "Elementary School", "Middle School", "High School",
    ),
    # StudentCharacteristicDescriptor, and its absence
    Dimension.ECONOMIC_DISADVANTAGE: ("Economic Disadvantaged", "Not Economic Disadvantaged"),
    # LimitedEnglishProficiencyDescriptor
    Dimension.ENGLISH_LEARNER: (
        "Limited", "Limited Monitored 1", "Limited Monitored 2", "NotLimited",
    ),
    # DisabilityDesignationDescriptor, and its absence
    Dimension.DISABILITY: (
        "Individuals with Disabilities Education Act", "Section 504", "Other", "No Disability",
    ),
    # StudentCharacteristicDescriptor, and their absence
    Dimension.HOUSING: ("Homeless", "Not Homeless"),
    Dimension.FOSTER_CARE: ("Foster Care", "Not Foster Care"),
}  # fmt: skip


class Group(Answer):
    dimension: Dimension
    value: str
