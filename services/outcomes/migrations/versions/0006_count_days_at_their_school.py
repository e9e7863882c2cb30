"""count days at their school.

The release before goes on with `school_attendance`, which the next release drops. The worker of this
release adds each year up again, and asks students for the days of each school.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0006'
down_revision: str | Sequence[str] | None = '0005'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NO_SCHOOL = "'00000000-0000-0000-0000-000000000000'"
PART = """
    jsonb_build_object('place', {place}, 'days_enrolled', days_enrolled,
      'hundredths_attended', 100 * days_attended, 'judged', (days_enrolled >= 10)::int,
      'absent', (days_enrolled >= 10
        and 10 * (days_enrolled - days_attended) >= days_enrolled)::int)
"""
PLACE = f"case when school_id = {NO_SCHOOL} then '' else school_id::text end"
PARTS = f"""
    update attendance_measure set judged_from = 10, parts =
      jsonb_build_array({PART.format(place="'all'")}, {PART.format(place=PLACE)})
    where days_enrolled > 0
"""
SUMS = """
    insert into attendance_sum (school_year, place, grade, students, judged, chronically_absent,
      days_enrolled, hundredths_attended, as_of)
    select m.school_year, p.place, coalesce(m.grade, 'Other'), count(*), sum(p.judged),
      sum(p.absent), sum(p.days_enrolled), sum(p.hundredths_attended), max(m.as_of)
    from attendance_measure m cross join lateral jsonb_to_recordset(m.parts) as p (place text,
      days_enrolled int, hundredths_attended int, judged int, absent int)
    group by 1, 2, 3
"""


def upgrade() -> None:
    op.create_table(
        "attendance_sum",
        sa.Column("school_year", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("students", sa.Integer(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("chronically_absent", sa.Integer(), nullable=False),
        sa.Column("days_enrolled", sa.BigInteger(), nullable=False),
        sa.Column("hundredths_attended", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("school_year", "place", "grade"),
    )
    op.add_column("attendance_measure", sa.Column("hundredths_attended", sa.Integer(), nullable=True))
    op.add_column("attendance_measure", sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False))
    op.add_column("attendance_measure", sa.Column("added", sa.Integer(), nullable=True))
    op.add_column("attendance_measure", sa.Column("judged_from", sa.Integer(), nullable=True))
    op.create_index(
        "attendance_measure_stale", "attendance_measure", ["id"], unique=False,
        postgresql_where=sa.text("added is distinct from version"),
    )
    op.execute(PARTS)
    op.execute(SUMS)


def downgrade() -> None:
    op.drop_index("attendance_measure_stale", table_name="attendance_measure")
    for column in ("judged_from", "added", "parts", "hundredths_attended"):
        op.drop_column("attendance_measure", column)
    op.drop_table("attendance_sum")
