"""search folded words.

The release before searches the column `words`, which the next release drops.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.persistence.folding import SEARCHABLE

revision: str = '0004'
down_revision: str | Sequence[str] | None = '0003'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WORDS = " || ".join(
    f"setweight(to_tsvector('{language}', searchable({column})), '{weight}')"
    for column, weight in (("name", "A"), ("topics", "B"), ("description", "C"), ("makers", "D"))
    for language in ("english", "simple")
)


def upgrade() -> None:
    op.execute(SEARCHABLE)
    words = sa.Column("folded_words", postgresql.TSVECTOR(), sa.Computed(WORDS, persisted=True), nullable=True)
    op.add_column("resource", words)
    op.create_index(
        "resource_folded_search", "resource", ["folded_words", "facets"], unique=False, postgresql_using="gin",
        postgresql_where=sa.text("status = 'shared'"),
    )


def downgrade() -> None:
    op.drop_index("resource_folded_search", table_name="resource", postgresql_using="gin")
    op.drop_column("resource", "folded_words")
    op.execute("drop function searchable(text)")
