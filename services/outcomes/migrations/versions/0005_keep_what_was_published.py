"""keep what was published."""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = '0005'
down_revision: str | Sequence[str] | None = '0004'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GROUP = ['scorecard_id', 'indicator_id', 'dimension', 'group']
ONE_PER_GROUP = 'target_scorecard_id_indicator_id_dimension_group_key'


def upgrade() -> None:
    op.add_column('target', sa.Column('definition', sa.Integer(), nullable=True))
    op.drop_constraint(ONE_PER_GROUP, 'target', type_='unique')
    op.create_unique_constraint(None, 'target', [*GROUP[:2], 'definition', *GROUP[2:]])
    op.add_column('edition', sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        'edition', sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True)
    )
    for other in ('replaced_by', 'replaces'):
        op.add_column('edition', sa.Column(other, sa.Uuid(), nullable=True))
        op.create_foreign_key(None, 'edition', 'edition', [other], ['id'])
    op.create_table(
        'published_table',
        sa.Column('edition_id', sa.Uuid(), nullable=False),
        sa.Column('indicator_id', sa.Uuid(), nullable=False),
        sa.Column('definition', sa.Integer(), nullable=False),
        sa.Column('period', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('place_ids', sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column('covers', sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column('minimum_cell', sa.Integer(), nullable=False),
        sa.Column('as_of', sa.DateTime(timezone=True), nullable=False),
        sa.Column('cells', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(['edition_id'], ['edition.id']),
        sa.ForeignKeyConstraint(['indicator_id'], ['indicator.id']),
        sa.PrimaryKeyConstraint('edition_id', 'indicator_id', 'definition', 'period'),
    )
    op.create_index(
        op.f('ix_published_table_indicator_id'), 'published_table', ['indicator_id']
    )
    op.add_column('measured_partnership', sa.Column('status', sa.String(), nullable=True))
    # Parts that an earlier release wrote have no series of earlier definitions.
    op.execute('update report_part set changed = changed + 1')


def downgrade() -> None:
    op.drop_table('published_table')
    op.drop_column('measured_partnership', 'status')
    for name in ('replaces', 'replaced_by', 'reason', 'withdrawn_at'):
        op.drop_column('edition', name)
    op.drop_constraint(
        'target_scorecard_id_indicator_id_definition_dimension_group_key', 'target', type_='unique'
    )
    op.create_unique_constraint(ONE_PER_GROUP, 'target', GROUP)
    op.drop_column('target', 'definition')
