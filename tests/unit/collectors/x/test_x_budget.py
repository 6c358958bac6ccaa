"""What X bills, and what is left for what."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collectors.x.budget import Budget, Count, Prices

NOW = datetime(2026, 11, 19, 23, 0, tzinfo=UTC)
TODAY = date(2026, 11, 19)


def budget(daily: float = 1.0, reserve: float = 0.3, user: float = 0.0, posts: int = 0) -> Budget:
    return Budget(Prices(daily, reserve, 0.005, user), Count(TODAY, posts))


def ids(count: int, start: int = 0) -> list[str]:
    return [str(start + number) for number in range(count)]


def test_a_post_is_billed_once_a_day() -> None:
    spent = budget(user=0.01)
    spent.read(NOW, ids(3), ["7"])
    spent.read(NOW, ids(4), ["7", "8"])
    assert spent.count(NOW) == Count(TODAY, 4, 2)
    assert round(spent.cost(NOW), 4) == 0.04
    spent.read(NOW + timedelta(hours=2), ids(4), [])
    assert spent.count(NOW + timedelta(hours=2)) == Count(date(2026, 11, 20), 4)


def test_the_last_third_is_for_loud_stories_and_then_it_is_over() -> None:
    spent = budget()  # 200 reads
    spent.read(NOW, ids(139), [])
    assert spent.stage(NOW) == "all"
    assert spent.stage(NOW, waiting=1) == "stories"
    spent.read(NOW, ids(140), [])
    assert spent.stage(NOW) == "stories"
    spent.read(NOW, ids(200), [])
    assert spent.stage(NOW) == "nothing"
    assert spent.stage(NOW + timedelta(hours=1)) == "all"


def test_how_much_is_left_before_the_stage_changes() -> None:
    spent = budget()
    assert spent.left(NOW) == 140
    spent.read(NOW, ids(138), [])
    assert spent.left(NOW) == 2
    spent.read(NOW, ids(150), [])
    assert spent.left(NOW) == 50
    spent.read(NOW, ids(300), [])
    assert spent.left(NOW) == 0
    assert Budget(Prices(1, 0.3, 0, 0), Count(TODAY)).left(NOW) > 1_000


def test_without_a_reserve_all_is_for_all() -> None:
    spent = budget(reserve=0)
    spent.read(NOW, ids(199), [])
    assert spent.stage(NOW) == "all"
    assert budget(reserve=1).stage(NOW) == "stories"


def test_it_goes_on_after_a_restart() -> None:
    assert budget(posts=200).stage(NOW) == "nothing"


@given(st.lists(st.lists(st.integers(0, 50).map(str), max_size=9), max_size=20))
def test_however_they_come_each_counts_once(batches: list[list[str]]) -> None:
    spent = budget()
    for batch in batches:
        spent.read(NOW, batch, [])
    assert spent.count(NOW).posts == len({each for batch in batches for each in batch})
