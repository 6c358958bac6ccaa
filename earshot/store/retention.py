"""What has not been spoken of for long goes, story by story, with all that hangs on it; so do old dead letters.

What was withdrawn stays in the ledger for ever, as a bare hash, so that nothing that was taken back comes to
life again. What else is purged and is said again is new.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate

from sqlalchemy import Connection

from earshot.store import Store, brands, corrections, dead, ledger, outages, surges
from earshot.store.binding import Listed
from earshot.store.brands import Brand

_MOST = 5_000  # mentions a transaction, unless a single story has more: nobody waits long for its locks
_LOCK = 0x_EA_5407_02  # see earshot.store.migrate


def purge(
    store: Store, before_us: int, batch: int = 500, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Delete the stories without an open episode that were last heard of before a time; how many went.

    With them go surges, outages and dead letters of before that time. In transactions of at most `batch` stories
    each, so it may be stopped or killed and goes on the next time.
    On PostgreSQL one process at a time does it; another one finds that there is nothing to do.
    """
    with store.read() as connection:
        every = brands.every(connection)
    purged = 0
    for brand in every:
        while not stopping() and (gone := _purge_some(store, brand, before_us, batch)):
            purged += gone
    with store.begin() as connection:
        surges.purge(connection, before_us)
        outages.purge(connection, before_us)
    while _purge_letters(store, before_us, batch) and not stopping():
        pass
    return purged


def _purge_letters(store: Store, before: int, most: int) -> bool:
    """Whether there may be more."""
    with store.begin() as connection:
        return dead.purge(connection, before, most) == most


def _purge_some(store: Store, brand: Brand, before: int, most: int) -> int:
    with store.read() as connection:
        old = _old(connection, brand, before, most)
    if not old:
        return 0
    with store.begin() as connection:
        if not _alone(connection):
            return 0
        # The brand's owner writes this row first too: it saves before us or after us, never between.
        connection.exec_driver_sql("update brands set purged = purged + 1 where no = ?", (brand.no,))
        gone = connection.exec_driver_sql(
            "delete from stories where id in (select value from json_each(?)) and last_at < ? and not open"
            " and part_of = 0 returning id",
            (Listed(old), before),
        )
        stories = list(gone.scalars())
        _purge_rest(connection, [*stories, *_purge_parts(connection, stories)])
        return len(stories)


def _old(connection: Connection, brand: Brand, before: int, most: int) -> list[int]:
    """The oldest that may go: at most so many, with at most so many mentions. There is no index by time."""
    first, _ = brands.numbers(brand.no)
    ids = connection.exec_driver_sql(
        "select id from stories where id between ? and ? and last_at < ? and not open and part_of = 0"
        " order by id limit ?",
        (first, ledger.first_since(connection, brand, before), before, most),
    )
    found = list(ids.scalars())
    counted = connection.exec_driver_sql(
        "select story, count(*) from mentions where story in (select value from json_each(?)) group by story",
        (Listed(found),),
    )
    counts = dict.fromkeys(found, 0) | {row[0]: row[1] for row in counted}
    sums = zip(found, accumulate(counts[story] for story in found), strict=True)
    return [story for story, total in sums if total <= max(_MOST, counts[found[0]])]


def _purge_parts(connection: Connection, stories: Sequence[int]) -> list[int]:
    """What was joined to them goes with them: until then it leads to them."""
    found: list[int] = []
    gone = list(stories)
    while gone:
        parts = connection.exec_driver_sql(
            "delete from stories where part_of > 0 and part_of in (select value from json_each(?))"
            " returning id",
            (Listed(gone),),
        )
        gone = list(parts.scalars())
        found += gone
    return found


def _purge_rest(connection: Connection, stories: Sequence[int]) -> None:
    numbers = connection.exec_driver_sql(
        "select n from mentions where story in (select value from json_each(?))", (Listed(stories),)
    ).scalars()
    alerts = connection.exec_driver_sql(
        "select id from alerts where story in (select value from json_each(?))", (Listed(stories),)
    ).scalars()
    of_mentions, of_alerts = Listed(numbers), Listed(alerts)
    corrections.unlink(connection, of_mentions)
    for statement, listed in (
        ("delete from notices where alert in", of_alerts),
        ("delete from alerts where id in", of_alerts),
        ("delete from story_authors where n in", of_mentions),
        ("delete from mentions where n in", of_mentions),
        ("delete from heard where not withdrawn and n in", of_mentions),
    ):
        connection.exec_driver_sql(f"{statement} (select value from json_each(?))", (listed,))
    connection.exec_driver_sql(
        "update heard set story = 0, keys = ? where n in (select value from json_each(?))", (b"", of_mentions)
    )


def _alone(connection: Connection) -> bool:
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.exec_driver_sql(f"select pg_try_advisory_xact_lock({_LOCK})").scalar())
