"""What is heard gets its brands, once each, and goes to the bus; or it is told why not."""

import asyncio
import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from collectors_world import NOW, Place
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.intake import Intake
from collectors.role import Collectors
from earshot.bus.memory import MemoryBus
from earshot.clock import to_us
from earshot.errors import Refused
from earshot.metrics import HEARD, UNMATCHED
from earshot.model import Author, Mention, Metrics
from earshot.runtime import Context
from earshot.store import dead, sources
from earshot.topics import MENTIONS, Event, Measured, Said, Withdrawn

BRANDS = [
    {"name": "Acme", "any": ["acme"], "accounts": ["@acme_help"]},
    {"name": "Bolt", "any": ["bolt", "boltair"]},
]
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    here = Place(tmp_path, brands=BRANDS, intake={"high_water": 10})
    yield here
    here.store.close()


def said(native: str, text: str = "", brand: str = "", by: str = "u", **values: Any) -> Said:
    mention = Mention(
        id=f"x:{native}",
        brand=brand,
        text=text,
        author=Author(id=by),
        created_at=AT,
        collected_at=AT,
        **values,
    )
    return Said(mention=mention)


def heard(place: Place) -> list[tuple[str, str, str]]:
    return [(e.mention.id, e.mention.brand, e.mention.why) for e in place.heard if isinstance(e, Said)]


def brands(place: Place) -> list[tuple[str, str]]:
    return [each[:2] for each in heard(place)]


def test_the_matcher_gives_the_brands_and_each_is_published_once(place: Place) -> None:
    both = said("1", "Acme and ACME and #boltair, what a pair")
    assert place.intake().hear([both, said("2", "boltair again"), said("3", "neither")]) == 3
    assert heard(place) == [("x:1", "Acme", "term"), ("x:1", "Bolt", "term"), ("x:2", "Bolt", "term")]


def test_a_title_matches_as_a_text_does(place: Place) -> None:
    assert place.intake().hear([said("1", "words", title="Acme falls")]) == 1


def test_a_brand_that_the_source_knows_stays(place: Place) -> None:
    place.intake().hear([said("1", "about bolt", brand="Elsewhere")])
    assert heard(place) == [("x:1", "Elsewhere", "configured source")]


@pytest.mark.parametrize("how", ["parent", "root", "quoted", "reposted"])
def test_what_answers_or_carries_on_a_known_mention_concerns_whom_it_concerns(place: Place, how: str) -> None:
    intake = place.intake()
    intake.hear([said("1", "Acme and Bolt")])
    intake.hear([said("2", "so true", **{how: "x:1"}), said("3", "indeed", parent="x:2")])
    followed = [("x:2", "Acme"), ("x:2", "Bolt"), ("x:3", "Acme"), ("x:3", "Bolt")]
    assert brands(place) == [("x:1", "Acme"), ("x:1", "Bolt"), *followed]
    assert {why for _, _, why in heard(place)[2:]} == {"followed conversation"}


def test_brands_that_a_source_gave_are_inherited_all_of_them(place: Place) -> None:
    place.intake().hear([said("1", brand="Acme"), said("1", brand="Bolt"), said("2", "yes", parent="x:1")])
    assert brands(place)[2:] == [("x:2", "Acme"), ("x:2", "Bolt")]


def test_what_a_reply_itself_names_counts_more_than_what_it_answers(place: Place) -> None:
    place.intake().hear([said("1", "Acme"), said("2", "bolt is better", parent="x:1")])
    assert brands(place)[1:] == [("x:2", "Bolt")]


def test_a_statement_of_a_brands_own_account_and_who_answers_it_concern_the_brand(place: Place) -> None:
    place.intake().hear(
        [
            said("1", "Recall: batch 4471", by="Acme_Help"),
            said("2", "is 4472 safe?", parent="x:1"),
            said("3", "thanks", parent="x:77"),
        ]
    )
    assert heard(place) == [("x:1", "Acme", "own account"), ("x:2", "Acme", "followed conversation")]


def test_what_concerns_nobody_is_counted_and_nothing_is_published(place: Place) -> None:
    unmatched, published = (
        counter.labels(*labels) for counter, labels in ((UNMATCHED, ["replay"]), (HEARD, ["replay", "any"]))
    )
    before = unmatched._value.get(), published._value.get()
    assert (
        place.intake().hear([said("1", "nothing"), said("2", "at all", parent="x:9"), said("3", "acme")]) == 1
    )
    assert (unmatched._value.get(), published._value.get()) == (before[0] + 2, before[1] + 1)
    assert place.intake().hear([]) == 0


def test_counts_and_withdrawals_go_to_their_brand(place: Place) -> None:
    events: list[Event] = [
        Measured(id="x:1", brand="Acme", collected_at=AT, metrics=Metrics(at=AT, likes=3)),
        Withdrawn(id="x:1", brand="Acme", collected_at=AT),
    ]
    assert place.intake().hear(events) == 2
    assert place.heard == events


