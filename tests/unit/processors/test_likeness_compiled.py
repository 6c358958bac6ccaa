"""Compiled or not, words decide the same: to the last bit, whatever is said."""

import gc
import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from both_indexes import kept, needs_compiled, uses
from hypothesis import given
from hypothesis import strategies as st

from processors.centroid import _MOST_WORDS, Joined
from processors.likeness import FASTEST, PURE, SWEEP, Heard, Likeness, Proved, take_over
from processors.words import Words, words

pytestmark = needs_compiled

ROOT = Path(__file__).parents[3]
HOUR = 3_600_000_000


class Twins:
    """Told the same, they must answer the same and keep the same."""

    def __init__(self) -> None:
        self.pure, self.compiled = Likeness(PURE), Likeness(FASTEST)
        self.n = self.clock = self.sweeps = 0

    def say(self, said: Words, gap: int = 0, story: int = 0) -> None:
        """`story` 0: that which is found, or its own."""
        self.clock += gap
        self.n += 1
        found = self.both("find", said, self.clock)
        self.both("add", self.n, story or (found.story if found else self.n), said, self.clock)

    def sweep(self, refused: int = 0) -> list[Joined]:
        """Those pairs are refused whose sum is a multiple."""
        self.sweeps += SWEEP
        return self.both("sweep", self.sweeps, lambda pair: not refused or sum(pair) % refused != 0)

    def join(self, pair: Joined) -> None:
        """To the older one, as it is now: else they could be joined in a circle."""
        self.both("join", *sorted(map(self.pure._resolve, pair)))

    def both(self, name: str, *given: Any) -> Any:
        one, other = getattr(self.pure, name)(*given), getattr(self.compiled, name)(*given)
        assert one == other
        assert type(one) is type(other)
        return one

    def compare(self) -> None:
        assert kept(self.compiled) == kept(self.pure)
        assert len(self.compiled.rarity) == len(self.pure.rarity)


def numbered(numbers: Any) -> Words:
    return {7 * number: f"w{number}" for number in numbers}


