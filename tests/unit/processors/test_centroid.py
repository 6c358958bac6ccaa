import random

import pytest
from both_indexes import both, seen, stories, uses
from hypothesis import given
from hypothesis import strategies as st

from processors import centroid
from processors.centroid import Joined
from processors.likeness import PURE, Alike, Heard, Indexes, Likeness, take_over
from processors.words import words

pytestmark = both

HOUR = 3_600_000_000
OUTAGE = [
    "Ronvia app down again, card refused at the till",
    "card refused, the Ronvia app does not open",
    "is the app of Ronvia down for everybody?",
    "refused at the till twice, app down since seven",
]
STRIKE = [
    "Ronvia drivers on strike in Genoa, depots closed",
    "strike of drivers: Genoa depots stay closed",
    "no deliveries from Genoa while drivers strike",
]


class World:
    def __init__(self, indexes: Indexes) -> None:
        self.rarity = indexes.rarity()
        self.centroids = indexes.centroids(self.rarity)

    def add(self, story: int, *texts: str, hour: int = 0) -> None:
        for text in texts:
            self.centroids.add(story, self.rarity.weigh(words(text)), hour)

    def find(self, text: str) -> int | None:
        found = self.centroids.find(self.rarity.weigh(words(text)), 1)
        return found.story if found else None


@pytest.fixture
def world(indexes: Indexes) -> World:
    world, draw = World(indexes), random.Random(2)
    world.add(1, *OUTAGE)
    world.add(2, *STRIKE)
    for story in range(3, 200):
        world.add(story, " ".join(f"w{draw.randrange(600)}" for _ in range(9)) + " Ronvia")
    return world


@pytest.mark.parametrize(
    ("text", "story"),
    [
        ("another card refused while the app is down", 1),
        ("drivers in Genoa: the strike goes on", 2),
        ("Ronvia", None),
        ("good morning Ronvia", None),
        ("Ronvia opens twelve shops in Turin next spring", None),
        ("down", None),
        ("", None),
    ],
)
def test_a_mention_finds_the_story_that_it_is_about(world: World, text: str, story: int | None) -> None:
    assert world.find(text) == story


def test_one_shared_word_ties_nothing_however_rare(world: World) -> None:
    world.add(500, *["tarantella festival in the square of Ronvia"] * 300)
    assert world.find("my tarantella records got scratched") is None


def test_two_stories_that_became_one_are_joined_to_the_older(world: World) -> None:
    world.add(300, OUTAGE[0], OUTAGE[3])
    world.add(300, *OUTAGE)
    assert world.centroids.sweep() == [Joined(kept=1, joined=300)]
    assert world.centroids.sweep() == []
    assert world.find(OUTAGE[1]) == 1


def test_a_closed_story_leaves_nothing_behind(indexes: Indexes) -> None:
    world = World(indexes)
    world.add(1, *OUTAGE, hour=0)
    world.add(2, *STRIKE, hour=5)
    world.add(1, OUTAGE[0], hour=6)
    world.centroids.expire(6)
    assert len(world.centroids) == world.rarity.stories == 1
    assert world.find(STRIKE[1]) is None
    world.centroids.expire(7)
    assert len(world.rarity) == world.rarity.stories == 0
    assert uses(world.rarity) == {}
    assert stories(world.centroids) == ({}, [], [])


def test_a_story_keeps_a_bounded_number_of_words_and_finds_by_the_usual_ones(world: World) -> None:
    for n in range(400):
        world.add(1, f"app down card refused {n}q {n}r {n}s")
        if n % 20 == 0 or n > 380:
            assert len(stories(world.centroids)[0][1][0]) <= centroid._MOST_WORDS
    assert len(world.rarity) < 600 + 2 * centroid._MOST_WORDS
    assert world.find(OUTAGE[1]) == 1


def test_common_words_cost_no_more_with_ten_thousand_stories(indexes: Indexes) -> None:
    world = World(indexes)
    for story in range(1, 10_001):
        world.add(story, f"Ronvia app card till {story}q")
    assert max(len(found) for *_, found in uses(world.rarity).values()) == centroid._POSTED
    if indexes is PURE:
        said = world.rarity.weigh(words("Ronvia app card till")).uses
        assert len(world.centroids._candidates(said, 0)) <= centroid._COMPARED


# --- both together --------------------------------------------------------------------------------------

sentences = st.lists(st.integers(0, 25).map(lambda n: f"w{n}"), max_size=8).map(" ".join)
streams = st.lists(st.tuples(sentences | st.text(max_size=30), st.integers(0, 3 * HOUR)), max_size=40)


