"""The person of each family who signs for a child: the first contact with rights, or the student who
is of age."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from deploy.demonstration.families import Student
from deploy.demonstration.gateway import Caller, Json
from shared.core.days import age_on, day_of

OF_AGE = 18


@dataclass
class Signers:
    """`students`: the platform's ids by those of the roster. A family is asked for once."""

    district: Caller
    students: Mapping[str, str]
    today: date = field(default_factory=lambda: day_of(datetime.now(UTC)))
    found: dict[str, str | None] = field(default_factory=dict)

    async def of(self, child: Student) -> str | None:
        if age_on(child.born, self.today) >= OF_AGE:
            return self.students[child.id]
        first = child.contacts[0]
        if first.id not in self.found:
            self.found[first.id] = await self._first_with_rights(child)
        return self.found[first.id]

    async def signing(self, child: Student, on: date) -> Json:
        """A paper that the family has signed on this day."""
        return {"given_by": await self.of(child), "method": "paper", "signed_on": f"{on}"}

    async def _first_with_rights(self, child: Student) -> str | None:
        first = child.contacts[0]
        contacts = await self.district.whole(f"/v1/students/{self.students[child.id]}/contacts")
        able = [
            each["id"]
            for each in contacts
            if each["legal_guardian"] == "yes"
            and (each["given_name"], each["family_name"]) == (first.given, first.family)
        ]
        return next(iter(able), None)
