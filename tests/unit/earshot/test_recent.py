from hypothesis import given
from hypothesis import strategies as st

from earshot.recent import Recent

USES = st.lists(st.tuples(st.integers(0, 12), st.none() | st.integers()), max_size=80)
"""Keys, each with a value to put or nothing: it is asked for."""


@given(st.integers(1, 6), USES)
def test_what_was_used_last_is_there(least: int, uses: list[tuple[int, int | None]]) -> None:
    """Against a memory that forgets nothing."""
    recent, everything = Recent[int, int](least), dict[int, int]()
    used: list[int] = []
    for key, value in uses:
        if value is not None:
            recent.put(key, value)
            everything[key] = value
        elif recent.get(key) is None:
            continue
        used = [*(other for other in used if other != key), key]
    for key in used[-least:][::-1]:
        assert recent.get(key) == everything[key]


@given(st.integers(1, 6), USES)
def test_at_most_twice_as_many_are_kept_and_none_is_invented(
    least: int, uses: list[tuple[int, int | None]]
) -> None:
    recent, everything = Recent[int, int](least), dict[int, int]()
    for key, value in uses:
        if value is None:
            assert recent.get(key) in {None, everything.get(key)}
        else:
            recent.put(key, value)
            everything[key] = value
    kept = [key for key in everything if key in recent._young or key in recent._old]
    assert len(kept) <= 2 * least


def test_what_was_never_put_is_not_there() -> None:
    assert Recent[str, int](3).get("a") is None
