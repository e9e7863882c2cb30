"""The rules of a child's record, and the SQL that makes children of staged users. The table `touched`
holds the people that have changed so far."""

from datetime import date
from uuid import UUID

from services.students.roster.merging.rules import SOURCE
from services.students.roster.schools.rules import NO_SCHOOLS
from shared.contracts.students.student import StudentRostered, StudentStatus
from shared.core.refusals import Conflict, Forbidden
from shared.security.principal import Principal

CONCERNED = f"""
    insert into concerned
    select p.id from stage_users s join person p on p.source = {SOURCE} and p.source_id = s.sourcedid
    union
    select p.id from stage_demographics s
    join person p on p.source = {SOURCE} and p.source_id = s.sourcedid
    union
    select p.id from touched t join person p on p.id = t.id
    union
    -- of a bulk file of demographics those also whom it no longer has
    select d.student_id from demographic d
    join student c on c.id = d.student_id and c.source = {SOURCE} where :demographics = 'bulk'"""

_GRADE = "trim(split_part(u.grades, ',', 1))"
# Registers write 9 and 09, K and KG for the same grade.
_GRADE_AS_CEDS = f"""case when {_GRADE} ~ '^[0-9]$' then '0' || {_GRADE}
    when upper({_GRADE}) = 'K' then 'KG' when {_GRADE} = '' then null else {_GRADE} end"""
# A role is history with dates: today's school is that of the role in force today. Exporters write
# several as primary; of these the one that began last counts.
_SCHOOL = f"""
    select o.id from person_role r join org o on o.id = r.org_id
    where r.person_id = {{child}} and r.role = 'student' and r.status = 'active'
      and coalesce(r.begins_on, current_date) <= current_date
      and coalesce(r.ends_on, current_date) >= current_date
      and o.type not in ({NO_SCHOOLS})
    order by {{first}}not r.is_primary, r.begins_on desc nulls last, o.source_id
    limit 1"""
_LEARNS = """exists (select from person_role r
    where r.person_id = {child} and r.role = 'student' and r.status = 'active' {when})"""
_KNOWN = _LEARNS.format(child="p.id", when="")
# A child with a role that is to begin is not a child who has left.
_NOT_OVER = "and coalesce(r.ends_on, current_date) >= current_date"
_STAYS = _LEARNS.format(child="p.id", when=_NOT_OVER)
_FIRST = "o.source_id is distinct from u.primaryorgsourcedid, "

STUDENTS = f"""
    with wanted as materialized (
      select p.id,
             ({_SCHOOL.format(child="p.id", first=_FIRST)}) as school_id,
             case when u.sourcedid is null then c.grade else {_GRADE_AS_CEDS} end as grade,
             case when {{told}} then d.birthdate else c.birth_date end as birth_date,
             case when {{told}} then d.sex else c.sex end as sex,
             case when p.status = 'active' and {_STAYS} then 'active' else 'left' end as status,
             p.status = 'active' and {_KNOWN} as known
      from concerned n
      join person p on p.id = n.id
      left join student c on c.id = p.id
      left join stage_users u on u.sourcedid = p.source_id
      left join stage_demographics d
        on d.sourcedid = p.source_id and d.status is distinct from 'tobedeleted'
      where p.source = {SOURCE} and p.source_id is not null and (c.id is not null or {_KNOWN})
    ),
    changed as (
      update student c
      set (school_id, grade, birth_date, sex, status) =
          row(w.school_id, w.grade, w.birth_date, w.sex, w.status)
      from wanted w
      where c.id = w.id and (c.school_id, c.grade, c.birth_date, c.sex, c.status)
            is distinct from (w.school_id, w.grade, w.birth_date, w.sex, w.status)
      returning c.id
    ),
    added as (
      -- at once with the version of their first event, which `TELL` has not to raise then
      insert into student as t
        (id, version, created_at, updated_at, source, school_id, grade, birth_date, sex, status)
      select w.id, 1, now(), now(), {SOURCE}, w.school_id, w.grade, w.birth_date, w.sex, w.status
      from wanted w
      where w.known and not exists (select from student c where c.id = w.id)
      returning t.id
    ),
    new as (insert into rostered select id from added)
    insert into touched select id from changed"""

# The children of whom a role began or ended after `since`, until today.
TURNED = f"""
    with turned as materialized (
      select c.id, ({_SCHOOL.format(child="c.id", first="")}) as school_id,
             case when p.status = 'active' and {_STAYS} then 'active' else 'left' end as status
      from student c join person p on p.id = c.id
      where exists (select from person_role r where r.person_id = c.id and r.role = 'student'
                    and (r.begins_on > cast(:since as date) and r.begins_on <= current_date
                         or r.ends_on >= cast(:since as date) and r.ends_on < current_date))
    )
    update student c
    set school_id = t.school_id, status = t.status, version = c.version + 1, updated_at = now()
    from turned t
    where c.id = t.id and (c.school_id, c.status) is distinct from (t.school_id, t.status)
    returning c.id"""
_STATE = """
    select c.id as aggregate_id, c.version,
           jsonb_build_object('student_id', c.id, 'school_id', c.school_id, 'grade', c.grade,
                              'status', c.status) as data
    from student c"""
