"""Which partner a school may be."""

from uuid import UUID

from shared.contracts.partners.partner import PartnerKind
from shared.contracts.students.school import ABOVE_SCHOOLS
from shared.core.refusals import Conflict


def ensure_school(type: str) -> None:
    if type in ABOVE_SCHOOLS:
        raise Conflict(
            "organization-not-school", "This organization of the roster is not a school."
        )


def ensure_of_district(kind: str, parent_id: UUID | None, district_id: UUID) -> None:
    if kind != PartnerKind.SCHOOL or parent_id != district_id:
        raise Conflict("partner-not-school", "This partner is not a school of your district.")


def ensure_free(*, linked: bool) -> None:
    if linked:
        raise Conflict("partner-linked", "Another school of the roster is already this partner.")
