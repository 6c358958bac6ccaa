"""How often retention has taken stories of a brand: who owns it sees that its indexes lead to some no more."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("brands", sa.Column("purged", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
