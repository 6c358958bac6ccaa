"""Stories that have become one, what people joined and split, and the words that tied a mention to its story."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("mentions", sa.Column("evidence", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column(
        "stories", sa.Column("part_of", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
    op.create_index(
        "ix_stories_part_of",
        "stories",
        ["part_of"],
        unique=False,
        sqlite_where=sa.text("part_of > 0"),
        postgresql_where=sa.text("part_of > 0"),
    )
    op.create_table(
        "regrouped",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, nullable=False
        ),
        sa.Column("brand", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("story", sa.BigInteger(), nullable=False),
        sa.Column("other", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_regrouped_brand", "regrouped", ["brand"])
