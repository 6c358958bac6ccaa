"""The sample against its truth file: what must call by when, what must never call, and that any stop loses nothing.

An alert that needs what Earshot cannot do yet is marked with it; once it comes, its mark must go.
"""

import asyncio
import gc
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from sqlalchemy import Connection

from earshot import sample
from earshot.cli.options import changed, opened, with_own_time
from earshot.clock import SetClock
from earshot.config import load
from earshot.model import Level, Step, Story
from earshot.runtime import Runtime, find_roles
from earshot.sample import Expected, Progress, Silent
from earshot.store import Store, alerts, dead, mentions, notices, stories, surges
from earshot.surge import Surge

EXAMPLE = Path(__file__).parents[2] / "earshot.example.toml"
TODAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
TRUTH = sample.truth()
PATIENCE = 60.0  # s until a test gives up; nothing ever waits so long


class Call(NamedTuple):
    story: Story
    step: Step
    at: int
    """Offset."""


class Stored(NamedTuple):
    """What there is in the end."""

    calls: Sequence[Call]
    ids: Sequence[str]
    withdrawn: Sequence[str]
    told: int
    heard_of: frozenset[int]
    """Stories and surges of which a notice went out."""
    surges: Sequence[Surge]
    letters: int
    progress: Progress

    @property
    def told_of(self) -> list[tuple[str, str, str]]:
        """What must be the same however often it was stopped."""
        return sorted((c.story.first, c.step.mention, c.step.reason) for c in self.calls)


def stored(path: Path) -> Stored:
    store = Store(path)
    try:
        with store.read() as connection:
            found = stories.load(
                connection, [row[0] for row in connection.exec_driver_sql("select id from stories")]
            )
            kept = [mentions.read(row) for story in found for row in mentions.of_story(connection, story)]
            progress = sample.progress(connection)
            assert progress
            calls = [
                Call(story, step, sample.offset(progress.first_day, step.at))
                for story in found.values()
                for episode in story.episodes
                for step in episode.steps
            ]
            return Stored(
                calls,
                sorted(each.mention.id for each in kept),
                sorted(each.mention.id for each in kept if each.withdrawn),
                notices.count(connection),
                frozenset(_heard_of(connection)),
                [each.surge for each in surges.newest(connection, ["Ronvia"], 10)],
                len(dead.page(connection)),
                progress,
            )
    finally:
        store.close()


def _heard_of(connection: Connection) -> Iterator[int]:
    for alert in alerts.page(connection):
        if notices.of_alert(connection, alert.id):
            yield alert.story


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """All roles on the example as it is, as fast as can be: on a clock that does not play nothing is waited for."""
    folder = tmp_path_factory.mktemp("sample")
    config = with_own_time(changed(load(EXAMPLE, {}), "earshot", data_dir=folder))
    thresholds = gc.get_threshold()
    with opened(config, live=False, clock=SetClock(TODAY)) as context:
        asyncio.run(Runtime(context, find_roles([]), serve=False).run(until_done=True))
    gc.set_threshold(*thresholds)
    return stored(folder / "sample" / "earshot.db")


def _expected() -> Iterator[object]:
    for each in TRUTH.expected:
        marks = [pytest.mark.xfail(strict=True, reason=f"needs {each.needs}")] if each.needs else []
        yield pytest.param(each, id=each.why, marks=marks)


@pytest.mark.parametrize("wanted", list(_expected()))
def test_what_must_be_told_is_told_in_time(played: Stored, wanted: Expected) -> None:
    assert [
        call
        for call in played.calls
        if call.story.first == wanted.story
        and call.step.mention == wanted.mention
        and call.step.level >= Level[wanted.level]
        and wanted.reason in (None, call.step.reason)
        and call.at <= wanted.latest
    ]


@pytest.mark.parametrize("quiet", TRUTH.must_not, ids=lambda quiet: quiet.why)
def test_what_must_not_call_does_not(played: Stored, quiet: Silent) -> None:
    def concerns(mention: str) -> bool:
        return mention in quiet.mentions or TRUTH.mentions[mention].tag in quiet.tags

    loud = [call for call in played.calls if call.step.level > Level[quiet.level]]
    assert [call.step for call in loud if concerns(call.step.mention) or concerns(call.story.first)] == []


def test_history_calls_nobody(played: Stored) -> None:
    assert [call.step for call in played.calls if call.at < sample.OPENS] == []


