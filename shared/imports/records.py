"""The tables of imports: each service has its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.contracts.imports import ImportState
from shared.persistence.records import new_id, utc_now

QUEUED_APART = "preview_queued"
"""A state of its own: an earlier release beside this one knows no previews, confirmations or
mappings, and would carry out whatever is queued."""
WAITING = (ImportState.QUEUED, QUEUED_APART)


class ImportJobRow(SQLModel, table=True):
    """`file` is kept until the job has ended. `effects` of a job that needs a confirmation, or has
    it (`confirmed_by`), are those that somebody is asked to confirm, or has confirmed."""

    __tablename__ = "import_job"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str
    state: str = Field(default=ImportState.QUEUED, index=True)
    caller: dict[str, Any] = Field(sa_type=JSONB)
    account_id: UUID
    partner_id: UUID | None = None
    file: bytes | None = Field(default=None, sa_type=LargeBinary)
    counts: dict[str, int] = Field(default={}, sa_type=JSONB)
    problems: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    problem_count: int = 0
    remarks: list[dict[str, Any]] = Field(
        default=[], sa_type=JSONB, sa_column_kwargs={"server_default": "[]"}
    )
    remark_count: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    preview: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    effects: list[dict[str, Any]] = Field(
        default=[], sa_type=JSONB, sa_column_kwargs={"server_default": "[]"}
    )
    confirmed_by: UUID | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=DateTime(timezone=True))
    finished_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    expires_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


import_job: Any = ImportJobRow


class ImportProgressRow(SQLModel, table=True):
    """A job's progress, apart from the job, whose row is locked while it runs."""

    __tablename__ = "import_progress"

    id: UUID = Field(primary_key=True)
    progress: float = 0.0
    attempts: int = 0


import_progress: Any = ImportProgressRow
