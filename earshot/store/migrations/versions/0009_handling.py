"""What staff say of how a mention is to be handled: signs, dangers, mood and form of address."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("corrections", sa.Column("handling", sa.Text(), nullable=True))
