"""add mappings of directories."""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0010'
down_revision: str | Sequence[str] | None = '0009'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('hsds_mapping',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('partner_id', sa.Uuid(), nullable=True),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('description', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('tables', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id']),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('hsds_mapping_name', 'hsds_mapping', ['partner_id', 'name'], unique=True, postgresql_where=sa.text("status = 'active'"), postgresql_nulls_not_distinct=True)
    op.create_index(op.f('ix_hsds_mapping_partner_id'), 'hsds_mapping', ['partner_id'], unique=False)
    op.create_table('hsds_mapping_version',
    sa.Column('mapping_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('tables', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['mapping_id'], ['hsds_mapping.id']),
    sa.PrimaryKeyConstraint('mapping_id', 'version')
    )
    op.create_table('import_mapping',
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('mapping_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('import_id')
    )


def downgrade() -> None:
    op.drop_table('import_mapping')
    op.drop_table('hsds_mapping_version')
    op.drop_index(op.f('ix_hsds_mapping_partner_id'), table_name='hsds_mapping')
    op.drop_index('hsds_mapping_name', table_name='hsds_mapping')
    op.drop_table('hsds_mapping')
