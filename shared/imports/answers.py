"""A job as the API shows it."""

from uuid import UUID

from sqlalchemy import or_, select, text

from shared.contracts.imports import ImportJob, ImportState
from shared.imports.mapped import import_mapping
from shared.imports.records import WAITING, import_job, import_progress
from shared.persistence.database import Reading
from shared.persistence.queries import unknown
from shared.security.principal import Principal, Role


async def job_of(
    reader: Reading, caller: Principal, import_id: UUID, *, is_mapped: bool
) -> ImportJob:
    """The job, where the caller may see it: its sender, the colleagues at the sender's partner, and
    the operator. Raises the same refusal for one of others as for none. `is_mapped`: the service has
    a kind of import that reads by mappings."""
    own = or_(
        import_job.account_id == caller.account_id,
        import_job.partner_id == caller.partner_id if caller.partner_id else text("false"),
    )
    columns = (
        import_job.id, import_job.kind, import_job.state, import_job.counts, import_job.problems,
        import_job.problem_count, import_job.remarks, import_job.remark_count, import_job.preview,
        import_job.effects, import_job.created_at, import_job.finished_at, import_job.expires_at,
        import_progress.progress,
    )  # fmt: skip
    found = select(*columns).join(
        import_progress, import_progress.id == import_job.id, isouter=True
    ).where(import_job.id == import_id)  # fmt: skip
    if is_mapped:
        found = found.add_columns(
            import_mapping.mapping_id, import_mapping.version.label("mapping_version")
        ).join(import_mapping, import_mapping.import_id == import_job.id, isouter=True)
    if caller.role is not Role.OPERATOR:
        found = found.where(own)
    row = (await reader.execute(found)).mappings().one_or_none()
    if row is None:
        raise unknown("import")
    state = ImportState.QUEUED if row["state"] in WAITING else ImportState(row["state"])
    progress = row["progress"] or 0.0
    if state is ImportState.QUEUED and row["progress"] is not None:
        state = ImportState.RUNNING
    return ImportJob.model_validate(
        {**row, "state": state, "progress": 1.0 if row["finished_at"] else progress}
    )
