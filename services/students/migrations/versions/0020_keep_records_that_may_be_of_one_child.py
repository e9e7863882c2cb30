"""keep records that may be of one child."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0020'
down_revision: str | Sequence[str] | None = '0019'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "possible_duplicate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("earlier_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["earlier_id"], ["student.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "possible_duplicate_records", "possible_duplicate", ["student_id", "earlier_id"],
        unique=True,
    )  # fmt: skip
    op.create_index(
        "possible_duplicate_of_status", "possible_duplicate", ["source", "status", "id"]
    )
    op.create_index(
        op.f("ix_possible_duplicate_earlier_id"), "possible_duplicate", ["earlier_id"]
    )
    op.create_index("student_of_birth_date", "student", ["source", "birth_date"])


def downgrade() -> None:
    op.drop_index("student_of_birth_date", table_name="student")
    op.drop_table("possible_duplicate")
