"""Names of models that have learnt."""

from hypothesis import given
from hypothesis import strategies as st

from earshot.staff import learnt, newest_learnt, polarity, shipped


@given(st.sampled_from(["negativity-1", "transformer:a+c@b", "", "x+c"]), st.integers(0, 10**9))
def test_a_name_tells_what_was_learnt(model: str, newest: int) -> None:
    assert shipped(learnt(model, newest)) == model
    assert newest_learnt(learnt(model, newest)) == newest


def test_only_the_three_are_polarities() -> None:
    assert [polarity(each) for each in ("neg", "negative", "", None)] == ["neg", None, None, None]
