"""find what is open."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0014'
down_revision: str | Sequence[str] | None = '0013'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "retraction_open_of_source", "retraction", ["source", "id"],
        postgresql_where=sa.text("received_at is null"),
    )  # fmt: skip
    op.create_index("erasure_of_status", "erasure", ["source", "status", "id"])


def downgrade() -> None:
    op.drop_index("erasure_of_status", table_name="erasure")
    op.drop_index("retraction_open_of_source", table_name="retraction")
