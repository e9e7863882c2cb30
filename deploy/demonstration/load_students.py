"""Loads the roster, attendance, and court orders."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from deploy.demonstration.attendance import register
from deploy.demonstration.families import Student
from deploy.demonstration.gateway import Caller, together
from deploy.demonstration.roster import District, package

Shown = Callable[[float], None]
ORDERS = 8
"""Court orders that keep an adult away or from the records."""


@dataclass(frozen=True)
class Roster:
    """What students knows, by the roster's ids."""

    students: dict[str, str]


async def load_roster(caller: Caller, of: District, shown: Shown) -> Roster:
    await caller.imported("oneroster", ("larkhaven.zip", package(of)), shown)
    listed = {
        (each["given_name"], each["family_name"]): each["id"]
        for each in await caller.every("/v1/students")
    }
    return Roster({each.id: listed[each.given, each.family] for each in of.students})


async def load_attendance(caller: Caller, of: District, day: date, shown: Shown) -> None:
    file = register(of.students, day)
    await caller.imported("attendance", ("attendance.csv", file), shown)


async def load_court_orders(caller: Caller, of: District, known: Roster, shown: Shown) -> None:
    await together((_order(caller, of.year, known, child) for child in kept_apart(of)), shown)


def kept_apart(of: District) -> list[Student]:
    """Children whose second adult bears another name; of a family the first."""
    families = {each.contacts[0].id: each for each in reversed(of.students)}
    apart = [
        each
        for each in families.values()
        if each.contacts[1:] and each.contacts[1].family != each.contacts[0].family
    ]
    return sorted(apart, key=lambda each: each.id)[:: len(apart) // ORDERS][:ORDERS]


async def _order(caller: Caller, year: int, known: Roster, child: Student) -> None:
    path = f"/v1/students/{known.students[child.id]}/contacts"
    names = {(c["given_name"], c["family_name"]): c for c in await caller.whole(path)}
    contact = names[child.contacts[1].given, child.contacts[1].family]
    if contact["restrictions"]:
        return
    kind = "no-contact" if child.number % 2 else "no-records"
    body = {
        "kind": kind, "begins_on": f"{date(year - 1, 1, 15)}",
        "document_reference": f"Family Court {year - 1}-{child.number:04}",
    }  # fmt: skip
    where = f"{path}/{contact['id']}/restrictions"
    await caller.post(where, body, f"order {child.id}", contact["version"])
