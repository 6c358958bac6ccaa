"""The same log makes the same decisions, however it is cut into batches and wherever the process dies."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from pipeline_world import FURIOUS, PLAIN, PLEASED, START, World, alike, measured, said, withdrawn

from earshot.errors import Unavailable
from earshot.seams import Message
from earshot.topics import Event, Said

TEXTS = [FURIOUS, PLAIN, PLEASED, "Merda, che servizio orribile questa azienda", "ok"]


@st.composite
def events(draw: st.DrawFn) -> Event:
    native, minutes = str(draw(st.integers(0, 9))), draw(st.integers(0, 400))
    form = draw(st.sampled_from(["said"] * 6 + ["edited", "withdrawn", "measured"]))
    if form == "withdrawn":
        return withdrawn(native, minutes)
    if form == "measured":
        return measured(native, minutes, draw(st.integers(0, 9)))
    values: dict[str, Any] = {
        "by": draw(st.sampled_from("abcd")),
        "followers": draw(st.sampled_from([10, 5_000, 800_000])),
        "place": draw(st.sampled_from(["", "Bologna, Italia", "Roma"])),
        "brand": draw(st.sampled_from(["Acme", "Acme", "Bolt"])),
    }
    if draw(st.booleans()):
        values["parent"] = f"x:{draw(st.integers(0, 9))}"
    for reference in draw(st.lists(st.sampled_from(["root", "quoted"]), max_size=2, unique=True)):
        values[reference] = f"x:{draw(st.integers(0, 9))}"
    if draw(st.integers(0, 3)) == 0:
        values["links"] = (f"https://shop.example/{draw(st.integers(0, 2))}",)
    if draw(st.integers(0, 5)) == 0:
        values |= {"kind": "article", "url": f"https://daily.example/{native}"}
    if form == "edited":
        values["edited_at"] = START + timedelta(minutes=draw(st.integers(0, 400)))
    return said(native, minutes, draw(st.sampled_from(TEXTS)), **values)


def with_words_of_their_own(log: Sequence[Event]) -> list[Event]:
    """What says something else than before says what nobody else says.

    Which words of an edited mention link others is another matter after a start than before it (`take_over`).
    """
    first: dict[tuple[str, str], str] = {}
    found = list[Event]()
    for event in log:
        mention = event.mention if isinstance(event, Said) else None
        if mention and first.setdefault((mention.id, mention.brand), mention.text) != mention.text:
            mood = "awful" if mention.text in (FURIOUS, TEXTS[3]) else "lovely"
            own = " ".join(f"{mood}{part}{mention.id[2:]}" for part in "abcde")
            found.append(Said(mention=structs.replace(mention, text=f"{mood} {own}")))
        else:
            found.append(event)
    return found


class Dying:
    """The process's bus, until the process is killed: nothing more is published."""

    def __init__(self, world: World) -> None:
        self._bus, self.alive = world.bus, True

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        if not self.alive:
            raise Unavailable("killed")
        self._bus.publish(topic, messages)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bus, name)


def whole(log: Sequence[Event], folder: Path) -> World:
    return World(folder).hear(*log)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    log=st.lists(events(), max_size=40),
    cuts=st.lists(st.tuples(st.integers(1, 9), st.sampled_from("-rk")), max_size=20),
)
def test_batches_restarts_and_kills_change_nothing(log: list[Event], cuts: list[tuple[int, str]]) -> None:
    """r: restarted between batches; k: killed after the batch was saved, before anything was published."""
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        rest = with_words_of_their_own(log)
        expected = whole(rest, Path(one)).state()
        world = World(Path(other))
        for size, how in cuts:
            part, rest = rest[:size], rest[size:]
            world.publish(*part)
            if how == "k":
                _killed_after_saving(world)
            world.drain()
            if how == "r":
                world.restart()
        assert world.hear(*rest).state() == expected


def _killed_after_saving(world: World) -> None:
    dying = Dying(world)
    world.pipeline._bus = dying  # type: ignore[assignment]
    dying.alive = False
    with suppress(Unavailable):
        world.drain()
    world.restart()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(log=st.lists(events(), max_size=40))
def test_counting_as_it_comes_equals_folding_what_is_stored(log: list[Event]) -> None:
    with TemporaryDirectory() as folder:
        world = whole(log, Path(folder))
        for brand in ("Acme", "Bolt"):
            for story in world.stories(brand):
                assert alike(world.rebuilt(story), story)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(log=st.lists(events(), max_size=30), seed=st.randoms(use_true_random=False))
def test_in_any_order_the_newest_revision_stays_and_nothing_comes_back_to_life(
    log: list[Event], seed: Any
) -> None:
    shuffled = log * 2
    seed.shuffle(shuffled)
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        first, second = whole(log, Path(one)), whole(shuffled, Path(other))
        assert _final(first) == _final(second)


def _final(world: World) -> dict[tuple[str, str], tuple[bool, str]]:
    """What is left of each mention once all is heard; a tombstone counts as nothing left."""
    kept = [
        (brand, each)
        for brand in ("Acme", "Bolt")
        for story in world.stories(brand)
        for each in world.kept(story)
    ]
    return {
        (brand, each.mention.id): (False, each.mention.text) for brand, each in kept if not each.withdrawn
    }
