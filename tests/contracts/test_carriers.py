"""Who carried a story: each account once, the largest first, on SQLite and PostgreSQL alike."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earshot.store import Store, authors, brands, carriers, mentions
from earshot.store.authors import Seat
from earshot.store.carriers import Account, Outlet

PATIENT = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=30)
FIRST = brands.number(1, 1)
OTHER = FIRST + 500


def tell(
    store: Store,
    story: int,
    said: list[tuple[int, int]],
    outlets: dict[int, str] | None = None,
    accounts: dict[int, str] | None = None,
) -> None:
    """Mentions by (author, followers), and the seats that the processors would have made of them."""
    seats: dict[int, Seat] = {}
    rows = []
    for n, (author, followers) in enumerate(said, story):
        published = (outlets or {}).get(n - story)
        outlet, kind = published or (accounts or {}).get(n - story), published and "news"
        rows.append(
            mentions.Row(n, story, n, n, author, followers, outlet, kind, None, False, "new", "{}", "{}")
        )
        before = seats.get(author, Seat(n, 1_000 * story + author, 0, 0, 0))
        seats[author] = before._replace(followers=max(before.followers, followers))
    with store.begin() as connection:
        mentions.add(connection, rows)
        authors.add(connection, list(seats.values()))


def empty(store: Store) -> None:
    with store.begin() as connection:
        for table in ("mentions", "story_authors"):
            connection.exec_driver_sql(f"delete from {table}")


@PATIENT
@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 9)), max_size=30), st.integers(1, 7))
def test_every_account_counts_once_with_the_most_that_it_reached(
    store: Store, said: list[tuple[int, int]], limit: int
) -> None:
    empty(store)
    tell(store, FIRST, said)
    tell(store, OTHER, [(1, 99)])
    most = {who: max(count for name, count in said if name == who) for who, _ in said}
    first = {who: next(n for n, (name, _) in enumerate(said, FIRST) if name == who) for who, _ in said}
    wanted = sorted((Account(first[who], count) for who, count in most.items() if count), key=_largest)
    with store.read() as connection:
        assert carriers.largest(connection, FIRST, limit) == wanted[:limit]


def _largest(account: Account) -> tuple[int, int]:
    return -account.followers, account.n


def test_each_outlet_is_told_once_by_its_first_article_else_by_its_account(store: Store) -> None:
    published = {1: "b.example", 2: "a.example", 3: "b.example"}
    tell(store, FIRST, [(1, 10), (2, 0), (3, 0), (4, 0), (5, 9)], published, {0: "b.example", 4: "c.example"})
    tell(store, OTHER, [(1, 0)], {0: "c.example"})
    with store.read() as connection:
        assert carriers.outlets(connection, FIRST) == [
            Outlet(FIRST + 1, "b.example"),
            Outlet(FIRST + 2, "a.example"),
            Outlet(FIRST + 4, "c.example"),
        ]
        assert carriers.outlets(connection, FIRST + 400) == []