few = st.frozensets(st.integers(0, 25), max_size=14).map(numbered)
gaps = st.sampled_from([0, 0, 0, 1, HOUR // 3, HOUR, 5 * HOUR, 30 * HOUR, 100 * HOUR])
numbers = st.integers(1, 60)
pairs = st.sets(numbers, min_size=2, max_size=2).map(lambda both: Joined(*sorted(both)))
steps = st.one_of(
    st.tuples(st.just("say"), few, gaps, st.just(0) | numbers),
    st.tuples(st.just("say"), few, gaps, st.just(0)),
    st.tuples(st.just("flood"), st.integers(0, 99), gaps, st.integers(1, 3)),
    st.tuples(st.just("join"), pairs),
    st.tuples(st.just("sweep"), st.integers(0, 3)),
    st.tuples(st.just("sweep_again"), st.lists(pairs)),
)


@given(st.lists(steps, max_size=60))
def test_the_same_is_decided_and_kept_after_every_step(stream: list[tuple[Any, ...]]) -> None:
    twins = Twins()
    for name, *told in stream:
        if name == "flood":
            flood(twins, *told)
        elif name == "sweep_again":
            twins.both(name, *told)
        else:
            getattr(twins, name)(*told)
        twins.compare()


def flood(twins: Twins, first: int, gap: int, story: int) -> None:
    """A story of more words than it may keep, many of them said as often as others."""
    for at in range(first, first + 10):
        twins.say(numbered(range(60 * at, 60 * at + 64)), gap, story)
        gap = 0


def test_a_story_that_forgets_words_forgets_the_same() -> None:
    twins, draw = Twins(), random.Random(3)
    for _ in range(400):
        twins.say(
            numbered({int(draw.paretovariate(0.4)) % 3_000 for _ in range(40)}),
            HOUR // 9,
            draw.randrange(1, 4),
        )
    twins.sweep()
    twins.compare()
    assert max(len(each[0]) for each in kept(twins.pure)[2][0].values()) > _MOST_WORDS // 2


@pytest.mark.parametrize("seed", range(3))
def test_ten_days_of_many_stories(seed: int) -> None:
    twins, draw = Twins(), random.Random(seed)
    joined = []
    for _ in range(2_500):
        said = {int(draw.paretovariate(0.35 + seed / 10)) % 2_000 for _ in range(draw.choice([1, 6, 12, 16]))}
        twins.say(numbered(said), draw.randrange(12 * HOUR // 60))
        if twins.n % 100 == 0:
            joined += twins.sweep(refused=5)
            twins.compare()
    assert twins.clock > 8 * 24 * HOUR
    assert joined


def texts() -> list[str]:
    files = [ROOT / "earshot/sample/mentions.jsonl", ROOT / "examples/ronvia.jsonl"]
    lines = "".join(file.read_text(encoding="utf-8") for file in files).strip().split("\n")
    return [json.loads(line).get("text") or "" for line in lines]


def test_real_texts() -> None:
    twins, heard = Twins(), []
    for text in texts() + texts()[::3]:
        twins.say(words(text), HOUR // 7)
        heard.append(Heard(twins.n, twins.n, text, twins.clock))
        if twins.n % 50 == 0:
            twins.sweep()
            twins.compare()
    proved = [Proved(300, 20, 31), Proved(500, 40, 7)]
    taken = [take_over(heard, proved, last=len(heard), indexes=indexes) for indexes in (PURE, FASTEST)]
    assert kept(taken[0]) == kept(taken[1])
    for text in texts():
        said = words(text)
        assert taken[0].find(said, twins.clock) == taken[1].find(said, twins.clock)


# --- what only the compiled ones could get wrong ------------------------------------------------------------


@pytest.fixture
def likeness() -> Likeness:
    likeness = Likeness(FASTEST)
    for n, text in enumerate(texts()[:40], 1):
        likeness.add(n, n % 9 + 1, words(text), 0)
    return likeness


@pytest.mark.parametrize("word", [-1, 2**32, 2**70, "word", None])
def test_what_is_no_word_is_refused_and_changes_nothing(likeness: Likeness, word: Any) -> None:
    before = kept(likeness)
    with pytest.raises((OverflowError, TypeError)):
        likeness.add(99, 99, {1: "a", 2: "b", 3: "c", 4: "d", word: "e"}, 0)
    assert kept(likeness) == before


@pytest.mark.parametrize("number", [2**63, -(2**70), "1", None])
def test_what_is_no_number_is_refused_and_changes_nothing(likeness: Likeness, number: Any) -> None:
    before, weighed = kept(likeness), likeness.rarity.weigh([1, 2, 3, 4])
    near, centroids = likeness._near, likeness._centroids
    for call in [
        lambda: near.add(number, 1, weighed, 0),
        lambda: near.add(99, number, weighed, 0),
        lambda: near.add(99, 1, weighed, number),
        lambda: centroids.add(number, weighed, 0),
        lambda: centroids.add(99, weighed, number),
        lambda: centroids.join(1, number),
        lambda: centroids.sweep_again([Joined(1, 2), Joined(1, number)]),
        lambda: near.expire(number),
        lambda: centroids.expire(number),
    ]:
        with pytest.raises((OverflowError, TypeError)):
            call()
    assert kept(likeness) == before


def test_it_takes_no_other_things(likeness: Likeness) -> None:
    for made in (FASTEST.near, FASTEST.centroids):
        for wrong in (None, PURE.rarity(), 1):
            with pytest.raises(TypeError):
                made(wrong)  # type: ignore[arg-type]
    for wrong in (None, PURE.rarity().weigh([1, 2, 3, 4])):
        with pytest.raises(TypeError):
            likeness._near.find(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            likeness._centroids.add(1, wrong, 0)  # type: ignore[arg-type]


def test_the_smallest_and_the_largest_numbers() -> None:
    least, most = -(2**63), 2**63 - 1
    for story in (least, most, -1, 0):
        likeness = Likeness(FASTEST)
        weighed = likeness.rarity.weigh([0, 1, 2, 2**32 - 1])
        likeness._near.add(story, story, weighed, least)
        likeness._centroids.add(story, weighed, least)
        likeness._centroids.add(5, weighed, most)
        twin = likeness._near.find(weighed)
        assert twin
        assert (twin.n, twin.story) == (story, story)
        assert likeness._centroids.find(weighed, most) is not None
        likeness._centroids.join(story, 5)
        likeness._near.expire(most)
        likeness._centroids.expire(most)
        assert len(likeness._near) == 0


def test_what_was_weighed_long_ago_may_still_be_asked_for() -> None:
    likeness = Likeness(FASTEST)
    weighed = likeness.rarity.weigh([1, 2, 3, 4])
    likeness.add(1, 1, numbered([1, 2, 3, 4]), 0)
    old = likeness.rarity.weigh(numbered([1, 2, 3, 4]))
    likeness.find({}, 30 * 24 * HOUR)
    assert not uses(likeness.rarity)
    assert likeness._near.find(weighed) is likeness._near.find(old) is None
    assert likeness._centroids.find(weighed, 1) is likeness._centroids.find(old, 1) is None


def test_what_has_gone_says_so(likeness: Likeness) -> None:
    said = likeness._centroids.words(1)
    word = next(iter(words(texts()[8])))
    assert word in said
    likeness._centroids.join(2, 1)
    assert word not in said
    for asked in (likeness._centroids.words, likeness._near.words):
        with pytest.raises(KeyError):
            asked(4_711)
    with pytest.raises(KeyError):
        likeness.rarity.drop([4_711])


def test_who_decides_about_a_pair_may_fail_or_do_anything(likeness: Likeness) -> None:
    class FailedError(Exception):
        pass

    def fails(_: Joined) -> bool:
        raise FailedError

    def meddles(pair: Joined) -> bool:
        for story in range(50):
            likeness._centroids.join(story + 1, story)
        likeness._centroids.expire(2**40)
        return True

    texts_of_two = [words("app down again card refused till"), words("card refused app down till again")]
    for n, story in enumerate((101, 102, 101, 102, 101, 102), 100):
        likeness.add(n, story, texts_of_two[n % 2], 0)
    with pytest.raises(FailedError):
        likeness.sweep(SWEEP, fails)
    for n, story in enumerate((101, 102), 200):
        likeness.add(n, story, texts_of_two[n % 2], 0)
    likeness.sweep(SWEEP, meddles)
    assert len(likeness._centroids) == 0


def test_a_part_outlives_the_whole() -> None:
    likeness = Likeness(FASTEST)
    likeness.add(1, 1, numbered(range(9)), 0)
    near, said = likeness._near, likeness._centroids.words(1)
    weighed = likeness.rarity.weigh(numbered(range(9)))
    del likeness
    gc.collect()
    assert near.find(weighed)
    assert 7 in said


def test_a_table_that_grows_and_shrinks_loses_no_word() -> None:
    rarity, model, draw = FASTEST.rarity(), PURE.rarity(), random.Random(5)
    using: list[list[int]] = []
    for _ in range(6_000):
        if using and draw.random() < 0.45:
            gone = using.pop(draw.randrange(len(using)))
            rarity.drop(gone)
            model.drop(gone)
        else:
            using.append([draw.getrandbits(32) if draw.random() < 0.5 else draw.randrange(500) << 20])
            rarity.use(using[-1])
            model.use(using[-1])
    assert uses(rarity) == uses(model)
    assert len(rarity) == len(model)
    assert all(
        rarity.weight(word) == model.weight(word) for one, other in pairwise(using) for word in one + other
    )
