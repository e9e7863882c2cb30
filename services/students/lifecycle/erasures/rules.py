"""When a child's record may be erased, and when that is certified.

Basis: 34 CFR 99.10(e): nothing is destroyed while a family's request about it is open.
"""

from collections.abc import Collection

from shared.contracts.students.access import Category
from shared.contracts.students.erasure import DataClass, ErasureDraft, ErasureGround
from shared.contracts.students.student import StudentStatus
from shared.core.refusals import Conflict

ANSWERING = frozenset({"students", "partners", "resources", "outcomes"})
"""Whose word makes the certificate whole."""
TOLD_OF: dict[DataClass, frozenset[Category]] = {
    DataClass.ROSTER: frozenset(Category),
    DataClass.CONTACTS: frozenset({Category.CONTACTS}),
    DataClass.ATTENDANCE: frozenset({Category.ATTENDANCE}),
    DataClass.ENGAGEMENTS: frozenset({Category.ENGAGEMENT, Category.DOSAGE}),
    DataClass.NOTES: frozenset({Category.NOTES}),
    DataClass.CONSENTS: frozenset(),
    DataClass.ASSIGNMENTS: frozenset({Category.RESOURCES}),
    DataClass.MEASURES: frozenset({Category.MEASURES}),
}
"""What partners may have been told of each class. Consents are told to nobody; what was told under
them, the policy closes when they are gone."""


def ensure_may_be_erased(status: str, draft: ErasureDraft, *, asked: bool) -> None:
    """`asked`: the family has asked for an amendment that is not decided."""
    if draft.ground is ErasureGround.RETENTION_ENDED:
        raise Conflict("retention-ends-by-itself", "What has had its time leaves by itself.")
    if draft.ground is ErasureGround.LEFT and status != StudentStatus.LEFT:
        raise Conflict("student-not-left", "The child has not left.")
    if asked:
        raise Conflict("amendment-open", "Decide first what the family asked to have amended.")


def told_of(classes: Collection[DataClass]) -> frozenset[Category]:
    return frozenset().union(*(TOLD_OF[kind] for kind in classes))


def complete(confirmed: Collection[str]) -> bool:
    return set(confirmed) >= ANSWERING
