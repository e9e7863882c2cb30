"""note what partners read."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0013'
down_revision: str | Sequence[str] | None = '0012'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for name in ("read", "read_own"):
        op.add_column(
            "held",
            sa.Column(name, postgresql.ARRAY(sa.String()), server_default="{}", nullable=False),
        )
    op.create_table(
        "read_until",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("read_until")
    op.drop_column("held", "read_own")
    op.drop_column("held", "read")
