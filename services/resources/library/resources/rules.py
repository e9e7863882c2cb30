"""What must hold for a resource, and what follows from its description."""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from shared.contracts.grade import Grade
from shared.contracts.resources.resource import ResourceDraft, ResourceStatus
from shared.contracts.resources.search import Facet
from shared.core.refusals import Conflict, Forbidden, Malformed
from shared.security.principal import Principal, Role

# Typical ages per grade in the United States (NCES); grades without a typical age are left out.
AGES: dict[Grade, tuple[int, int | None]] = {
    Grade.INFANT_TODDLER: (0, 2),
    Grade.PRESCHOOL: (3, 4),
    Grade.PREKINDERGARTEN: (4, 5),
    Grade.KINDERGARTEN: (5, 6),
    **{Grade(f"{grade:02}"): (grade + 5, grade + 6) for grade in range(1, 14)},
    Grade.POSTSECONDARY: (18, None),
}
# ISCED levels, as the AMB vocabulary spells them, in American grades (UNESCO's mapping).
LEVEL_GRADES: dict[str, list[Grade]] = {
    "level_0": [Grade.PRESCHOOL, Grade.PREKINDERGARTEN, Grade.KINDERGARTEN],
    "level_1": [Grade(f"{grade:02}") for grade in range(1, 7)],
    "level_2": [Grade(f"{grade:02}") for grade in range(7, 10)],
    "level_3": [Grade(f"{grade:02}") for grade in range(10, 13)],
    **{f"level_{level}": [Grade.POSTSECONDARY] for level in ("4", "5", "06", "07", "08", "A")},
}
CREATIVE_COMMONS = re.compile(
    r"(?:creativecommons\.org/licen[sc]es/|\bcc[ -])(by(?:-nc)?(?:-sa|-nd)?)(?:[/ -]+(\d\.\d))?",
    re.IGNORECASE,
)
LICENSES = [
    (re.compile(r"publicdomain/zero|\bcc[ -]?0\b|\bcc[ -]zero\b", re.IGNORECASE), "CC0-1.0"),
    (re.compile(r"publicdomain/mark|public domain|^pdm\b", re.IGNORECASE), "PDM-1.0"),
    (re.compile(r"gnu\.org/licenses/.*fdl|\bgfdl|free documentation", re.IGNORECASE), "GFDL-1.3"),
    (re.compile(r"apache", re.IGNORECASE), "Apache-2.0"),
    (re.compile(r"\bmit\b", re.IGNORECASE), "MIT"),
    (re.compile(r"bsd-2", re.IGNORECASE), "BSD-2-Clause"),
    (re.compile(r"bsd", re.IGNORECASE), "BSD-3-Clause"),
]
GNU = re.compile(r"\b(agpl|lgpl|gpl)(?:[/-]v?(\d(?:\.\d)?))?", re.IGNORECASE)
ITEM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
ADMINISTRATORS = frozenset({Role.PARTNER_ADMIN, Role.DISTRICT_ADMIN})
LIBRARIANS = ADMINISTRATORS | {Role.BACKBONE}
STAFF = LIBRARIANS | {Role.EDUCATOR, Role.CASE_WORKER}
OTHER_LICENSE = "other"
FACET_CHARACTERS = 200
SEARCHED_CHARACTERS = 20_000


def license_key(license: str | None) -> str | None:
    """The SPDX name of a license given by address or by its usual name; `other` if it has none.

    >>> license_key("https://creativecommons.org/licenses/by-nc-sa/4.0/deed.de")
    'CC-BY-NC-SA-4.0'
    """
    if not license:
        return None
    if match := CREATIVE_COMMONS.search(license):
        return "-".join(["CC", match[1].upper(), *([match[2]] if match[2] else [])])
    for pattern, key in LICENSES:
        if pattern.search(license):
            return key
    if match := GNU.search(license):
        return "-".join([match[1].upper(), *([match[2]] if match[2] else [])])
    return OTHER_LICENSE


def grades_of(youngest: int | None, oldest: int | None) -> list[str]:
    """The usual grades of children of these ages. An open end reaches upwards."""
    if youngest is None:
        return []
    end = oldest if oldest is not None else 120
    inside = (
        grade for grade, (first, _) in AGES.items() if youngest <= first < max(end, youngest + 1)
    )
    return [str(grade) for grade in inside]


