"""How rows become documents of HSDS 3.0."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.partners.exchange.hsds_import.rules import PARTNER, PROGRAM, SITE, document_of

Row = dict[str, Any]


@dataclass(frozen=True)
class Pieces:
    """`places`: where each program takes place, with what is said of it there. `ids`: under
    which id each record goes out."""

    partners: dict[UUID, Row]
    sites: dict[UUID, Row]
    programs: dict[UUID, Row]
    places: dict[UUID, list[tuple[UUID, Row]]]
    ids: dict[UUID, str]

    def organization_in_full(self, partner_id: UUID) -> Row:
        document = self.organization(partner_id)
        locations = [id for id, site in self.sites.items() if site["partner_id"] == partner_id]
        services = [id for id, row in self.programs.items() if row["partner_id"] == partner_id]
        if locations:
            document["locations"] = [self.location(id) for id in locations]
        if services:
            document["services"] = [self.service(id) for id in services]
        return document

    def service_in_full(self, program_id: UUID) -> Row:
        partner_id = self.programs[program_id]["partner_id"]
        return self.service(program_id) | {"organization": self.organization(partner_id)}

    def organization(self, partner_id: UUID) -> Row:
        """A description is needed in HSDS, and not here."""
        partner = self.partners[partner_id]
        document = document_of(PARTNER, partner, self.ids[partner_id])
        document.setdefault("description", "")
        if partner["parent_id"] is not None:
            document["parent_organization_id"] = self.ids[partner["parent_id"]]
        return document

    def location(self, site_id: UUID) -> Row:
        return document_of(SITE, self.sites[site_id], self.ids[site_id])

    def service(self, program_id: UUID) -> Row:
        document = document_of(PROGRAM, self.programs[program_id], self.ids[program_id])
        places = [
            said | {"location": self.location(site_id)}
            for site_id, said in self.places.get(program_id, [])
        ]
        return document | ({"service_at_locations": places} if places else {})
