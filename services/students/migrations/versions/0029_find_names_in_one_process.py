"""find names in one process."""

from collections.abc import Sequence

from alembic import op

revision: str = '0029'
down_revision: str | Sequence[str] | None = '0028'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME_WORDS = "name_words(varchar, varchar, varchar, varchar, varchar)"


def upgrade() -> None:
    op.execute(f"alter function {NAME_WORDS} parallel restricted")


def downgrade() -> None:
    op.execute(f"alter function {NAME_WORDS} parallel safe")
