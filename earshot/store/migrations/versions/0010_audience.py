"""Which mentions show their author to be of the brand's audience; nobody who was heard before the profile was asked."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    for table, kind in (("mentions", sa.SmallInteger()), ("story_authors", sa.Integer())):
        op.add_column(table, sa.Column("fits", kind, nullable=False, server_default=sa.text("0")))
