"""Killed at any moment, thirty times, and restarted: nothing is lost, nothing is counted twice, no step by hand."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from crash_world import BRANDS, Receivers, kill_after, run_to_end, start, write_config, write_log
from msgspec import structs

from alerts.rules import identity
from earshot.model import Level, Story
from earshot.store import Store, brands, mentions, stories
from processors import measure

KILLS = 30
EVENTS = 7_000
SPEED = "2500x"  # 42,000 s of log in about 17 s of running: every kill falls into live work


@pytest.mark.crash
@pytest.mark.timeout(290)
@pytest.mark.parametrize(
    "failing", [False, True], ids=["receivers that accept", "receivers that fail half the time"]
)
def test_thirty_kills_lose_nothing(tmp_path: Path, *, failing: bool) -> None:
    log, config = tmp_path / "log.jsonl", tmp_path / "earshot.toml"
    expected = write_log(log, EVENTS, seed=1)
    receivers = Receivers(failing=failing)
    rng = random.Random(2)
    with receivers.listening() as ports:
        write_config(config, *ports)
        killed = sum(
            kill_after(start(log, tmp_path / "killed", config, SPEED), rng.uniform(0.7, 2.2))
            for _ in range(KILLS)
        )
        run_to_end(log, tmp_path / "killed", config)
    assert killed >= KILLS * 2 // 3, f"only {killed} kills fell into running work: slow SPEED down"
    _check_stored_once(tmp_path / "killed", expected)
    _check_same_as_uninterrupted(log, tmp_path)
    _check_notices(tmp_path / "killed", receivers)


def _check_stored_once(data: Path, expected: Counter[tuple[str, str]]) -> None:
    store = Store(data / "earshot.db")
    stored: Counter[tuple[str, str]] = Counter()
    for story in _stories(store):
        with store.read() as connection:
            rows = mentions.of_story(connection, story.id)
        stored.update((m.id, m.brand) for m in (mentions.read(row).mention for row in rows))
        assert measure.rebuild(story, rows)[0] == story
    store.close()
    assert stored <= expected
    assert {key for key, times in (expected - stored).items() if times} == set(), "lost"


def _check_same_as_uninterrupted(log: Path, folder: Path) -> None:
    quiet = folder / "quiet.toml"
    quiet.write_text('[[outlets]]\ndomain = "daily.example"\nclass = "national"\n', encoding="utf-8")
    run_to_end(log, folder / "whole", quiet)
    killed, whole = (_decided(folder / name) for name in ("killed", "whole"))
    assert killed == whole
    assert sum(len(story.episodes) for story in whole) > 50


def _decided(data: Path) -> list[Story]:
    store = Store(data / "earshot.db")
    found = [structs.replace(story, version=0) for story in _stories(store)]
    store.close()
    return found


def _check_notices(data: Path, receivers: Receivers) -> None:
    store = Store(data / "earshot.db")
    steps = [(s, e, step) for s in _stories(store) for e in s.episodes for step in e.steps]
    web = {identity(*each, "web") for each in steps}
    post = {identity(*each, "post") for each in steps if each[2].level >= Level.warning}
    with store.read() as connection:
        rows = connection.exec_driver_sql("select identity, state, possible_repeat from notices").all()
    store.close()
    assert {row[0] for row in rows} == web | post
    assert {row[1] for row in rows} == {"sent"}
    assert (set(receivers.webhook), set(receivers.mail)) == (web, post)
    repeated = {name for name, times in (receivers.webhook + receivers.mail).items() if times > 1}
    assert repeated <= {row[0] for row in rows if row[2]}


def _stories(store: Store) -> Iterator[Story]:
    with store.read() as connection:
        for name in BRANDS:
            row = brands.load(connection, name)
            assert row
            yield from stories.newest(connection, brands.numbers(row.no), 100_000)[::-1]
