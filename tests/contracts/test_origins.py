"""Which sources mentions came from: the same in a file and on a server."""

from datetime import UTC, datetime

from earshot.model import Author, Mention, Score
from earshot.store import Store, brands, mentions, origins

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def row(n: int, of: str, *, withdrawn: bool = False) -> mentions.Row:
    said = Mention(id=of, brand="Acme", author=Author(id="ada"), created_at=NOW, collected_at=NOW)
    values = (n, n, 5, 3, 1, 10, None, None, None, withdrawn, "new")
    return mentions.Row(*values, mentions.encode(said), mentions.encode(Score(language="en", model="m")))


def test_each_source_once_of_all_brands_and_also_of_what_was_withdrawn(store: Store) -> None:
    ids = ("x:1", "x:2", 'q"\\:1', "feed:1", "x:3", "q:1", "alone", "alone", 'q"\\:2')
    with store.begin() as connection:
        mentions.add(connection, [row(brands.number(1, n), each) for n, each in enumerate(ids)])
        mentions.add(connection, [row(brands.number(2, 1), "reddit:1", withdrawn=True)])
    with store.read() as connection:
        assert list(origins.every(connection)) == ["x", 'q"\\', "feed", "q", "alone", "reddit"]


def test_where_nothing_was_heard_there_is_none(store: Store) -> None:
    with store.read() as connection:
        assert list(origins.every(connection)) == []