@given(texts=st.lists(st.lists(st.sampled_from(["acme", "bolt", "neither"]), max_size=4), max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example has its own log
def test_every_text_is_published_once_for_each_brand_it_names(place: Place, texts: list[list[str]]) -> None:
    bus = MemoryBus(place.context.clock)
    intake = Intake(dataclasses.replace(place.context, bus=bus), "replay")
    intake.hear([said(str(number), " ".join(words)) for number, words in enumerate(texts)])
    published = [MENTIONS.decode(record.value) for record in bus.read("mentions", 0, 0)]
    assert sorted(
        (e.mention.id, e.mention.brand.lower()) for e in published if isinstance(e, Said)
    ) == sorted(
        (f"x:{number}", word) for number, words in enumerate(texts) for word in set(words) & {"acme", "bolt"}
    )


def test_it_is_busy_while_too_much_waits_and_says_for_how_long(place: Place) -> None:
    intake = place.intake()
    place.bus.subscribe("mentions", "processors")
    assert intake.busy() is None
    intake.hear([said(str(number), "acme") for number in range(9)])
    assert intake.busy() is None
    intake.hear([said("9", "acme")])
    assert intake.busy() == 1
    intake.hear([said(str(number), "acme") for number in range(15_000)])
    assert intake.busy() == 3
    place.bus.move("mentions", "processors", 15_001)
    assert intake.busy() is None


def test_between_two_looks_what_it_published_is_taken_to_wait(place: Place) -> None:
    """A broker's answer takes milliseconds: a source that asks for every request would wait for nothing else."""
    now = [100.0]
    intake = Intake(place.context, "replay", monotonic=lambda: now[0])
    place.bus.subscribe("mentions", "processors")
    assert intake.busy() is None
    intake.hear([said(str(number), "acme") for number in range(10)])
    place.bus.move("mentions", "processors", 10)
    assert intake.busy() == 1
    now[0] += 0.3
    assert intake.busy() is None


def test_what_cannot_be_read_is_kept_with_reason_and_place_once(place: Place) -> None:
    for _ in range(2):
        place.intake().park(b"\xff{", "not UTF-8", "file.jsonl:17")
    with place.store.read() as connection:
        (letter,) = dead.page(connection)
    assert (letter.raw, letter.reason, letter.origin, letter.at) == (
        b"\xff{",
        "not UTF-8",
        "file.jsonl:17",
        to_us(NOW),
    )


class Source:
    """Ends at once, fails, or waits for `stop` on a thread of its own."""

    kind = "stub"

    def __init__(self, name: str, end: str) -> None:
        self.name, self.end, self.left = name, end, False

    def build(self, _context: Context) -> "Source":
        return self

    def routes(self) -> list[Any]:
        return []

    async def run(self, _intake: Any, stop: asyncio.Event) -> None:
        if self.end == "fails":
            raise Refused(f"{self.name}: no such file")
        if self.end == "waits":
            await stop.wait()
            self.left = True


def role(place: Place, *sources: Source) -> Collectors:
    config: Any = SimpleNamespace(collectors=sources, brands=())
    return Collectors(Context(config, place.context.clock, place.bus, place.store))


def test_a_source_that_fails_ends_the_role_in_its_own_words_and_the_others_leave_in_peace(
    place: Place,
) -> None:
    waiting = Source("live", "waits")
    with pytest.raises(Refused, match="file: no such file"):
        asyncio.run(role(place, waiting, Source("file", "fails")).run(asyncio.Event()))
    assert waiting.left


def test_the_role_is_idle_once_every_source_has_ended(place: Place) -> None:
    async def both() -> tuple[bool, bool]:
        stop, ended = asyncio.Event(), role(place, Source("a", "ends"), Source("b", "ends"))
        running = asyncio.create_task(ended.run(stop))
        before = ended.idle()
        stop.set()
        await running
        return before, ended.idle()

    assert asyncio.run(both()) == (False, True)


def test_a_restart_forgets_no_conversation(place: Place) -> None:
    place.intake().hear([said("1", "Acme, where is my parcel?"), said("2", "both acme and bolt")])
    after_a_restart = place.intake()
    after_a_restart.hear([said("3", "same here", parent="x:1"), said("4", "and here", quoted="x:2")])
    assert brands(place)[3:] == [("x:3", "Acme"), ("x:4", "Acme"), ("x:4", "Bolt")]


def test_how_each_source_is_doing_is_kept_for_whoever_looks(place: Place) -> None:
    async def until_ended() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(role(place, Source("quick", "ends"), Source("live", "waits")).run(stop))
        while not running.done() and _reports(place).keys() != {"live", "quick"}:
            await asyncio.sleep(0)
        stop.set()
        await running

    asyncio.run(until_ended())
    assert _reports(place) == {"live": True, "quick": False}  # stopped is not ended


def _reports(place: Place) -> dict[str, bool]:
    with place.store.read() as connection:
        return {report.name: report.working for report in sources.every(connection)}
