"""The rules of contacts, and the SQL that makes contacts of staged users."""

from datetime import date

from services.students.access.same_child.rules import folded
from services.students.roster.merging.rules import SOURCE, UUID7
from shared.core.refusals import Conflict

FAMILY = "('parent', 'guardian', 'relative')"
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
# For a side that this package contains, its statement counts; for the other, the earlier statement.
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


_NAMESAKES = " and ".join(
    f"{folded(f'there.{name}')} = {folded(f'here.{name}')}"
    for name in ("family_name", "given_name")
)
# A contact under an order is kept, ended, where the other record does not have it.
PROTECTED_LINKS = """
    insert into student_contact (student_id, contact_id, relation, legal_guardian, legal_recorded,
                                 rostered, listed_by_child, listed_by_contact, ended_on)
    select :child, k.contact_id, k.relation, k.legal_guardian, false, true, false, false, current_date
    from student_contact k
    where k.student_id = :erased and exists (
      select from contact_restriction r
      where r.student_id = k.student_id and r.contact_id = k.contact_id)
    on conflict do nothing"""
PROTECTED_ORDERS = f"""
    insert into contact_restriction
      (id, student_id, contact_id, kind, begins_on, ends_on, document_reference)
    select {UUID7}, k.student_id, k.contact_id, r.kind, r.begins_on, r.ends_on, r.document_reference
    from contact_restriction r
    join person there on there.id = r.contact_id
    join student_contact k on k.student_id = :child
    join person here on here.id = k.contact_id
    where r.student_id = :erased and (here.id = there.id or (
      (({_NAMESAKES}) or lower(here.email) = lower(there.email))
      and not exists (select from student_contact o
                      where o.student_id = r.student_id and o.contact_id = here.id)))"""


def ensure_not_linked(*, linked: bool) -> None:
    if linked:
        raise Conflict("contact-linked", "This person is already a contact of the child.")


def ensure_ends_in_order(begins_on: date, ends_on: date) -> None:
    if ends_on < begins_on:
        raise Conflict(
            "restriction-ends-before",
            f"The restriction ends on {ends_on}, before it begins on {begins_on}.",
        )
