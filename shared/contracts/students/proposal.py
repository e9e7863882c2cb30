"""Proposals of school or district that a family apply for a program."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.students.engagement import Reason
from shared.contracts.students.student import StudentName


class ProposalStatus(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    """The family has applied."""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """By school or district."""
    LAPSED = "lapsed"
    """Nobody answered in time."""


class ProposalDraft(Body):
    """A question to the family. The program's partner learns of the child when the family applies."""

    student_id: UUID
    program_id: UUID
    reason: Reason | None = Field(default=None, description="Words to the family.")


class Proposal(Answer):
    id: UUID
    version: int
    student_id: UUID
    student_name: StudentName = None
    program_id: UUID
    program_name: str
    partner_id: UUID
    partner_name: str | None
    reason: str | None
    status: ProposalStatus
    proposed_by: UUID = Field(description="The account of the school or district.")
    proposed_at: datetime
    expires_on: date = Field(description="The last day on which the family can answer.")
    engagement_id: UUID | None
    given_by: UUID | None = Field(description="The person with rights in the record who answered.")
    signed_on: date | None = Field(description="The day of an answer on paper.")
    answered_at: datetime | None


class ProposalChanged(Event):
    """A proposal to a family was made, was answered, or was withdrawn."""

    type: ClassVar[str] = "students.proposal.changed.v1"

    proposal_id: UUID
    student_id: UUID
    program_id: UUID
    status: ProposalStatus
