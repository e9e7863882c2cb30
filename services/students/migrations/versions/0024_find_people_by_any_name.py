"""find people by any of their names."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.persistence.folding import FOLDED, NAME_WORDS

revision: str = '0024'
down_revision: str | Sequence[str] | None = '0023'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WORDS = "name_words(given_name, family_name, middle_name, preferred_given_name, preferred_family_name)"


def upgrade() -> None:
    op.execute(FOLDED)
    op.execute(NAME_WORDS)
    op.create_index("person_by_word", "person", [sa.text(WORDS)], unique=False, postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("person_by_word", table_name="person", postgresql_using="gin")
    op.execute("drop function name_words(varchar, varchar, varchar, varchar, varchar)")
    op.execute("drop function folded(text)")
