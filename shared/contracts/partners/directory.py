"""The directory in one answer, for the pages that the gateway composes."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer
from shared.contracts.partners.network import Network
from shared.contracts.partners.partner import Partner, PartnerKind
from shared.contracts.partners.partnership import Member, Partnership
from shared.contracts.partners.pipeline import PipelineSummary
from shared.contracts.partners.program import Program
from shared.contracts.partners.site import Site


class PartnerProfile(Answer):
    partner: Partner
    sites: list[Site]
    programs: list[Program]


class PartnershipProfile(Answer):
    """A partnership with today's members, its networks and its pipelines."""

    partnership: Partnership
    members: list[Member]
    networks: list[Network]
    pipelines: list[PipelineSummary]


class ListedPartner(Answer):
    id: UUID
    name: str
    kind: PartnerKind
    description: str | None
    url: str | None


class ListedProgram(Answer):
    id: UUID
    name: str
    description: str | None
    url: str | None
    partner_id: UUID
    partner_name: str
    minimum_age: int | None
    maximum_age: int | None
    grades: list[str]
    application_process: str | None


class Directory(Answer):
    """Active partners and their open programs, by name. `more` is true where there are others."""

    partners: list[ListedPartner]
    programs: list[ListedProgram]
    more: bool


class DirectoryHit(Answer):
    """One hit of the platform's search over all services. `matched`: the fields that match."""

    id: UUID
    kind: Literal["partner", "program"]
    title: str
    summary: str | None
    score: float = Field(ge=0, le=1)
    matched: list[str]


class DirectoryHits(Answer):
    items: list[DirectoryHit]
