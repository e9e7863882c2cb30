"""Grade levels, one list for children, programs, agreements and materials."""

from enum import StrEnum


class Grade(StrEnum):
    """The CEDS entry grade levels, as OneRoster writes them."""

    INFANT_TODDLER = "IT"
    PRESCHOOL = "PR"
    PREKINDERGARTEN = "PK"
    TRANSITIONAL_KINDERGARTEN = "TK"
    KINDERGARTEN = "KG"
    FIRST = "01"
    SECOND = "02"
    THIRD = "03"
    FOURTH = "04"
    FIFTH = "05"
    SIXTH = "06"
    SEVENTH = "07"
    EIGHTH = "08"
    NINTH = "09"
    TENTH = "10"
    ELEVENTH = "11"
    TWELFTH = "12"
    THIRTEENTH = "13"
    POSTSECONDARY = "PS"
    UNGRADED = "UG"
    OTHER = "Other"
    ADULT_BASIC = "ABE"
    ADULT_SECONDARY = "ASE"
    ADULT_LANGUAGE = "AdultESL"
