"""find consents by partner."""

from collections.abc import Sequence

from alembic import op

revision: str = '0012'
down_revision: str | Sequence[str] | None = '0011'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_consent_partner_id", "consent", ["partner_id"])
    op.create_index("ix_consent_partner_kind", "consent", ["partner_kind"])


def downgrade() -> None:
    op.drop_index("ix_consent_partner_kind", table_name="consent")
    op.drop_index("ix_consent_partner_id", table_name="consent")