def test_nothing_else_is_told_than_what_is_expected(played: Stored) -> None:
    """But for parts of the crisis whose words did not lead to the whole: they may be watched."""
    told = [call for call in played.calls if call.story.id in played.heard_of]
    loud = {call.story.first for call in told if call.step.level > Level.watch}
    assert loud <= {each.story for each in TRUTH.expected}
    watched = {call.story.first for call in told} - loud
    assert {TRUTH.mentions[first].tag for first in watched} <= {"crisis"}


def test_each_call_is_told(played: Stored) -> None:
    """What one mention gives at once is one notice."""
    called = [call for call in played.calls if not call.step.also and call.story.id in played.heard_of]
    assert played.told == len(called) + sum(len(surge.steps) for surge in played.surges) > 0


def test_the_crowd_is_told_of_once_and_early(played: Stored) -> None:
    """Its twelve quiet days say what is usual; what is untold by itself is of the surge, and nothing more."""
    (surge,) = played.surges
    assert sample.offset(played.progress.first_day, surge.opened_at) < sample.OPENS + 2 * 3_600
    silent = [call for call in played.calls if call.story.id not in played.heard_of]
    assert all(surge.contains(call.story.opened_at) for call in silent)
    assert {(call.step.reason, TRUTH.mentions[call.story.first].tag) for call in silent} <= {
        ("risk", "crisis")
    }


def test_every_mention_is_stored_once(played: Stored) -> None:
    whole(played)


def whole(found: Stored) -> None:
    assert list(found.ids) == sorted(TRUTH.mentions)
    assert list(found.withdrawn) == sorted(
        i for i, label in TRUTH.mentions.items() if "withdrawn" in label.traps
    )
    assert found.letters == 0
    assert found.progress.is_over


# --- stopped and started --------------------------------------------------------------------------------------


class Run:
    """One `earshot run` of the example, as `make run` starts it, and somebody who opens its page."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "earshot", "run", "--config", str(folder / "earshot.toml")]
        self.said: list[str] = []
        self.process = subprocess.Popen(
            command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=os.environ | {"COLUMNS": "200", "PYTHONUNBUFFERED": "1", "EARSHOT_CONSOLE__LOGIN": "false"},
        )  # fmt: skip
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        self._open_its_page()

    def _open_its_page(self) -> None:
        """What the sample waits for."""
        self.until_it_says("listens on")
        (address,) = (found[0] for line in self.said if (found := re.search(r"http://\S+", line)))
        assert httpx.get(address, timeout=PATIENCE).status_code == 200

    def _read(self) -> None:
        assert self.process.stdout
        self.said.extend(self.process.stdout)

    def until_it_says(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not any(words in line for line in self.said):
            assert self.process.poll() is None, "".join(self.said)
            assert time.monotonic() < deadline, "".join(self.said)
            threading.Event().wait(0.01)

    def interrupt(self) -> int:
        """Ctrl-C; the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self._ended()

    def kill(self) -> None:
        self.process.kill()
        self._ended()

    def _ended(self) -> int:
        status = self.process.wait(PATIENCE)
        self._reading.join(PATIENCE)
        assert self.process.stdout
        self.process.stdout.close()
        assert not [line for line in self.said if "Traceback" in line], "".join(self.said)
        return status


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = EXAMPLE.read_text(encoding="utf-8").replace("port = 8600", "port = 0")
    text = re.sub(r'(?m)^kind = "sample"$', 'kind = "sample"\nspeed = 20_000', text)
    assert "20_000" in text
    (tmp_path / "earshot.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_stopped_in_the_middle_and_started_again_it_loses_and_repeats_nothing(
    folder: Path, played: Stored
) -> None:
    first = Run(folder)
    first.until_it_says("alert ")
    assert first.interrupt() == 0
    database = folder / "data" / "sample" / "earshot.db"
    begun = stored(database).progress
    assert 0 < begun.heard < sample.EVENTS

    second = Run(folder)
    second.until_it_says("the sample is over")
    assert second.interrupt() == 0
    end = stored(database)
    whole(end)
    assert end.progress.first_day == begun.first_day
    assert end.told_of == played.told_of
    assert end.told == played.told
    assert not [line for line in second.said if "as history" in line]


def test_killed_it_goes_on_too(folder: Path, played: Stored) -> None:
    first = Run(folder)
    first.until_it_says("times as fast")
    first.kill()
    second = Run(folder)
    second.until_it_says("the sample is over")
    assert second.interrupt() == 0
    end = stored(folder / "data" / "sample" / "earshot.db")
    whole(end)
    assert end.told_of == played.told_of
