"""search folded words.

The release before searches the column `words`, which the next release drops.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.persistence.folding import FOLDED, SEARCHABLE

revision: str = '0012'
down_revision: str | Sequence[str] | None = '0011'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("partner", "program")
WORDS = (
    "setweight(to_tsvector('simple', searchable(name || ' ' || coalesce(alternate_name, ''))), 'A')"
    " || setweight(to_tsvector('english', searchable(coalesce(description, ''))), 'C')"
    " || setweight(to_tsvector('simple', searchable(coalesce(description, ''))), 'D')"
)


def upgrade() -> None:
    op.execute(FOLDED)
    op.execute(SEARCHABLE)
    for table in TABLES:
        words = sa.Column("folded_words", postgresql.TSVECTOR(), sa.Computed(WORDS, persisted=True), nullable=True)
        op.add_column(table, words)
        op.create_index(f"{table}_folded_words", table, ["folded_words"], unique=False, postgresql_using="gin")


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"{table}_folded_words", table_name=table, postgresql_using="gin")
        op.drop_column(table, "folded_words")
    op.execute("drop function searchable(text)")
    op.execute("drop function folded(text)")
