"""How the values of enumerations are spelled."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from enum import StrEnum

import shared.contracts
from tests.promised import promise
from tests.promises.sources import guilty

OURS = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
OF_A_STANDARD = {
    "grade.Grade": "OneRoster 1.2",
    "outcome.Outcome": "StriveTogether, Cradle to Career",
    "parts.Weekday": "RFC 5545",
    "parts.Frequency": "RFC 5545",
    "program.ProgramStatus": "HSDS 3.0",
    "program.OpenStatus": "HSDS 3.0",
    "resource.Audience": "LRMI, EducationalAudienceRole",
    "resource.EducationalUse": "LRMI",
    "attendance.AttendanceCategory": "Ed-Fi, AttendanceEventCategoryDescriptor",
}
STORED_SINCE_BEFORE = {
    "access.ContactScope": {"legal-guardians"},
    "possible_duplicate.DuplicateReason": {
        "state-identifier", "names-and-birth-date", "another-record", "state-identifier-shared",
    },
    "erasure.ErasureGround": {"request-granted", "retention-ended"},
    "caseload.NeedReason": {"days-missed", "no-support", "minutes-open"},
    "access.Relation": {"school-leader"},
    "contact.RestrictionKind": {"no-contact", "no-records"},
    "resource.WithdrawalReason": {"partner-left"},
}  # fmt: skip
"""Rows and clients have these spellings. No value joins them."""


def enumerations() -> Iterator[type[StrEnum]]:
    for found in pkgutil.walk_packages(shared.contracts.__path__, "shared.contracts."):
        for held in vars(importlib.import_module(found.name)).values():
            own = isinstance(held, type) and held.__module__ == found.name
            if own and issubclass(held, StrEnum):
                yield held


def named(enumeration: type[StrEnum]) -> str:
    return f"{enumeration.__module__.rpartition('.')[2]}.{enumeration.__name__}"


@promise("The house", "An enumeration of our own spells its values in snake_case.")
def test_an_enumeration_spells_its_values_in_snake_case_or_as_its_standard_does() -> None:
    guilty([
        f"{named(each)} has {value.value!r}"
        for each in enumerations()
        if named(each) not in OF_A_STANDARD
        for value in each
        if not OURS.fullmatch(value) and value not in STORED_SINCE_BEFORE.get(named(each), ())
    ])  # fmt: skip


def test_no_exception_of_the_spelling_is_left_over() -> None:
    otherwise = {
        named(each): {value.value for value in each if not OURS.fullmatch(value)}
        for each in enumerations()
    }
    assert {name for name, values in otherwise.items() if values} == (
        OF_A_STANDARD.keys() | STORED_SINCE_BEFORE.keys()
    )
    assert {name: otherwise[name] for name in STORED_SINCE_BEFORE} == STORED_SINCE_BEFORE
