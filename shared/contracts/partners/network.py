"""Action networks: practitioners of several partners working on one outcome."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.outcomes.outcome import Outcome
from shared.contracts.partners.parts import GIVEN, Name, Named

MEMBERS = 500
PartnerIds = Annotated[set[UUID], Field(max_length=MEMBERS)]


class NetworkStatus(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"


class NetworkDraft(Body):
    """`partner_ids` and `facilitator_id` are members of the partnership; the facilitator is also a
    member of the network."""

    partnership_id: UUID
    name: Name = Field(examples=["Early Reading Network"])
    outcome: Outcome
    charter: str | None = None
    facilitator_id: UUID | None = None
    partner_ids: PartnerIds = set()


class NetworkChange(Body):
    """Fields that are given change; fields that are left out stay. `partner_ids` replaces the
    members."""

    name: Annotated[Name | None, GIVEN] = None
    outcome: Annotated[Outcome | None, GIVEN] = None
    charter: str | None = None
    facilitator_id: UUID | None = None
    status: Annotated[NetworkStatus | None, GIVEN] = None
    partner_ids: Annotated[PartnerIds | None, GIVEN] = None


class Network(Answer):
    id: UUID
    version: int
    partnership_id: UUID
    partnership_name: str
    name: str
    outcome: Outcome
    charter: str | None
    status: NetworkStatus
    facilitator_id: UUID | None
    facilitator_name: str | None
    formed_on: date
    members: list[Named] = Field(description="The member partners, by name.")


class NetworkFormed(Event):
    """Partners began to work together on one outcome."""

    type: ClassVar[str] = "partners.network.formed.v1"

    network_id: UUID
    partnership_id: UUID
    name: str
    outcome: Outcome
    status: NetworkStatus
    partner_ids: list[UUID]


class NetworkChanged(Event):
    """A network has another charter, other members or another status."""

    type: ClassVar[str] = "partners.network.changed.v1"

    network_id: UUID
    partnership_id: UUID
    name: str
    outcome: Outcome
    status: NetworkStatus
    partner_ids: list[UUID]
