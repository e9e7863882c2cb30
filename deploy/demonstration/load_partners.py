"""Loads partners, sites, programs, partnerships with members, networks and pipelines."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from deploy.demonstration.directory import hsds, imported, places, profile, program, site
from deploy.demonstration.gateway import Caller, Json, together
from deploy.demonstration.organizations import Offer, Organization
from deploy.demonstration.partnerships import (
    EVERYBODY,
    PARTNERSHIPS,
    Network,
    Partnership,
    Pipeline,
)
from deploy.demonstration.schools import DISTRICT_NAME, SCHOOLS

Shown = Callable[[float], None]


@dataclass
class Directory:
    """What partners knows, by name."""

    partners: dict[str, str] = field(default_factory=dict)
    programs: dict[str, str] = field(default_factory=dict)
    partnerships: dict[str, str] = field(default_factory=dict)


async def load_organizations(caller: Caller, known: Directory, shown: Shown) -> None:
    """Those that do not come with the directory's file; then the district's schools."""
    known.partners |= await _names(caller, "/v1/partners")
    from_file = {each.name for each in imported()}
    await together(
        (
            _ensure(caller, "/v1/partners", known.partners, profile(each))
            for each in EVERYBODY
            if each.name not in from_file
        ),
        shown,
    )
    above = {"kind": "school", "parent_id": known.partners[DISTRICT_NAME]}
    await together(
        (
            _ensure(caller, "/v1/partners", known.partners, {"name": school.name, **above})
            for school in SCHOOLS
        ),
        shown,
    )


async def load_programs(caller: Caller, known: Directory, shown: Shown) -> None:
    """The directory's file, and by hand what it does not hold: others' sites and programs, and
    how many places a program has for whom."""
    await caller.imported("hsds", ("directory.json", hsds()), shown)
    known.partners |= await _names(caller, "/v1/partners")
    sites = await _names(caller, "/v1/sites")
    there = {each["name"]: each for each in await caller.every("/v1/programs")}
    known.programs |= {name: each["id"] for name, each in there.items()}
    from_file = {each.name for each in imported()}
    await together(
        (_offer(caller, known, sites, each) for each in EVERYBODY if each.name not in from_file),
        shown,
    )
    offers = [(there[offer.name], offer) for each in imported() for offer in each.offers]
    await together((_give_places(caller, found, offer) for found, offer in offers), shown)


async def _offer(
    caller: Caller, known: Directory, sites: dict[str, str], of: Organization
) -> None:
    above = {"partner_id": known.partners[of.name]}
    site_id = await _ensure(caller, "/v1/sites", sites, above | site(of))
    for offer in of.offers:
        body = above | program(offer) | places(offer) | {"site_ids": [site_id]}
        await _ensure(caller, "/v1/programs", known.programs, body)


async def _give_places(caller: Caller, found: Json, offer: Offer) -> None:
    wanted = places(offer)
    if any(found[name] != value for name, value in wanted.items()):
        await caller.patch(f"/v1/programs/{found['id']}", wanted, found["version"])


async def load_partnerships(caller: Caller, known: Directory, year: int, shown: Shown) -> None:
    known.partnerships |= await _names(caller, "/v1/partnerships")
    await together((_partnership(caller, known, year, each) for each in PARTNERSHIPS), shown)


async def _partnership(caller: Caller, known: Directory, year: int, of: Partnership) -> None:
    began = f"{date(year - of.years_ago, 9, 1)}"
    id = await _ensure(
        caller, "/v1/partnerships", known.partnerships,
        {"name": of.name, "purpose": of.purpose, "place": of.place, "started_on": began},
    )  # fmt: skip
    members = {each["name"] for each in await caller.every(f"/v1/partnerships/{id}/members")}
    for each in EVERYBODY:
        if each.name in of.members and each.name not in members:
            body = {"partner_id": known.partners[each.name], "roles": of.roles(each),
                    "joined_on": began}  # fmt: skip
            await caller.post(
                f"/v1/partnerships/{id}/members", body, f"{of.name[:20]} {each.name}"
            )
    networks = await _names(caller, "/v1/networks", partnership_id=id)
    for network in of.networks:
        await _ensure(caller, "/v1/networks", networks, _network(known, id, network))
    pipelines = await _names(caller, "/v1/pipelines", partnership_id=id)
    for pipeline in of.pipelines:
        await _ensure(caller, "/v1/pipelines", pipelines, _pipeline(known, id, pipeline))


def _network(known: Directory, partnership_id: str, of: Network) -> Json:
    members = [known.partners[name] for name in of.members]
    return {
        "partnership_id": partnership_id, "name": of.name, "outcome": of.outcome,
        "charter": of.charter, "facilitator_id": members[0], "partner_ids": members,
    }  # fmt: skip


def _pipeline(known: Directory, partnership_id: str, of: Pipeline) -> Json:
    return {
        "partnership_id": partnership_id, "name": of.name, "description": of.about,
        "from_age": of.ages[0], "to_age": of.ages[1],
        "program_ids": [known.programs[name] for name in of.offers],
    }  # fmt: skip


async def _names(caller: Caller, path: str, **query: Any) -> dict[str, str]:
    return {each["name"]: each["id"] for each in await caller.every(path, **query)}


async def _ensure(caller: Caller, path: str, known: dict[str, str], body: Json) -> str:
    """The id of what has this name; makes it where it is not there."""
    name = body["name"]
    if name not in known:
        made = await caller.post(path, body, f"{path[4:]} {name}")
        known[name] = made["id"]
    return known[name]
