"""How staff read mentions, against how the model did. No text is kept with it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, nullable=False
        ),
        sa.Column("brand", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mention", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("polarity", sa.Text(), nullable=False),
        sa.Column("negative", sa.Float(), nullable=True),
        sa.Column("neutral", sa.Float(), nullable=True),
        sa.Column("positive", sa.Float(), nullable=True),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("read_negative", sa.Float(), nullable=True),
        sa.Column("read_neutral", sa.Float(), nullable=True),
        sa.Column("read_positive", sa.Float(), nullable=True),
        sa.Column("read_model", sa.Text(), nullable=False),
        sa.Column("intents", sa.Text(), nullable=True),
    )
    op.create_index("ix_corrections_mention", "corrections", ["mention"])