class Brand:
    """As the pipeline uses it."""

    def __init__(self, indexes: Indexes) -> None:
        self.likeness = Likeness(indexes)
        self.heard: list[Heard] = []
        self.found: list[Alike | None] = []
        self.joined: dict[int, int] = {}
        self.clock = 0

    def hear(self, text: str, gap: int) -> None:
        self.clock += gap
        n, said = len(self.heard) + 1, words(text)
        found = self.likeness.find(said, self.clock)
        self.found.append(found)
        self.likeness.add(n, found.story if found else n, said, self.clock)
        self.heard.append(Heard(n, found.story if found else n, text, self.clock))
        self.joined.update((pair.joined, pair.kept) for pair in self.likeness.sweep(n))


@given(streams, sentences)
def test_taken_over_it_decides_as_it_would_have(
    indexes: Indexes, stream: list[tuple[str, int]], text: str
) -> None:
    brand = Brand(indexes)
    for each in stream:
        brand.hear(*each)
    again = take_over(brand.heard, indexes=indexes)
    assert again.find(words(text), brand.clock) == brand.likeness.find(words(text), brand.clock)
    for heard in brand.heard:
        said = words(heard.text)
        assert again.find(said, brand.clock) == brand.likeness.find(said, brand.clock)


@given(streams)
def test_what_is_found_is_alive_and_shows_why(indexes: Indexes, stream: list[tuple[str, int]]) -> None:
    brand = Brand(indexes)
    for text, gap in stream:
        brand.hear(text, gap)
        if found := brand.found[-1]:
            assert found.shared
            assert set(found.shared) <= set(words(text).values())
            assert 0 < found.likeness <= 1 + 1e-9
            assert found.story in {heard.story for heard in brand.heard[:-1]}


def test_after_seven_days_nothing_is_left(indexes: Indexes) -> None:
    brand = Brand(indexes)
    for text in OUTAGE + STRIKE:
        brand.hear(text, HOUR)
    brand.hear("something else entirely happened today, unrelated", 8 * 24 * HOUR)
    assert brand.found[-1] is None
    assert len(brand.likeness.rarity) == len(words("something else entirely happened today, unrelated"))


@given(streams, streams)
def test_stories_that_are_closed_cost_nothing_and_change_nothing(
    indexes: Indexes, past: list[tuple[str, int]], stream: list[tuple[str, int]]
) -> None:
    old, fresh = Brand(indexes), Brand(indexes)
    for each in past:
        old.hear(*each)
    first = len(old.heard)
    old.clock = fresh.clock = old.clock + 8 * 24 * HOUR
    for text, gap in stream:
        old.hear(text, gap)
        fresh.hear(text, gap)
        found, expected = old.found[-1], fresh.found[-1]
        assert found == (expected and expected._replace(story=expected.story + first))
    old.likeness.find({}, old.clock)
    for one, other in zip(_held(old.likeness), _held(fresh.likeness), strict=True):
        assert one == other or not stream


def _held(likeness: Likeness) -> list[int]:
    kept, (mentions, ages) = uses(likeness.rarity), seen(likeness._near)
    posted = [len(found) for _, found, _ in kept.values()]
    return [len(kept), sum(posted), len(likeness._centroids), len(mentions), len(ages)]


def test_stories_joined_by_hand_are_one_for_what_comes(indexes: Indexes) -> None:
    brand = Brand(indexes)
    for text in [*OUTAGE, *STRIKE]:
        brand.hear(text, 1)
    strike = brand.heard[-1].story
    outage = brand.heard[0].story
    assert strike != outage
    brand.likeness.join(outage, strike)
    found = brand.likeness.find(words(STRIKE[0]), brand.clock)
    assert found
    assert (found.reason, found.story) == ("near", outage)
    brand.likeness.join(strike, outage)
    brand.likeness.join(outage, outage)
    assert brand.likeness.find(words(STRIKE[0]), brand.clock) == found


def test_sweeps_come_by_the_stored_sequence_and_their_joins_are_followed(indexes: Indexes) -> None:
    likeness = Likeness(indexes)
    for n, text in enumerate([*OUTAGE, *OUTAGE], 1):
        likeness.add(n, 1 if n <= 4 else 5, words(text), 0)
    assert likeness.sweep(499) == []
    assert likeness.sweep(500) == [Joined(1, 5)]
    found = likeness.find(words(OUTAGE[3]), 0)
    assert found
    assert (found.reason, found.story) == ("near", 1)


def test_the_clock_never_goes_back(indexes: Indexes) -> None:
    likeness = Likeness(indexes)
    likeness.add(1, 1, words(OUTAGE[0]), 10 * 24 * HOUR)
    assert likeness.find(words(OUTAGE[0]), 0)