def ages_of(grades: Iterable[str]) -> tuple[int | None, int | None]:
    """The youngest and the oldest typical age; the oldest is None where there is no end."""
    ages = [AGES[Grade(grade)] for grade in grades if grade in AGES]
    if not ages:
        return None, None
    ends = [end for _, end in ages]
    return min(first for first, _ in ages), None if None in ends else max(
        e for e in ends if e is not None
    )


def standard_key(uri: str) -> str:
    """The key by which a standard is compared: the CASE identifier in its URI, else the URI
    itself."""
    found = ITEM.findall(uri)
    return found[-1].lower() if found else uri


def token(facet: Facet, value: str) -> str:
    """`facet:value`, cut to the length that an index entry holds."""
    return f"{facet}:{value[:FACET_CHARACTERS]}"


def searched(words: Iterable[str]) -> str:
    return " ".join(words).strip()[:SEARCHED_CHARACTERS]


def facets(draft: ResourceDraft, grades: list[str], license: str | None) -> list[str]:
    """All facet values of a resource, each as `facet:value`, sorted."""
    values: dict[Facet, Iterable[str]] = {
        Facet.SUBJECT: draft.about,
        Facet.GRADE: grades,
        Facet.TYPE: draft.learning_resource_type,
        Facet.AUDIENCE: draft.audience,
        Facet.LANGUAGE: [language.split("-")[0] for language in draft.in_language],
        Facet.STANDARD: [standard_key(uri) for uri in (*draft.teaches, *draft.assesses)],
        Facet.LICENSE: [license] if license else [],
    }
    return sorted({token(facet, value) for facet, each in values.items() for value in each})


def described(draft: ResourceDraft) -> dict[str, Any]:
    """The columns that a description gives, and those that follow from it."""
    levels = [str(g) for level in draft.educational_level for g in LEVEL_GRADES.get(level, [])]
    youngest, oldest = draft.typical_age_min, draft.typical_age_max
    grades = [str(grade) for grade in draft.grades] or grades_of(youngest, oldest) or levels
    if youngest is None and oldest is None:
        youngest, oldest = ages_of(grades)
    key = license_key(draft.license_url)
    return {
        **{name: value for name, value in draft if name != "status"},
        "grades": list(dict.fromkeys(grades)),
        "typical_age_min": youngest,
        "typical_age_max": oldest,
        "license": key,
        "topics": searched([*draft.about, *draft.keywords, *draft.learning_resource_type]),
        "makers": searched([*draft.creator, *draft.publisher, draft.provider or ""]),
        "facets": facets(draft, grades, key),
    }


def ensure_ages_ordered(youngest: int | None, oldest: int | None) -> None:
    if youngest is not None and oldest is not None and oldest < youngest:
        raise Malformed("age-range", "`typical_age_max` is below `typical_age_min`.")


def may_write(
    role: str, account_id: UUID, partner_id: UUID | None, owner_id: UUID | None, of: UUID | None
) -> bool:
    """The operator may write every resource, administrators and backbone staff their partner's,
    others their own."""
    if role == Role.OPERATOR:
        return True
    if role in LIBRARIANS and partner_id is not None:
        return partner_id == of
    return account_id == owner_id


def own_partner(role: str, partner_id: UUID | None) -> UUID | None:
    """The partner whose private resources a caller may read: its staff, and no other member."""
    return partner_id if role in STAFF else None


def ensure_writable(caller: Principal, owner_id: UUID | None, of: UUID | None) -> None:
    if not may_write(caller.role, caller.account_id, caller.partner_id, owner_id, of):
        raise Forbidden(
            "resource-not-yours", "Only the resource's owner or partner may change it."
        )


def ensure_withdrawable(status: str) -> None:
    if status == ResourceStatus.WITHDRAWN:
        raise Conflict("already-withdrawn", "The resource is already withdrawn.")


def status_wanted(wanted: ResourceStatus, *, alone: bool) -> ResourceStatus:
    """A resource of a partner in no partnership stays suspended until the partner joins one
    again."""
    shared = wanted == ResourceStatus.SHARED
    return ResourceStatus.SUSPENDED if shared and alone else wanted
