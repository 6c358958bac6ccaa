"""Killed at any moment, thirty times, and restarted: nothing is lost, nothing is counted twice, no step by hand."""

import random
from contextlib import closing
from pathlib import Path

import pytest
from crash_checks import check_decided, check_notices, check_stored_once, decided
from crash_world import Receivers, kill_after, run_to_end, start, write_config, write_log

from earshot.store import Store

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
    with closing(Store(tmp_path / "killed" / "earshot.db")) as store:
        check_stored_once(store, expected)
        _check_same_as_uninterrupted(log, tmp_path, store)
        check_notices(store, receivers)


def _check_same_as_uninterrupted(log: Path, folder: Path, killed: Store) -> None:
    quiet = folder / "quiet.toml"
    quiet.write_text('[[outlets]]\ndomain = "daily.example"\nclass = "national"\n', encoding="utf-8")
    run_to_end(log, folder / "whole", quiet)
    with closing(Store(folder / "whole" / "earshot.db")) as store:
        whole = decided(store)
    check_decided(killed, whole)
    assert sum(len(story.episodes) for story in whole) > 10  # what is alike is one story
