"""The directory for the gateway's composed pages. It is public."""

from uuid import UUID

from sqlalchemy import text

from services.partners.directory.partners.queries import one_partner
from services.partners.directory.programs.queries import programs_of
from services.partners.directory.sites.queries import sites_of
from services.partners.partnerships.networks.queries import networks_of
from services.partners.partnerships.partnerships.queries import members_now, one_partnership
from services.partners.partnerships.pipelines.queries import pipelines_of
from shared.contracts.partners.directory import (
    Directory,
    DirectoryHit,
    DirectoryHits,
    ListedPartner,
    ListedProgram,
    PartnerProfile,
    PartnershipProfile,
)
from shared.formats.texts import folded
from shared.persistence.database import Reading
from shared.persistence.folding import Begun, tsquery
from shared.persistence.queries import many

MOST = 200  # of each kind on a page
MOST_MEMBERS = 500
MOST_WORDS = 20
PARTNERS = text("""
    select id, name, kind, description, url from partner
    where status = 'active' order by name, id limit :most
""")
PROGRAMS = text("""
    select program.id, program.name, program.description, program.url, partner_id,
      partner.name as partner_name, minimum_age, maximum_age, grades, application_process
    from program join partner on partner.id = partner_id
    where program.status = 'active' and partner.status = 'active'
    order by program.name, program.id limit :most
""")
# A whole name scores 1, the beginning of a name slightly less; words of a name score above words of
# a description.
HIT = """
    select id, '{kind}' as kind, name as title, left(description, 280) as summary,
      case when folded(name) = :folded then 1.0
           when starts_with(folded(name), :folded) then 0.95
           else case when to_tsvector('simple', searchable(name)) @@ query then 0.5 else 0 end
                + 0.4 * ts_rank('{{0.05, 0.1, 0.4, 1}}', folded_words, query, 32) end as score,
      array_remove(array[
        case when to_tsvector('simple', searchable(name)) @@ query then 'name' end,
        case when to_tsvector('simple', searchable(coalesce(alternate_name, ''))) @@ query
             then 'alternate_name' end,
        case when to_tsvector('english', searchable(coalesce(description, ''))) @@ query
             or to_tsvector('simple', searchable(coalesce(description, ''))) @@ query
             then 'description' end
      ], null) as matched
    from {kind}, asked where folded_words @@ query and status not in ('closed', 'defunct')
"""
SEARCH = text(f"""
    with asked as (
      select to_tsquery('simple', :begun) || to_tsquery('english', :whole) as query
    ), hits as (
      ({HIT.format(kind="partner")} order by score desc, id limit :most)
      union all
      ({HIT.format(kind="program")} order by score desc, id limit :most)
    )
    select * from hits order by score desc, title, id limit :most
""")


async def partner_profile(reader: Reading, partner_id: UUID) -> PartnerProfile:
    return PartnerProfile(
        partner=await one_partner(reader, partner_id),
        sites=await sites_of(reader, partner_id, MOST),
        programs=await programs_of(reader, partner_id, MOST),
    )


async def partnership_profile(reader: Reading, partnership_id: UUID) -> PartnershipProfile:
    return PartnershipProfile(
        partnership=await one_partnership(reader, partnership_id),
        members=await members_now(reader, partnership_id, MOST_MEMBERS),
        networks=await networks_of(reader, partnership_id, MOST),
        pipelines=await pipelines_of(reader, partnership_id, MOST),
    )


async def directory(reader: Reading) -> Directory:
    beyond = {"most": MOST + 1}
    partners = await many(reader, PARTNERS.bindparams(**beyond), ListedPartner)
    programs = await many(reader, PROGRAMS.bindparams(**beyond), ListedProgram)
    return Directory(
        partners=partners[:MOST],
        programs=programs[:MOST],
        more=max(len(partners), len(programs)) > MOST,
    )


async def search(reader: Reading, words: str, limit: int) -> DirectoryHits:
    """The best hits first; the last word may be the beginning of a word."""
    begun, whole = (tsquery(words, which, MOST_WORDS) for which in (Begun.LAST, Begun.NONE))
    if not begun:
        return DirectoryHits(items=[])
    given = {"begun": begun, "whole": whole, "folded": folded(words), "most": limit}
    return DirectoryHits(items=await many(reader, SEARCH.bindparams(**given), DirectoryHit))
