"""Admits the people of the demonstration: each gets the one membership that is his or hers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from deploy.demonstration.gateway import Caller, Json, together
from deploy.demonstration.load_partners import Directory
from deploy.demonstration.load_students import Roster
from deploy.demonstration.people import OPERATOR, Cast, Person

Shown = Callable[[float], None]


@dataclass
class Admission:
    """Memberships by subject; `issuer` is who signs the people in."""

    issuer: str
    memberships: dict[str, Json] = field(default_factory=dict)


async def admit_staff(
    operator: Caller, people: Iterable[Person], directory: Directory, into: Admission, shown: Shown
) -> None:
    """Those whom the roster does not name, and the operator, who is admitted already."""
    known = await operator.every("/v1/memberships", role="operator")
    into.memberships[OPERATOR] = next(each for each in known if each["subject"] == OPERATOR)
    await together(
        (_admit(operator, each, directory, None, into) for each in people if not each.sourced_id),
        shown,
    )


async def admit_rostered(
    operator: Caller, district: Caller, of: Cast, directory: Directory, known: Roster,
    into: Admission, shown: Shown,
) -> None:  # fmt: skip
    """The teacher, the guardian and the student, whom a roster brought in."""
    staff = await district.every("/v1/staff", identifier=of.homeroom.teacher.id.upper())
    contacts = await district.whole(f"/v1/students/{known.students[of.child.id]}/contacts")
    names = (of.guardian.given, of.guardian.family)
    ids = {
        of.homeroom.teacher.id: staff[0]["id"],
        of.guardian.id: next(
            each["id"] for each in contacts
            if (each["given_name"], each["family_name"]) == names
        ),
        of.student.id: known.students[of.student.id],
    }  # fmt: skip
    await together(
        (
            _admit(operator, each, directory, ids[each.sourced_id], into)
            for each in of.people
            if each.sourced_id
        ),
        shown,
    )


async def _admit(
    operator: Caller, person: Person, directory: Directory, person_id: str | None, into: Admission
) -> None:
    partner_id = directory.partners[person.partner] if person.partner else None
    body = {
        "issuer": into.issuer, "subject": person.subject, "role": person.role,
        "partner_id": partner_id, "person_id": person_id,
    }  # fmt: skip
    into.memberships[person.subject] = await operator.post("/v1/memberships", body)
