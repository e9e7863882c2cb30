"""keep the seals of disclosures apart.

No statement here waits for a writer or a reader of the log. The sealer copies the seals that stand
in the log, in steps; until the next release drops the columns, the release before goes on inserting
rows and fails to seal them.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0027'
down_revision: str | Sequence[str] | None = '0026'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

REFUSE = """
    create or replace function disclosure_append_only() returns trigger language plpgsql as $$
    begin
      raise exception 'the disclosure log is only appended to';
    end $$
"""
GUARD = """
    create trigger disclosure_seal_append_only before update or delete or truncate on disclosure_seal
    for each statement execute function disclosure_append_only()
"""
REFUSE_BUT_A_SEAL = """
    create or replace function disclosure_append_only() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and old.seq is null and new.seq is not null
         and to_jsonb(new) - 'seq' - 'hash' = to_jsonb(old) - 'seq' - 'hash' then
        return new;
      end if;
      raise exception 'the disclosure log is only appended to';
    end $$
"""
PUT_BACK = """
    update disclosure d set seq = s.seq, hash = s.hash
    from disclosure_seal s where s.position = d.position and d.seq is null
"""


def upgrade() -> None:
    op.create_table(
        "disclosure_seal",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("position"),
    )
    op.create_table(
        "sealed_until",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(REFUSE)
    op.execute(GUARD)


def downgrade() -> None:
    op.execute(REFUSE_BUT_A_SEAL)
    op.execute(PUT_BACK)
    op.drop_table("sealed_until")
    op.drop_table("disclosure_seal")
