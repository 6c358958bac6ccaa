import random

import pytest
from both_indexes import both, seen, uses
from hypothesis import given
from hypothesis import strategies as st

from processors import near
from processors.likeness import PURE, Indexes
from processors.words import words

pytestmark = both

COMPLAINT = "The Ronvia app has been refusing my card at the till since seven this morning"


class World:
    """An index to which every mention is a story of its own."""

    def __init__(self, indexes: Indexes) -> None:
        self.rarity = indexes.rarity()
        self.near = indexes.near(self.rarity)
        self.n = 0

    def add(self, text: str, hour: int = 0) -> int:
        self.n += 1
        said = words(text)
        self.rarity.stories += 1
        self.rarity.use(said)
        self.near.add(self.n, self.n * 10, self.rarity.weigh(said), hour)
        return self.n

    def find(self, text: str) -> int | None:
        twin = self.near.find(self.rarity.weigh(words(text)))
        assert twin is None or twin.story == twin.n * 10
        return twin.n if twin else None


@pytest.fixture
def world(indexes: Indexes) -> World:
    world = World(indexes)
    draw = random.Random(1)
    for _ in range(300):
        world.add(" ".join(f"w{draw.randrange(900)}" for _ in range(10)))
    return world


@pytest.mark.parametrize(
    "edited",
    [
        f"RT @anna: {COMPLAINT} https://t.example/1",
        " ".join(COMPLAINT.split()[:11]),
        COMPLAINT.replace("seven", "eight"),
        COMPLAINT.replace("till", "station").replace("morning", "evening") + " #ronvia",
        f"can somebody explain why this happens: {COMPLAINT}",
        COMPLAINT.upper().replace(" ", "!! "),
    ],
)
def test_an_edited_copy_finds_its_original(world: World, edited: str) -> None:
    original = world.add(COMPLAINT)
    world.add("The weather is refusing to get better since seven weeks, my umbrella says")
    assert world.find(edited) == original


@pytest.mark.parametrize(
    "other",
    ["My card and the app", "The till of another shop was closed this morning at seven", "the app", ""],
)
def test_other_texts_do_not(world: World, other: str) -> None:
    world.add(COMPLAINT)
    assert world.find(other) is None


sentences = st.lists(st.integers(0, 60).map(lambda n: f"w{n}"), min_size=4, max_size=12, unique=True).map(
    " ".join
)


@given(st.lists(sentences, min_size=1, max_size=20), st.data())
def test_a_copy_always_finds_its_original(indexes: Indexes, texts: list[str], data: st.DataObject) -> None:
    world = World(indexes)
    for text in texts:
        world.add(text)
    text = data.draw(st.sampled_from(texts))
    found = world.find(text)
    assert found is not None
    assert set(words(texts[found - 1])) == set(words(text))


@given(st.lists(st.text(max_size=80), max_size=20))
def test_any_text_can_be_added_and_looked_for(indexes: Indexes, texts: list[str]) -> None:
    world = World(indexes)
    for text in texts:
        world.find(text)
        world.add(text)


def test_the_newest_of_equals_is_found(world: World) -> None:
    world.add(COMPLAINT)
    assert world.find(COMPLAINT) != world.add(COMPLAINT)
    assert world.find(COMPLAINT) == world.n


def test_what_is_old_is_forgotten_to_the_last_word(indexes: Indexes) -> None:
    world = World(indexes)
    for n in range(400):
        world.add(f"{COMPLAINT} number{n % 7}", hour=n // 100)
    world.near.expire(3)
    assert len(world.near) == 100
    assert world.find(COMPLAINT)
    world.near.expire(4)
    assert len(world.near) == 0
    assert not any(mentions for _, mentions, _ in uses(world.rarity).values())
    assert seen(world.near) == ({}, [])
    assert world.find(COMPLAINT) is None


def test_a_flood_of_one_sentence_is_looked_at_in_part(
    indexes: Indexes, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, compared = World(indexes), []
    if indexes is PURE:  # there alone it can be seen
        likeness = world.near._likeness
        monkeypatch.setattr(world.near, "_likeness", lambda *args: compared.append(args) or likeness(*args))
    for n in range(3_000):
        world.add(f"{COMPLAINT} {n % 50}x")
    assert world.find(COMPLAINT)
    assert len(compared) <= near._COMPARED
    assert max(len(mentions) for _, mentions, _ in uses(world.rarity).values()) == near._POSTED
