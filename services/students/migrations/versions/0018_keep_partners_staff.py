"""keep partners' staff."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0018'
down_revision: str | Sequence[str] | None = '0017'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Where events of partners were handled before there was this copy, partners announces the
# memberships in force again. A partners of the release before does not react to this; it announces
# them by its own migration 0008.
ASK = """
    with copy as (select gen_random_uuid() as id)
    insert into outbox (event_id, type, aggregate_id, aggregate_version, time, data)
    select gen_random_uuid(), 'students.workers.asked.v1', copy.id, 1, now(),
           jsonb_build_object('record_id', copy.id)::text
    from copy where exists (select 1 from heard where source = 'partners')
"""


def upgrade() -> None:
    op.create_table(
        "partner_worker",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("membership_id"),
    )
    op.create_index("partner_worker_of_partner", "partner_worker", ["partner_id", "account_id"])
    op.execute(ASK)


def downgrade() -> None:
    op.drop_table("partner_worker")
