"""Merges staged users and their roles."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.roster.merging.rules import STATUS, Mode, end_missing, of_source, upsert

PEOPLE = upsert(
    "person",
    {
        "given_name": "s.givenname", "family_name": "s.familyname",
        "middle_name": "s.middlename", "preferred_given_name": "s.preferredgivenname",
        "preferred_family_name": "s.preferredfamilyname",
        "search_name": "lower(s.familyname || ' ' || s.givenname)",
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
# OneRoster 1.1 has no file of roles: each user has one role, in one or more organizations.
ROLES_OF_USERS = """
    insert into stage_roles
      (line, sourcedid, status, usersourcedid, roletype, role, orgsourcedid)
    select s.line, s.sourcedid || ' ' || o.org, s.status, s.sourcedid,
           case when o.place = 1 then 'primary' else 'secondary' end, s.role, o.org
    from stage_users s
    cross join lateral regexp_split_to_table(trim(s.orgsourcedids), '\\s*,\\s*')
      with ordinality o (org, place)"""
# A delta tells of a 1.1 user as a whole: roles it no longer has end with it.
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
    for statement in ROLES:
        await session.execute(text(statement), source)
    if mode == Mode.BULK:
        ended = end_missing("person_role", "stage_roles", touches="person_id")
        await session.execute(text(ended), source)
    elif of_users:
        await session.execute(text(END_ROLES_OF_USERS), source)
    await session.execute(text("analyze person_role"))
