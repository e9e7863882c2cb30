"""The people who may consent or refuse for a child today, and the signers for whom a caller may act.

Basis: FERPA, 34 CFR 99.3 (parent, eligible student), 99.4 (both parents, unless a court says
otherwise), 99.5, 99.30(a) and (d).
"""

from uuid import UUID

from services.students.access.relations.rules import Facts
from shared.contracts.students.access import Relation
from shared.contracts.students.consent import ConsentMethod, Signing
from shared.core.refusals import Conflict, Fault, Malformed, NotFound
from shared.security.principal import Principal

FAMILY = frozenset({Relation.GUARDIAN, Relation.SELF})
SPEAKING = FAMILY | {Relation.DISTRICT}
"""The relations that may record a decision of the family: the family itself, or the district from
paper."""


def signer(caller: Principal, relation: Relation, signing: Signing) -> UUID:
    """The person who signs. A member of the family signs for itself, by its own account; the
    district records a signed paper. Raises `Malformed("signing-unclear")` with the fields that do
    not fit."""
    own = relation in FAMILY
    wanted = {
        "given_by": signing.given_by in {None, caller.person_id} if own else signing.given_by,
        "method": signing.method is (ConsentMethod.ELECTRONIC if own else ConsentMethod.PAPER),
        "signed_on": signing.signed_on is None if own else signing.signed_on,
    }
    reason = (
        "You can sign only for yourself, electronically"
        if own
        else "A signed paper needs the person who signed it and the day"
    )
    faults = [
        Fault(field=f"body.{name}", code="signing", reason=reason)
        for name, fits in wanted.items()
        if not fits
    ]
    person_id = caller.person_id if own else signing.given_by
    if faults or person_id is None:
        raise Malformed("signing-unclear", f"{reason}.", faults)
    return person_id


def ensure_entitled(person_id: UUID, child: Facts) -> None:
    """Refuses a person without rights in the record today, with the reason as the code. A person who
    is no contact of the child is refused with `contact-unknown`."""
    if person_id in child.entitled:
        return
    if person_id == child.student_id:
        raise Conflict(
            "student-not-eligible", "Until the age of 18 the parents decide (34 CFR 99.5)."
        )
    held = next((each for each in child.contacts if each.person_id == person_id), None)
    if held is None:
        raise NotFound("contact-unknown", "There is no such contact.")
    if child.eligible:
        raise Conflict("rights-with-student", "The student has the rights now (34 CFR 99.5).")
    if held.restricted:
        raise Conflict(
            "contact-restricted",
            "A court order restricts this contact, in this record or in another one of the child.",
        )
    raise Conflict("not-legal-guardian", "This contact is not recorded as a legal guardian.")
