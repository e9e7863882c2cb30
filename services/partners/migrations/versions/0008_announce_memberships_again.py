"""announce memberships again."""

from collections.abc import Sequence

from alembic import op

revision: str = '0008'
down_revision: str | Sequence[str] | None = '0007'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# For the copy of partners' staff in students, whichever of the two is upgraded first: students asks
# for them again by its migration 0018.
ANNOUNCE = """
    with live as (
        update membership set version = version + 1 where status = 'live'
        returning id, version, account_id, role, partner_id, person_id
    )
    insert into outbox (event_id, type, aggregate_id, aggregate_version, time, data)
    select gen_random_uuid(), 'partners.membership.granted.v1', id, version, now(),
           jsonb_build_object('membership_id', id, 'account_id', account_id, 'role', role,
                              'partner_id', partner_id, 'person_id', person_id)::text
    from live order by id
"""


def upgrade() -> None:
    op.execute(ANNOUNCE)


def downgrade() -> None:
    """An announced event stays announced."""
