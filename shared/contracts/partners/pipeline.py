"""Pipelines: programs in the order in which a child grows through them."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, model_validator

from shared.contracts.base import Answer, Body, Event
from shared.contracts.partners.parts import GIVEN, Age, Name
from shared.contracts.partners.program import ProgramStatus

STEPS = 100
ProgramIds = Annotated[list[UUID], Field(max_length=STEPS)]


class PipelineDraft(Body):
    """A pipeline belongs to one partnership or to one partner. It is meant to cover `from_age` to
    `to_age`, in completed years, both included."""

    name: Name = Field(examples=["Cradle to College"])
    description: str | None = None
    partnership_id: UUID | None = None
    partner_id: UUID | None = None
    from_age: Age | None = None
    to_age: Age | None = None
    program_ids: ProgramIds = []

    @model_validator(mode="after")
    def _one_owner(self) -> "PipelineDraft":
        if (self.partnership_id is None) == (self.partner_id is None):
            raise ValueError("a pipeline belongs to one partnership or to one partner")
        return self


class PipelineChange(Body):
    """Fields that are given change; fields that are left out stay. `program_ids` replaces the
    steps."""

    name: Annotated[Name | None, GIVEN] = None
    description: str | None = None
    from_age: Age | None = None
    to_age: Age | None = None
    program_ids: Annotated[ProgramIds | None, GIVEN] = None


class AgeSpan(Answer):
    """A span of ages in completed years, both included."""

    from_age: int
    to_age: int


class Step(Answer):
    """A program of a pipeline. `ages` come from the program's ages, else from its grades; null
    where it has neither."""

    program_id: UUID
    name: str
    partner_id: UUID
    partner_name: str
    status: ProgramStatus
    grades: list[str]
    ages: AgeSpan | None


class PipelineSummary(Answer):
    id: UUID
    version: int
    name: str
    description: str | None
    partnership_id: UUID | None
    partnership_name: str | None
    partner_id: UUID | None
    partner_name: str | None
    from_age: int | None
    to_age: int | None
    program_ids: list[UUID]
    program_names: list[str] = Field(description="In the order of the ids.")


class Pipeline(PipelineSummary):
    """A pipeline. `gaps` are the ages that no active step covers, `unplaced` the steps without
    ages."""

    steps: list[Step]
    gaps: list[AgeSpan]
    unplaced: list[UUID]


class PipelineFormed(Event):
    """Programs were put in order as a pipeline."""

    type: ClassVar[str] = "partners.pipeline.formed.v1"

    pipeline_id: UUID
    partnership_id: UUID | None
    partner_id: UUID | None
    name: str
    program_ids: list[UUID]


class PipelineChanged(Event):
    """A pipeline has another name, purpose or other steps."""

    type: ClassVar[str] = "partners.pipeline.changed.v1"

    pipeline_id: UUID
    partnership_id: UUID | None
    partner_id: UUID | None
    name: str
    program_ids: list[UUID]
