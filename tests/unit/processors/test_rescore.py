"""The past scored again: what is left is what the new model would have made of it from the start."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from copy import copy
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from pipeline_world import (
    FURIOUS,
    PLAIN,
    PLEASED,
    START,
    World,
    config,
    desk,
    said,
    withdrawn,
)
from test_same_decisions import events

from earshot.clock import to_us
from earshot.errors import Refused
from earshot.hashing import hash64
from earshot.model import Level, Mention, Score, Story
from earshot.rescoring import Change
from earshot.staff import STAFF
from earshot.store import authors, brands, mentions, stories
from earshot.store.retention import purge
from earshot.topics import Event
from processors import optimistic, redo, rescore
from processors.negativity.model import shipped
from processors.negativity.opinion import Opinion
from processors.pipeline import Pipeline
from processors.rescore import Rescore
from processors.score import Finding, Scorer, Text
from processors.turn import Desk

JAPANESE = "配送が遅れて最悪です。二度と使いません。"


class OldModel:
    """Another one: it takes the pleased for furious, and the other way round, and cannot read one text in eight."""

    def __init__(self, version: str = "old-0") -> None:
        self._version = version

    def read(self, texts: Sequence[Text]) -> list[Finding]:
        return [self._finding(text, hash64(text)) for text, _ in texts]

    def _finding(self, text: str, seed: int) -> Finding:
        p = (
            0.97
            if "thank" in text.lower()
            else 0.02
            if "horrible" in text.lower()
            else seed % 10_000 / 10_000
        )
        opinion = Opinion(p, 1 - p, 0.0) if seed % 8 or "h" in text else None
        return Finding("en", opinion, uncertain=False, model=self._version)


@cache
def old_desk(version: str = "old-0") -> Desk:
    old = copy(desk())
    old.scorer = Scorer(OldModel(version))
    return old


class Past(World):
    """Everything that is heard in it is scored by the old model."""

    def restart(self) -> None:
        self.pipeline = Pipeline(self.context, old_desk())

    def renew(self) -> None:
        """A process of the new version takes over."""
        self.pipeline = Pipeline(self.context, desk())


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return Past(tmp_path)


@pytest.fixture
def again(past: Past) -> Iterator[Rescore]:
    with closing(Rescore(config(), past.store, copy(desk()))) as rescorer:
        yield rescorer


def run(world: World, rescorer: Rescore, *, dry: bool = False) -> list[Change]:
    with world.store.read() as connection:
        known = brands.every(connection)
    changes = [
        change for brand in known for step in rescorer.score(brand, dry=dry) for change in step.changes
    ]
    if not dry:
        for brand in known:
            rescorer.settle(brand)
    return changes


def numbers(world: World) -> list[Any]:
    """All that scores decide, but for what was told and counted at the time, and what silence has made of it since."""
    rows, seats, told = [], [], []
    with world.store.read() as connection:
        known = [brand._replace(version=0, counted="") for brand in brands.every(connection)]
        for brand in known:
            for story in stories.newest(connection, brands.numbers(brand.no), 1_000):
                of_story = mentions.of_story(connection, story.id)
                rows += of_story
                seats += authors.get(connection, (row.n for row in of_story)).values()
                told.append(_lasting(story))
    return [known, rows, seats, told]


def _lasting(story: Story) -> Story:
    return structs.replace(
        story, version=0, level=Level.calm, calmed=Level.calm, episodes=(), chance=0, echo=1, forecast=None, risk=0,
        terms=structs.replace(story.terms, spread=0, reach=0, media=0, audience=0, surge=0), spread=tuple(round(each, 6) for each in story.spread),
    )  # fmt: skip


LOG = [
    said("1"),
    said("2", 1, PLEASED, by="b", followers=5_000, place="Bologna"),
    said("3", 2, PLAIN, parent="x:1", by="b"),
    said("4", 3, JAPANESE),
    said("5", 4, JAPANESE, stars=1, kind="review", brand="Bolt", place="Bologna"),
    said("6", 5, PLEASED, parent="x:1", by="b", brand="Bolt"),
    said("7", 6, FURIOUS, kind="article", url="https://daily.example/a", root="x:1"),
    said("8", 90, "Merda, che servizio orribile questa azienda", parent="x:2", by="a"),
]


def test_what_is_left_is_what_the_new_model_makes_of_it_from_the_start(
    past: Past, again: Rescore, tmp_path_factory: pytest.TempPathFactory
) -> None:
    expected = World(tmp_path_factory.mktemp("expected")).hear(*LOG)
    assert numbers(past.hear(*LOG)) != numbers(expected)
    run(past, again)
    assert numbers(past) == numbers(expected)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(log=st.lists(events().filter(lambda event: not getattr(event, "metrics", None)), max_size=30))
def test_whatever_was_heard(log: list[Event]) -> None:
    """What was edited or taken back is not there any more to be read: the rest is as from the start."""
    log = _once(log)
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        past, expected = Past(Path(one)).hear(*log), World(Path(other)).hear(*log)
        with closing(Rescore(config(), past.store, copy(desk()))) as rescorer:
            run(past, rescorer)
        assert numbers(past) == numbers(expected)


def _once(log: list[Event]) -> list[Event]:
    known: dict[tuple[str, str], Event] = {}
    for event in log:
        if said_ := getattr(event, "mention", None):
            known.setdefault((said_.id, said_.brand), event)
    return list(known.values())


def test_a_second_run_finds_nothing_and_writes_nothing(past: Past, again: Rescore) -> None:
    run(past.hear(*LOG), again)
    with past.store.read() as connection:
        before = brands.every(connection), stories.newest(connection, brands.numbers(1), 99)
    assert run(past, again) == []
    with past.store.read() as connection:
        assert (brands.every(connection), stories.newest(connection, brands.numbers(1), 99)) == before


@pytest.mark.parametrize("version", ["negativity-1", "negativity-1@00000000"])
def test_a_model_of_another_day_is_another_one_whatever_its_name(
    past: Past, again: Rescore, version: str
) -> None:
    past.pipeline = Pipeline(past.context, old_desk(version))
    run(past.hear(*LOG), again)
    fresh = [row for row in numbers(past)[1] if not row.withdrawn]
    assert {mentions.score_of(row).model for row in fresh} == {shipped().version}


def test_what_would_change_is_told_and_nothing_is_written(past: Past, again: Rescore) -> None:
    before = numbers(past.hear(*LOG))
    would = run(past, again, dry=True)
    assert numbers(past) == before
    assert set(run(past, again)) == set(would)
    turned = {change.mention: change.turned for change in would}
    assert (turned["x:1"], turned["x:2"]) == (1, -1)


def test_what_people_corrected_stays(past: Past, again: Rescore) -> None:
    past.hear(said("1"), said("2", 1, PLEASED, parent="x:1"))
    told = Score(language="en", negative=0.9, neutral=0.1, positive=0.0, basis=STAFF)
    first, second = (each.n for each in past.kept(past.story()))
    with past.store.begin() as connection:
        mentions.rescore(connection, [(second, told, 0)])
    run(past, again)
    assert [(kept.score == told, kept.score.model) for kept in past.kept(past.story())] == [
        (False, again.model),
        (True, ""),
    ]
    assert past.rebuilt(past.story()) == past.story()
    assert first < second


def test_what_was_withdrawn_has_no_words_to_read(past: Past, again: Rescore) -> None:
    past.hear(said("1"), said("2", 1, parent="x:1"), withdrawn("1", 2))
    assert [change.mention for change in run(past, again)] == ["x:2"]
    assert (past.story().withdrawn, past.story().negative_authors) == (1, 1)
    assert past.rebuilt(past.story()) == past.story()


def test_an_edit_is_read_as_it_stands(past: Past, again: Rescore) -> None:
    past.hear(said("1"), said("1", 30, PLEASED, edited_at=START + timedelta(minutes=29)))
    (change,) = run(past, again)
    assert (change.before or 0) > 0.9
    assert (change.after or 1) < 0.1
    (votes,) = [row.vote for row in _rows(past)]
    assert _brand(past).votes == votes


def test_nobody_is_called_for_the_past(past: Past, again: Rescore) -> None:
    """The new model finds it critical. Who speaks of it next calls, as after a backfill."""
    log = [*(said(str(i), i, followers=900_000) for i in range(30))]
    past.hear(*log, said("31", 31, kind="article", url="https://daily.example/a", root="x:1"))
    assert (past.story().level, past.story().episodes) == (Level.calm, ())
    snapshots = past.bus.lag("stories", "anyone")
    run(past, again)
    assert (past.story().level, past.story().episodes) == (Level.critical, ())
    assert past.bus.lag("stories", "anyone") == snapshots
    past.renew()
    past.hear(said("32", 40, PLAIN, parent="x:1"))
    assert [step.mention for step in past.story().episodes[0].steps] == ["x:32"]


def test_what_was_told_stays_told_and_comes_to_rest(tmp_path: Path) -> None:
    """The old model called for praise. The episode is not undone: it ends, as of the last that was said."""
    past = Past(tmp_path, live=True)
    log = [said(str(i), i, PLEASED) for i in range(30)]
    past.hear(*log, said("31", 31, PLEASED, kind="article", url="https://daily.example/a", root="x:1"))
    (called,) = past.story().episodes
    with closing(Rescore(config(), past.store, copy(desk()))) as rescorer:
        run(past, rescorer)
    story = past.story()
    assert story.episodes[0].steps == called.steps
    assert (story.level, story.episodes[0].below_since) == (Level.calm, story.last_at)
    past.renew()
    past.clock.advance(timedelta(minutes=31 + 62))
    past.drain()
    assert past.story().episodes[0].resolved_at == START + timedelta(minutes=31 + 60)


# --- beside a running service ---------------------------------------------------------------------------


class Meanwhile:
    """A scorer in whose time something else happens, so many times."""

    def __init__(self, rescorer: Rescore, what: Callable[[], object], times: int) -> None:
        self._inner, self._what, self.left = rescorer._desk.scorer, what, times

    def score(self, given: Sequence[Mention]) -> list[Score]:
        if self.left and given:
            self.left -= 1
            self._what()
        return self._inner.score(given)


def test_what_is_heard_meanwhile_is_neither_lost_nor_counted_twice(past: Past, again: Rescore) -> None:
    """The running pipeline is faster once, and finds its caches old once: both do their part again."""
    log = [said(str(i), i, (FURIOUS, PLEASED, PLAIN)[i % 3], parent=f"x:{i % 4}") for i in range(24)]
    past.hear(*log[:12])
    past.renew()
    past.hear(*log[12:16])
    again._desk.scorer = Meanwhile(again, lambda: past.hear(*log[16:20]), 1)  # type: ignore[assignment]
    run(past, again)
    past.hear(*log[20:], withdrawn("3", 50))
    for story in past.stories():
        assert past.rebuilt(story) == story
    assert sum(story.mentions for story in past.stories()) == 24
    read = [row.vote for row in _rows(past) if row.vote is not None]
    assert (_brand(past).votes, _brand(past).voters) == (sum(read), len(read))
    assert {kept.score.model for story in past.stories() for kept in past.kept(story)} == {again.model}


def test_metrics_that_arrive_meanwhile_do_not_bring_an_old_score_back(past: Past, again: Rescore) -> None:
    past.hear(said("1"))
    past.renew()
    past.hear(said("2", 1, parent="x:1"))
    run(past, again)
    past.hear(said("1", 9, PLEASED, edited_at=START + timedelta(minutes=8)))
    assert past.rebuilt(past.story()) == past.story()
    assert {kept.score.model for kept in past.kept(past.story())} == {again.model}


def test_a_service_that_never_pauses_is_told(
    past: Past, again: Rescore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optimistic, "_TRIES", 3)
    past.hear(said("0"))
    more = iter(range(1, 99))
    again._desk.scorer = Meanwhile(again, lambda: past.hear(said(f"{next(more)}", 5)), 99)  # type: ignore[assignment]
    with pytest.raises(Refused, match=r"brand Acme: the running processors write .* run it again"):
        run(past, again)
    for story in past.stories():
        assert past.rebuilt(story) == story


def test_stories_that_retention_takes_meanwhile_are_gone(past: Past, again: Rescore) -> None:
    past.hear(said("1"), said("2", 9, "Quite another matter about the new station building"))
    again._desk.scorer = Meanwhile(  # type: ignore[assignment]
        again, lambda: purge(past.store, to_us(START + timedelta(minutes=5))), 1
    )
    assert [change.mention for change in run(past, again)] == ["x:2"]
    assert len(past.stories()) == 1


def test_a_story_that_is_larger_than_a_transaction_is_done_whole(
    past: Past, again: Rescore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescore, "_PAGE", 3)
    monkeypatch.setattr(redo, "_MOST", 4)
    past.hear(*(said(str(i), i, f"{PLAIN} {i}", parent="x:0" if i % 3 else None) for i in range(20)))
    changes = run(past, again)
    assert len({change.mention for change in changes}) == len(changes) == 20
    for story in past.stories():
        assert past.rebuilt(story) == story


def test_what_nobody_can_read_does_not_make_a_large_story_be_done_again_and_again(
    past: Past, again: Rescore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescore, "_PAGE", 3)
    texts = [JAPANESE if i % 2 else f"{PLAIN} {i}" for i in range(20)]
    past.hear(*(said(str(i), i, text, parent="x:0" if i else None) for i, text in enumerate(texts)))
    run(past, again)
    assert past.story().unread == 10
    before = _brand(past).version
    run(past, again)
    assert _brand(past).version == before
    monkeypatch.setattr(again, "_redo", None)  # it would be called
    assert run(past, again) == []


def _rows(world: World) -> list[mentions.Row]:
    with world.store.read() as connection:
        return [row for story in world.stories() for row in mentions.of_story(connection, story.id)]


def _brand(world: World) -> brands.Brand:
    with world.store.read() as connection:
        found = brands.load(connection, "Acme")
    assert found
    return found
