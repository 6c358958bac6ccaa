"""Which sources mentions came from."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection

from earshot.store import mentions

_ENCODER = msgspec.json.Encoder()


def every(connection: Connection) -> Iterator[str]:
    """Each once, in the order of numbers; one that was not found yet is looked for in the rest of them alone."""
    n, found = 0, list[str]()
    while row := _next(connection, n, found):
        n, source = row
        if source not in found:
            found.append(source)
            yield source


def _next(connection: Connection, n: int, found: list[str]) -> tuple[int, str] | None:
    """The first mention after a number that is of none of these sources."""
    beginnings = [f'{{"id":{_ENCODER.encode(each + ":").decode()[:-1]}' for each in found]
    row = connection.exec_driver_sql(
        f"select * from mentions where n > ?{' and substr(mention, 1, ?) <> ?' * len(found)} order by n limit 1",
        (n, *(value for each in beginnings for value in (len(each), each))),
    ).first()
    return (row[0], mentions.read(mentions.Row(*row)).mention.source) if row else None
