"""Keeping people and their roles by hand, and merging those of a roster."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.roster.merging.rules import (
    SOURCE,
    STATUS,
    UUID7,
    Mode,
    end_missing,
    of_source,
    upsert,
)
from services.students.roster.people.records import PersonRoleRow, PersonRow, person, person_role
from services.students.roster.people.rules import search_name
from shared.contracts.students.school import RosterStatus

PEOPLE = upsert(
    "person",
    {
        "given_name": "s.givenname", "family_name": "coalesce(s.familyname, '')",
        "middle_name": "s.middlename", "preferred_given_name": "s.preferredgivenname",
        "preferred_family_name": "s.preferredfamilyname",
        "search_name": "lower(btrim(coalesce(s.familyname, '') || ' ' || s.givenname))",
        "identifier": "s.identifier", "email": "s.email", "sms": "s.sms", "phone": "s.phone",
        "status": STATUS,
    },
    "stage_users s",
)  # fmt: skip
ROLES = upsert(
    "person_role",
    {
        "person_id": "p.id", "org_id": "o.id", "role": "s.role",
        "is_primary": "s.roletype = 'primary'", "begins_on": "s.begindate",
        "ends_on": "s.enddate", "status": STATUS,
    },
    f"""stage_roles s {of_source("person", "p", "s.usersourcedid")}
        {of_source("org", "o", "s.orgsourcedid")}""",
    touches="person_id",
)  # fmt: skip
# A role that moves to another school leaves an ended one behind, without an end that nobody told: the
# child's days at the earlier school are not the later one's.
SCHOOLS_LEFT = f"""
    insert into person_role
      (id, source, person_id, org_id, role, is_primary, begins_on, ends_on, status)
    select {UUID7}, r.source, r.person_id, r.org_id, r.role, r.is_primary, r.begins_on, r.ends_on,
      'ended'
    from stage_roles s {of_source("org", "o", "s.orgsourcedid")}
    join person_role r on r.source = {SOURCE} and r.source_id = s.sourcedid
    where r.role = 'student' and r.status = 'active' and r.org_id <> o.id and not exists (
      select from person_role k where k.person_id = r.person_id and k.org_id = r.org_id
        and k.role = r.role and k.source_id is null and k.status = 'ended'
        and (k.begins_on, k.ends_on) is not distinct from (r.begins_on, r.ends_on))"""
# OneRoster 1.1 has no file of roles: each user has one role, in one or more organizations.
ROLES_OF_USERS = """
    insert into stage_roles
      (line, sourcedid, status, usersourcedid, roletype, role, orgsourcedid)
    select s.line, s.sourcedid || ' ' || o.org, s.status, s.sourcedid,
           case when o.place = 1 then 'primary' else 'secondary' end, s.role, o.org
    from stage_users s
    cross join lateral regexp_split_to_table(trim(s.orgsourcedids), '\\s*,\\s*')
      with ordinality o (org, place)"""
# A delta names a 1.1 user as a whole: roles that it no longer names end.
END_ROLES_OF_USERS = """
    with ended as (
      update person_role r set status = 'ended'
      from person p join stage_users s on s.sourcedid = p.source_id
      where p.source = cast(:source as uuid) and r.person_id = p.id and r.status = 'active'
        and r.source_id is not null
        and not exists (select from stage_roles n where n.sourcedid = r.source_id)
      returning r.person_id
    )
    insert into touched select person_id from ended"""


async def add(session: AsyncSession, source: UUID, known: dict[str, Any]) -> PersonRow:
    """Stored at once, so that what belongs to the person may name it."""
    known = known | {"family_name": known["family_name"] or ""}
    names = search_name(known["family_name"], known["given_name"])
    person = PersonRow(source=source, search_name=names, **known)
    session.add(person)
    await session.flush()
    return person


def change(person: PersonRow, fields: dict[str, Any]) -> None:
    if "family_name" in fields:
        fields = fields | {"family_name": fields["family_name"] or ""}
    person.sqlmodel_update(fields)
    person.search_name = search_name(person.family_name, person.given_name)


async def end_roles(session: AsyncSession, person_id: UUID, role: str, today: date) -> None:
    """All that the person has of this kind."""
    await session.execute(
        update(person_role)
        .where(
            person_role.person_id == person_id,
            person_role.role == role,
            person_role.status == RosterStatus.ACTIVE,
        )
        .values(status=RosterStatus.ENDED, ends_on=today)
    )


def begin_role(
    session: AsyncSession, source: UUID, person_id: UUID, org_id: UUID, role: str, today: date
) -> None:
    session.add(
        PersonRoleRow(
            source=source, person_id=person_id, org_id=org_id, role=role, begins_on=today
        )
    )


async def keep_from_others(session: AsyncSession, person_ids: Any) -> None:
    """Keep the details of these people from the other contacts. `person_ids`: a SELECT of ids."""
    await session.execute(
        update(person).where(person.id.in_(person_ids)).values(do_not_publish=True)
    )


async def forget_ways(session: AsyncSession, *which: Any) -> None:
    """The ways to reach these people."""
    unreachable = {"phone": None, "sms": None, "email": None}
    await session.execute(update(person).where(*which).values(unreachable))


async def remove(session: AsyncSession, person_ids: Collection[UUID]) -> None:
    """These people and their roles."""
    await session.execute(delete(person_role).where(person_role.person_id.in_(person_ids)))
    await session.execute(delete(person).where(person.id.in_(person_ids)))


async def merge(session: AsyncSession, source: dict[str, object], modes: dict[str, Mode]) -> None:
    if "users" in modes:
        for statement in PEOPLE:
            await session.execute(text(statement), source)
        if modes["users"] == Mode.BULK:
            await session.execute(text(end_missing("person", "stage_users")), source)
        await session.execute(text("analyze person"))


async def merge_roles(
    session: AsyncSession, source: dict[str, object], mode: Mode | None, *, of_users: bool
) -> None:
    """`of_users`: the roles are those of OneRoster 1.1 users, staged with them."""
    if mode is None:
        return
    await session.execute(text(SCHOOLS_LEFT), source)
    for statement in ROLES:
        await session.execute(text(statement), source)
    if mode == Mode.BULK:
        ended = end_missing("person_role", "stage_roles", touches="person_id")
        await session.execute(text(ended), source)
    elif of_users:
        await session.execute(text(END_ROLES_OF_USERS), source)
    await session.execute(text("analyze person_role"))
