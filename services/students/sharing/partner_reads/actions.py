"""Noting in `held` the parts that partners read, from the disclosure log, so that no reading waits
for it.

The sealer numbers the rows of the log as they become visible, which is another order than that of
their writing (`audit/hash_chain`). Following these numbers therefore skips no row.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.reevaluations.rules import Rank
from services.students.sharing.partner_reads.records import ReadUntilRow
from shared.contracts.students.access import Basis
from shared.contracts.students.disclosure import Channel, DisclosureOutcome
from shared.contracts.students.erasure import CATEGORIES_OF
from shared.persistence.database import ANNOUNCED
from shared.security.principal import FOR_PARTNER

ROWS = 5_000  # of the log, of a batch
NEXT = text("""
    select max(seq) from
      (select seq from disclosure_seal where seq > :after order by seq limit :most) batch
""")
# A retraction after the reading covers it already. A category whose records were erased since is
# `gone`. Each new part gets a re-evaluation: its ground may have ended meanwhile.
NOTE = text("""
    with got as (
      select d.organization_id as partner_id, d.student_id, part.category,
             d.basis = :own as own, max(d.at) as at
      from disclosure_seal s join disclosure d on d.position = s.position
      cross join unnest(d.categories) as part(category)
      where s.seq > :after and s.seq <= :until and d.outcome = :released
        and d.channel <> :told and d.role = any(:staff) and d.organization_id is not null
      group by 1, 2, 3, 4
    ), kept as (
      select g.partner_id, g.student_id,
             array_agg(g.category) filter (where not g.own) as read,
             array_agg(g.category) filter (where g.own) as read_own,
             array_agg(g.category) filter (where exists (
               select from erasure e
               join unnest(cast(:kinds as text[]), cast(:parts as text[])) as of(kind, category)
                 on of.kind = any(e.classes) and of.category = g.category
               where e.student_id = g.student_id and e.created_at >= g.at
             )) as gone
      from got g
      where not exists (
        select from retraction r
        where r.student_id = g.student_id and r.partner_id = g.partner_id
          and g.category = any(r.categories) and r.retracted_at >= g.at
          and r.withdrawn_at is null)
      group by 1, 2
    ), noted as (
      insert into held as h
        (partner_id, student_id, source, categories, own, told, read, read_own, gone)
      select k.partner_id, k.student_id, coalesce(s.source, e.source), '{}', '{}', 0,
             coalesce(k.read, '{}'), coalesce(k.read_own, '{}'), coalesce(k.gone, '{}')
      from kept k
      left join student s on s.id = k.student_id
      left join lateral (
        select e.source from erasure e where e.student_id = k.student_id limit 1) e on true
      where coalesce(s.source, e.source) is not null
      order by k.partner_id, k.student_id
      on conflict (partner_id, student_id) do update set
        read = array(select unnest(h.read || excluded.read) group by 1 order by 1),
        read_own = array(select unnest(h.read_own || excluded.read_own) group by 1 order by 1),
        gone = h.gone || excluded.gone
      where not (h.read @> excluded.read and h.read_own @> excluded.read_own)
      returning h.student_id, h.partner_id
    )
    insert into review (student_id, partner_id, rank)
    select student_id, partner_id, :rank from noted
""")
CLASSES = [(kind, category) for kind, parts in CATEGORIES_OF.items() for category in sorted(parts)]


async def note(session: AsyncSession) -> bool:
    """Note the next batch of the log. Gives whether there was one."""
    place = await session.get(ReadUntilRow, 1, with_for_update=True)
    if place is None:
        place = ReadUntilRow()
        session.add(place)
    batch = {"after": place.seq, "most": ROWS}
    until: int | None = (await session.execute(NEXT, batch)).scalar_one()
    if until is None:
        return False
    await session.execute(
        NOTE,
        {
            "after": place.seq,
            "until": until,
            "own": Basis.OWN_RECORD,
            "released": DisclosureOutcome.RELEASED,
            "told": Channel.EVENT,
            "staff": sorted(FOR_PARTNER),
            "kinds": [kind for kind, _ in CLASSES],
            "parts": [category for _, category in CLASSES],
            "rank": int(Rank.MAY_LOSE),
        },
    )
    place.seq = until
    session.info[ANNOUNCED] = True
    return True
