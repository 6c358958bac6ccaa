"""How large a brand's stories become: a histogram in its row, counted once from the stories that there are."""

from bisect import bisect_right
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_EDGES = [round(20 * 2 ** (step / 4)) for step in range(120)]
_SHIFT = 40  # a story's number holds its brand's


def upgrade() -> None:
    op.add_column("brands", sa.Column("sizes", sa.Text(), nullable=False, server_default="[]"))
    connection = op.get_bind()
    counts: defaultdict[int, list[int]] = defaultdict(list)
    for story, mentions in connection.exec_driver_sql("select story, count(*) from mentions group by story"):
        sizes, step = counts[story >> _SHIFT], bisect_right(_EDGES, mentions)
        sizes += [0] * (step + 1 - len(sizes))
        sizes[step] += 1
    update = sa.text("update brands set sizes = :sizes where no = :no")
    for no, sizes in counts.items():
        connection.execute(update, {"sizes": str(sizes), "no": no})
