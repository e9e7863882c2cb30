"""know the own records of partners.

A row of before counts as the partner's own record where the child was placed in the program, or
where somebody of the family or of the partner took one of its steps, as far as the disclosure log
knows the person's role. The others are decided on again: a partner deletes what no ground opens.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0015'
down_revision: str | Sequence[str] | None = '0014'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KNOW = """
    with people as (
      select distinct account_id, organization_id, role in ('guardian', 'student') as family
      from disclosure
      where role in ('guardian', 'student', 'case_worker', 'partner_admin', 'partner_system')
    )
    update engagement e set own_record = e.started_on is not null or exists (
      select 1 from engagement_step s join people p on p.account_id = s.account_id
      where s.engagement_id = e.id and (p.family or p.organization_id = e.partner_id))
"""
DECIDE = """
    insert into review (student_id, partner_id, rank)
    select distinct student_id, partner_id, 1 from engagement
    where not own_record and stage in ('applied', 'waitlisted', 'enrolled', 'active')
"""


def upgrade() -> None:
    op.add_column("engagement", sa.Column("own_record", sa.Boolean(), nullable=True))
    op.add_column("engagement_step", sa.Column("given_by", sa.Uuid(), nullable=True))
    op.add_column("engagement_step", sa.Column("signed_on", sa.Date(), nullable=True))
    op.execute(KNOW)
    op.execute(DECIDE)


def downgrade() -> None:
    op.drop_column("engagement_step", "signed_on")
    op.drop_column("engagement_step", "given_by")
    op.drop_column("engagement", "own_record")
