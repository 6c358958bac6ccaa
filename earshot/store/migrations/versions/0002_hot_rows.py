"""Room for rows that change with every batch: on PostgreSQL their new version stays on its page (HOT).

No query ever used `last_at` of the index, and as its column changes with every mention it forbade just that.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_HOT = ("brands", "stories", "story_authors")


def upgrade() -> None:
    op.drop_index("ix_stories_open", "stories")
    op.create_index(
        "ix_stories_open",
        "stories",
        ["brand"],
        unique=False,
        sqlite_where=sa.text("open"),
        postgresql_where=sa.text("open"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in _HOT:
            op.execute(f"alter table {table} set (fillfactor = 70)")
