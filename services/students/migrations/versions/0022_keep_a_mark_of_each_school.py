"""keep a mark of each school.

The release before writes `attendance_day`, one mark a student and day, and cannot write a table with
another key. Until the next release drops it, triggers carry each change of either table into the
other: a mark of the release before is one of its school, and of several schools' marks the release
before reads the last. The totals are counted again by the worker of this release, without stopping.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0022'
down_revision: str | Sequence[str] | None = '0021'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NO_SCHOOL = "'00000000-0000-0000-0000-000000000000'::uuid"
# At depth 2 the change is already one that the other table's trigger has made.
FROM_DAYS = f"""
    create function attendance_days_are_marks() returns trigger language plpgsql as $$
    begin
      if pg_trigger_depth() > 1 then return null; end if;
      if tg_op = 'DELETE' then
        delete from attendance_mark m using told t
        where m.student_id = t.student_id and m.held_on = t.held_on;
        return null;
      end if;
      insert into attendance_mark as m (student_id, held_on, school_id, category)
      select student_id, held_on, coalesce(school_id, {NO_SCHOOL}), category from told
      on conflict (student_id, held_on, school_id) do update
        set category = excluded.category, hundredths = null
        where m.category <> excluded.category;
      return null;
    end $$
"""
FROM_MARKS = f"""
    create function attendance_marks_are_days() returns trigger language plpgsql as $$
    begin
      if pg_trigger_depth() > 1 then return null; end if;
      if tg_op = 'DELETE' then
        delete from attendance_day d using told t
        where d.student_id = t.student_id and d.held_on = t.held_on
          and d.school_id is not distinct from nullif(t.school_id, {NO_SCHOOL});
        insert into attendance_day (student_id, held_on, category, school_id)
        select m.student_id, m.held_on, m.category, nullif(m.school_id, {NO_SCHOOL})
        from attendance_mark m join told t using (student_id, held_on)
        on conflict (student_id, held_on) do nothing;
        return null;
      end if;
      insert into attendance_day as d (student_id, held_on, category, school_id)
      select distinct on (student_id, held_on) student_id, held_on, category,
        nullif(school_id, {NO_SCHOOL})
      from told order by student_id, held_on, school_id
      on conflict (student_id, held_on) do update
        set category = excluded.category, school_id = excluded.school_id;
      return null;
    end $$
"""
TRIGGERS = (
    ("attendance_day", "attendance_days_are_marks"),
    ("attendance_mark", "attendance_marks_are_days"),
)
ACTS = (("insert", "new"), ("update", "new"), ("delete", "old"))


def upgrade() -> None:
    op.create_table(
        "attendance_mark",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("hundredths", sa.SmallInteger(), nullable=True),
    )
    # In the order of every writer; readers go on until the columns come at the end.
    op.execute("lock table attendance_total in share row exclusive mode")
    op.execute("lock table attendance_day in share row exclusive mode")
    op.execute(f"""
        insert into attendance_mark (student_id, held_on, school_id, category)
        select student_id, held_on, coalesce(school_id, {NO_SCHOOL}), category from attendance_day
        order by student_id, held_on
    """)
    op.create_primary_key("attendance_mark_pkey", "attendance_mark", ["student_id", "held_on", "school_id"])
    op.create_index(
        "attendance_mark_without_school", "attendance_mark", ["student_id", "held_on"],
        unique=False, postgresql_where=sa.text("school_id = '00000000-0000-0000-0000-000000000000'"),
    )
    op.execute(FROM_DAYS)
    op.execute(FROM_MARKS)
    for table, function in TRIGGERS:
        for act, told in ACTS:
            op.execute(
                f"create trigger {function}_{act} after {act} on {table}"
                f" referencing {told} table as told for each statement execute function {function}()"
            )
    op.add_column("attendance_total", sa.Column("hundredths_attended", sa.Integer(), nullable=True))
    op.add_column("attendance_total", sa.Column("schools", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False))
    op.add_column("attendance_total", sa.Column("counted", sa.Integer(), nullable=True))
    op.create_index(
        "attendance_total_stale", "attendance_total", ["student_id", "school_year"], unique=False,
        postgresql_where=sa.text("counted is distinct from version"),
    )


def downgrade() -> None:
    for table, function in TRIGGERS:
        for act, _ in ACTS:
            op.execute(f"drop trigger {function}_{act} on {table}")
        op.execute(f"drop function {function}()")
    op.drop_index("attendance_total_stale", table_name="attendance_total")
    op.drop_column("attendance_total", "counted")
    op.drop_column("attendance_total", "schools")
    op.drop_column("attendance_total", "hundredths_attended")
    op.drop_table("attendance_mark")
