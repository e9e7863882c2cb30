"""Who may say yes or no for a child today, and whose word the caller may bring.

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
"""Who brings a word of the family: itself, or the keeper of the record from paper."""


def signer(caller: Principal, relation: Relation, signing: Signing) -> UUID:
    """Whose word it is. The family speaks for itself and by its own account; the district brings
    what somebody signed on paper. Raises `Malformed` with what does not fit."""
    own = relation in FAMILY
    wanted = {
        "given_by": signing.given_by in {None, caller.person_id} if own else signing.given_by,
        "method": signing.method is (ConsentMethod.ELECTRONIC if own else ConsentMethod.PAPER),
        "signed_on": signing.signed_on is None if own else signing.signed_on,
    }
    reason = "You sign for yourself, here" if own else "A signed paper: by whom, and when"
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
    """Raises why this person has no rights in the record today; nobody of the child's is
    `contact-unknown`."""
    if person_id in child.entitled:
        return
    if person_id == child.student_id:
        raise Conflict("student-not-eligible", "Until 18 the parents decide (34 CFR 99.5).")
    held = next((each for each in child.contacts if each.person_id == person_id), None)
    if held is None:
        raise NotFound("contact-unknown", "There is no such contact.")
    if child.eligible:
        raise Conflict("rights-with-student", "The rights are the student's own now (99.5).")
    if held.restricted:
        raise Conflict("contact-restricted", "A court order restricts this contact.")
    raise Conflict("not-legal-guardian", "This contact is not known as a legal guardian.")
