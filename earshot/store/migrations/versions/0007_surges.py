"""What is usual for each brand and topic, the surges that were seen, and when sources were out."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("brands", sa.Column("counted", sa.Text(), nullable=False, server_default="[]"))
    op.create_table(
        "series",
        sa.Column("brand", sa.BigInteger(), primary_key=True, autoincrement=False, nullable=False),
        sa.Column("topic", sa.Text(), primary_key=True, nullable=False),
        sa.Column("pace", sa.Text(), primary_key=True, nullable=False),
        sa.Column("kind", sa.Text(), primary_key=True, nullable=False),
        sa.Column("bucket", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        postgresql_with={"fillfactor": 70},
    )
    op.create_table(
        "surges",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("over_at", sa.BigInteger(), nullable=True),
        sa.Column("surge", sa.Text(), nullable=False),
        sa.Column("fresh", sa.Text(), nullable=False),
    )
    op.create_index("ix_surges_opened_at", "surges", ["opened_at"])
    op.create_table(
        "outages",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, nullable=False
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("noticed_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("usual", sa.Float(), nullable=True),
        sa.UniqueConstraint("source", "began_at", name="uq_outages_source"),
    )
