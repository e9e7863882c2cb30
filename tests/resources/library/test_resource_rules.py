"""Values derived from a description: licences, ages and grades, facets, totals, access."""

import csv
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.resources.library.facet_counts.rules import difference
from services.resources.library.resources.rules import (
    FACET_CHARACTERS,
    ages_of,
    described,
    grades_of,
    license_key,
    may_write,
    standard_key,
    token,
)
from shared.contracts.grade import Grade
from shared.contracts.resources.resource import ResourceDraft
from shared.contracts.resources.search import Facet
from shared.security.principal import Role

NUMBERED = [f"{grade:02}" for grade in range(1, 13)]
MINE, THEIRS = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ("https://creativecommons.org/licenses/by-nc-sa/4.0/deed.de", "CC-BY-NC-SA-4.0"),
        ("http://creativecommons.org/licences/by/3.0/", "CC-BY-3.0"),
        ("CC BY-NC-ND 4.0", "CC-BY-NC-ND-4.0"),
        ("cc by-sa", "CC-BY-SA"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("CC0", "CC0-1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "PDM-1.0"),
        ("https://opensource.org/licenses/MIT", "MIT"),
        ("https://www.apache.org/licenses/LICENSE-2.0", "Apache-2.0"),
        ("https://www.gnu.org/licenses/gpl-3.0.html", "GPL-3.0"),
        ("https://www.gnu.org/licenses/fdl-1.3.html", "GFDL-1.3"),
        ("https://www.opensource.org/licenses/BSD-2-Clause", "BSD-2-Clause"),
        ("All rights reserved", "other"),
        ("https://summit.example/submitted", "other"),
        ("", None),
        (None, None),
    ],
)
def test_a_licence_is_recognized_by_address_or_name_and_gets_its_spdx_name(
    given: str | None, key: str | None
) -> None:
    assert license_key(given) == key
    assert license_key(key) == key


def test_every_licence_of_the_real_textbooks_is_recognized(real_data: Path) -> None:
    unknown: Counter[str] = Counter()
    for path in sorted((real_data / "resources" / "textbooks").glob("*.tsv")):
        with path.open(newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                if row["license"] and license_key(row["license"]) == "other":
                    unknown[row["license"]] += 1
    assert not unknown


@given(st.integers(1, 12), st.integers(0, 11))
def test_grades_give_ages_and_those_ages_give_the_same_grades(first: int, more: int) -> None:
    grades = NUMBERED[first - 1 : first + more]
    youngest, oldest = ages_of(grades)
    assert grades_of(youngest, oldest) == grades


@given(st.none() | st.integers(0, 120), st.none() | st.integers(0, 120))
def test_wider_ages_never_lose_a_grade(youngest: int | None, oldest: int | None) -> None:
    narrow = set(grades_of(youngest, oldest))
    assert narrow <= set(grades_of(youngest, None))
    assert narrow <= set(Grade)


def test_a_grade_without_a_typical_age_gives_no_age() -> None:
    assert ages_of([Grade.UNGRADED, Grade.OTHER]) == (None, None)
    assert ages_of([Grade.TWELFTH, Grade.POSTSECONDARY]) == (17, None)


def draft(**terms: object) -> ResourceDraft:
    return ResourceDraft.model_validate({"name": "x", "url": "https://x.example", **terms})


def test_grades_come_from_the_description_else_from_the_ages_else_from_the_level() -> None:
    level = {"educational_level": ["level_3"]}
    ages = {"typical_age_min": 8, "typical_age_max": 9}
    assert described(draft(**level, **ages, grades=["01"]))["grades"] == ["01"]
    assert described(draft(**level, **ages))["grades"] == ["03"]
    assert described(draft(**level))["grades"] == ["10", "11", "12"]
    assert described(draft(**level))["typical_age_min"] == 15


def test_facets_hold_every_value_by_which_a_search_can_be_narrowed() -> None:
    item = "0197A000-0000-7000-8000-000000000001"
    found = described(
        draft(
            about=["Mathematics"], grades=["03"], learning_resource_type=["lessonPlan"],
            audience=["teacher"], in_language=["en-US"], license_url="CC BY 4.0",
            teaches=[f"https://case.example/items/{item}"], assesses=["https://else.example/7"],
        )
    )  # fmt: skip
    assert found["facets"] == sorted(
        [
            "audience:teacher", "grade:03", "language:en", "license:CC-BY-4.0",
            "subject:Mathematics", "type:lessonPlan", f"standard:{item.lower()}",
            "standard:https://else.example/7",
        ]
    )  # fmt: skip


@given(st.text(max_size=5_000))
def test_a_facet_fits_into_an_index_entry(value: str) -> None:
    assert len(token(Facet.STANDARD, value)) <= FACET_CHARACTERS + len("standard:")
    assert standard_key(standard_key(value)) == standard_key(value)


COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 9))


@given(COUNTS, COUNTS)
def test_changes_to_totals_lead_from_before_to_after_in_one_order(
    before: dict[str, int], after: dict[str, int]
) -> None:
    changes = difference(before, after)
    assert list(changes) == sorted(changes)
    assert 0 not in changes.values()
    moved = Counter(before)
    moved.update(changes)
    assert {value: count for value, count in moved.items() if count} == after


@pytest.mark.parametrize(
    ("role", "owner", "of", "may"),
    [
        (Role.BACKBONE, THEIRS, THEIRS, False),
        (Role.BACKBONE, THEIRS, MINE, True),
        (Role.OPERATOR, None, None, True),
        (Role.PARTNER_ADMIN, THEIRS, MINE, True),
        (Role.PARTNER_ADMIN, MINE, THEIRS, False),
        (Role.DISTRICT_ADMIN, THEIRS, MINE, True),
        (Role.EDUCATOR, MINE, THEIRS, True),
        (Role.EDUCATOR, THEIRS, MINE, False),
        (Role.CASE_WORKER, THEIRS, MINE, False),
        (Role.STUDENT, None, None, False),
    ],
)
def test_the_operator_writes_all_resources_administrators_and_backbone_their_partners(
    role: Role, owner: UUID | None, of: UUID | None, *, may: bool
) -> None:
    assert may_write(role, MINE, MINE, owner, of) is may
