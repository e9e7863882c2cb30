"""Alembic's entry; everything is in shared.persistence.migrations."""

from shared.persistence.migrations import run

run()
