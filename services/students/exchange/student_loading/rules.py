"""The SQL that makes children of staged users. `touched` holds the people that changed so far."""

from services.students.roster.merging.rules import SOURCE

FAMILY = "('parent', 'guardian', 'relative')"
ABOVE_SCHOOLS = "('district', 'local', 'state', 'national')"

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
_SCHOOL = f"""
    select o.id from org o
    where o.id in (select r.org_id from person_role r
                   where r.person_id = p.id and r.role = 'student' and r.status = 'active')
      and o.type not in {ABOVE_SCHOOLS}
    order by o.source_id is distinct from u.primaryorgsourcedid,
             not exists (select from person_role r where r.person_id = p.id and r.org_id = o.id
                         and r.role = 'student' and r.is_primary and r.status = 'active'),
             o.source_id
    limit 1"""
_LEARNS = """exists (select from person_role r
    where r.person_id = p.id and r.role = 'student' and r.status = 'active')"""

STUDENTS = f"""
    with wanted as materialized (
      select p.id,
             ({_SCHOOL}) as school_id,
             case when u.sourcedid is null then c.grade else {_GRADE_AS_CEDS} end as grade,
             case when {{told}} then d.birthdate else c.birth_date end as birth_date,
             case when {{told}} then d.sex else c.sex end as sex,
             case when p.status = 'active' and {_LEARNS} then 'active' else 'left' end as status
      from concerned n
      join person p on p.id = n.id
      left join student c on c.id = p.id
      left join stage_users u on u.sourcedid = p.source_id
      left join stage_demographics d
        on d.sourcedid = p.source_id and d.status is distinct from 'tobedeleted'
      where p.source = {SOURCE} and p.source_id is not null and (c.id is not null or {_LEARNS})
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
      where w.status = 'active' and not exists (select from student c where c.id = w.id)
      returning t.id
    ),
    new as (insert into rostered select id from added)
    insert into touched select id from changed"""

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

# Either side may name the other: a link stands as long as one of them does.
LINKS = f"""
    insert into stage_links (student_id, contact_id, by_child, by_contact)
    select student_id, contact_id, bool_or(by_child), bool_or(not by_child)
    from (
      select case when cu.id is not null then pu.id else pa.id end as student_id,
             case when cu.id is not null then pa.id else pu.id end as contact_id,
             cu.id is not null as by_child
      from stage_users u
      cross join lateral regexp_split_to_table(trim(u.agentsourcedids), '\\s*,\\s*') a (id)
      join person pu on pu.source = {SOURCE} and pu.source_id = u.sourcedid
      join person pa on pa.source = {SOURCE} and pa.source_id = a.id
      left join student cu on cu.id = pu.id
      left join student ca on ca.id = pa.id
      where u.agentsourcedids is not null and (cu.id is null) <> (ca.id is null)
    ) named
    group by 1, 2"""
_RELATION = f"""(select r.role from person_role r
    where r.person_id = {{contact}} and r.role in {FAMILY} and r.status = 'active'
    order by array_position(array['parent', 'guardian', 'relative'], r.role::text) limit 1)"""
_LEGAL = "case when {relation} in ('parent', 'guardian') then 'yes' else 'unknown' end"
NEW_LINKS = f"""
    with merged as (
      insert into student_contact
        (student_id, contact_id, relation, legal_guardian, legal_recorded, rostered,
         listed_by_child, listed_by_contact)
      select l.student_id, l.contact_id, k.relation, {_LEGAL.format(relation="k.relation")},
             false, true, l.by_child, l.by_contact
      from stage_links l
      cross join lateral (
        select {_RELATION.format(contact="l.contact_id")} as relation offset 0
      ) k
      where k.relation is not null
      on conflict do nothing returning student_id
    )
    insert into touched select student_id from merged"""
# Of a side that this package tells of, its word counts; of the other, what it said before.
CHANGED_LINKS = f"""
    with wanted as (
      select c.student_id, c.contact_id, k.relation,
             case when n.sourcedid is null then c.listed_by_child
                  else coalesce(l.by_child, false) end as by_child,
             case when m.sourcedid is null then c.listed_by_contact
                  else coalesce(l.by_contact, false) end as by_contact
      from student_contact c
      join person child on child.id = c.student_id and child.source = {SOURCE}
      join person adult on adult.id = c.contact_id
      left join stage_users n on n.sourcedid = child.source_id
      left join stage_users m on m.sourcedid = adult.source_id
      left join stage_links l on l.student_id = c.student_id and l.contact_id = c.contact_id
      cross join lateral (
        select {_RELATION.format(contact="c.contact_id")} as relation offset 0
      ) k
      where c.rostered and (n.sourcedid is not null or m.sourcedid is not null
                            or c.contact_id in (select id from touched))
    ),
    judged as (
      select w.*, coalesce(w.relation, c.relation) as relation_now,
             case when c.legal_recorded then c.legal_guardian
                  else {_LEGAL.format(relation="coalesce(w.relation, c.relation)")} end as legal,
             case when (w.by_child or w.by_contact) and w.relation is not null then null
                  else coalesce(c.ended_on, current_date) end as ended_on
      from wanted w
      join student_contact c on c.student_id = w.student_id and c.contact_id = w.contact_id
    ),
    changed as (
      update student_contact c
      set relation = j.relation_now, legal_guardian = j.legal, listed_by_child = j.by_child,
          listed_by_contact = j.by_contact, ended_on = j.ended_on
      from judged j
      where c.student_id = j.student_id and c.contact_id = j.contact_id
        and (c.relation, c.legal_guardian, c.listed_by_child, c.listed_by_contact, c.ended_on)
            is distinct from (j.relation_now, j.legal, j.by_child, j.by_contact, j.ended_on)
      returning c.student_id
    )
    insert into touched select student_id from changed"""

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
ROSTERED = """
    select c.id as aggregate_id, c.version,
           jsonb_build_object('student_id', c.id, 'school_id', c.school_id, 'grade', c.grade,
                              'status', c.status) as data
    from student c join rostered r on r.id = c.id"""
