"""keep remarks of imports."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0003'
down_revision: str | Sequence[str] | None = '0002'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("import_job", sa.Column("remarks", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False))
    op.add_column("import_job", sa.Column("remark_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("import_job", sa.Column("preview", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("import_job", sa.Column("effects", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False))
    op.add_column("import_job", sa.Column("confirmed_by", sa.Uuid(), nullable=True))
    op.add_column("import_job", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("expires_at", "confirmed_by", "effects", "preview", "remark_count", "remarks"):
        op.drop_column("import_job", name)