MOVED = f"{_STATE} where c.id = any(:ids)"

_IDENTIFIERS = f"""
    select distinct c.id as student_id, k.kind, left(k.value, 255) as value
    from stage_users u
    join person p on p.source = {SOURCE} and p.source_id = u.sourcedid
    join student c on c.id = p.id
    cross join lateral (
      select 'identifier' as kind, u.identifier as value where u.identifier is not null
      union all
      select 'userMasterIdentifier', u.usermasteridentifier
      where u.usermasteridentifier is not null
      union all
      select trim(m[1]), trim(m[2])
      from regexp_matches(u.userids, '[{{]([^{{}}:]+):([^{{}}]+)[}}]', 'g') m
      where u.userids is not null
    ) k"""
IDENTIFIERS_NEW = f"""
    with merged as (
      insert into student_identifier (student_id, source, kind, value, rostered)
      select w.student_id, {SOURCE}, w.kind, w.value, true from ({_IDENTIFIERS}) w
      on conflict do nothing returning student_id
    )
    insert into touched select student_id from merged"""
IDENTIFIERS_GONE = f"""
    with gone as (
      delete from student_identifier i
      using person p join stage_users u on u.sourcedid = p.source_id
      where p.source = {SOURCE} and i.student_id = p.id and i.source = {SOURCE} and i.rostered
        and not exists (select from ({_IDENTIFIERS}) w where w.student_id = i.student_id
                        and w.kind = i.kind and w.value = i.value)
      returning i.student_id
    )
    insert into touched select student_id from gone"""

_DEMOGRAPHICS = {
    "american_indian_or_alaska_native": "americanindianoralaskanative",
    "asian": "asian",
    "black_or_african_american": "blackorafricanamerican",
    "native_hawaiian_or_other_pacific_islander": "nativehawaiianorotherpacificislander",
    "white": "white",
    "two_or_more_races": "demographicracetwoormoreraces",
    "hispanic_or_latino": "hispanicorlatinoethnicity",
    "country_of_birth": "countryofbirthcode",
    "state_of_birth": "stateofbirthabbreviation",
    "city_of_birth": "cityofbirth",
    "public_school_residence_status": "publicschoolresidencestatus",
}
_NAMES = ", ".join(_DEMOGRAPHICS)
_OLD, _GIVEN = (", ".join(f"{a}.{n}" for n in _DEMOGRAPHICS) for a in ("o", "excluded"))
_NEW = ", ".join(f"s.{column}" for column in _DEMOGRAPHICS.values())
# Of staff and contacts the package may hold demographics; they are not ours to keep.
DEMOGRAPHICS = f"""
    with merged as (
      insert into demographic as t (student_id, {_NAMES})
      select c.id, {_NEW}
      from stage_demographics s
      join person p on p.source = {SOURCE} and p.source_id = s.sourcedid
      join student c on c.id = p.id
      left join demographic o on o.student_id = c.id
      where s.status is distinct from 'tobedeleted'
        and (o.student_id is null or ({_OLD}) is distinct from ({_NEW}))
      on conflict (student_id) do update set ({_NAMES}) = row({_GIVEN})
      returning t.student_id
    )
    insert into touched select student_id from merged"""
DEMOGRAPHICS_GONE = f"""
    with gone as (
      delete from demographic d using concerned n, person p
      where n.id = d.student_id and p.id = n.id and p.source = {SOURCE} and p.source_id is not null
        and not exists (select from stage_demographics s where s.sourcedid = p.source_id
                        and s.status is distinct from 'tobedeleted')
        and (:demographics = 'bulk' or exists (select from stage_demographics s
                                               where s.sourcedid = p.source_id))
      returning d.student_id
    )
    insert into touched select student_id from gone"""
TELL = """
    with told as (
      (select id from touched
       union
       select k.student_id from student_contact k
       where k.ended_on is null and k.contact_id in (select id from touched))
      except
      select id from rostered
    ),
    raised as (
      update student c set version = c.version + 1, updated_at = now()
      from told where told.id = c.id
      returning c.id
    )
    insert into rostered select id from raised"""
ROSTERED = f"{_STATE} join rostered r on r.id = c.id"


def district_of(caller: Principal) -> UUID:
    """The district for which the caller keeps records."""
    if caller.partner_id is None:
        raise Forbidden(
            "district-missing", "Only a district's administrator keeps children's records."
        )
    return caller.partner_id


def ensure_born(birth_date: date | None, today: date) -> None:
    if birth_date is not None and birth_date > today:
        raise Conflict("birth-date-in-future", "The birth date is in the future.")


def ensure_begun(enrolled_on: date | None, today: date) -> None:
    """By hand a child is entered at the school that it attends."""
    if enrolled_on is not None and enrolled_on > today:
        raise Conflict("enrollment-in-future", "The first day at the school is in the future.")


def rostered(
    student_id: UUID, school_id: UUID | None, grade: str | None, status: str
) -> StudentRostered:
    return StudentRostered(
        student_id=student_id, school_id=school_id, grade=grade, status=StudentStatus(status)
    )
