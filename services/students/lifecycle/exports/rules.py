"""The people who may export a child's whole record: those who may inspect it (34 CFR 99.4, 99.5,
99.10)."""

from shared.contracts.students.access import Relation
from shared.core.refusals import Forbidden

HOLDERS = frozenset({Relation.DISTRICT, Relation.GUARDIAN, Relation.SELF})


def ensure_may_export(relation: Relation, *, eligible: bool) -> None:
    if relation is Relation.SELF and not eligible:
        raise Forbidden(
            "rights-with-guardians", "Until the age of 18 the student's guardians ask for this."
        )
    if relation not in HOLDERS:
        raise Forbidden("export-withheld", "The whole record is for the family and its district.")
