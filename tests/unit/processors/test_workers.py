"""Texts read elsewhere are read the same, and a worker that dies takes nothing with it."""

import os
import signal
from collections.abc import Iterator

import pytest
from pipeline_world import FURIOUS, PLAIN, PLEASED

from processors.score import Reader, Text
from processors.workers import Workers

LANGUAGES = ("it", "en")
TEXTS: list[Text] = [
    (f"{words} {number}", declared)
    for number in range(30)
    for words, declared in (
        (FURIOUS, None),
        (PLEASED, "en"),
        ("Il pacco non arriva mai", None),
        (PLAIN, "ja"),
    )
]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(LANGUAGES, 2)
    yield made
    made.close()


@pytest.fixture(scope="module")
def here() -> Reader:
    return Reader(LANGUAGES)


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 119, 120])
def test_as_in_one_process_and_in_order(workers: Workers, here: Reader, count: int) -> None:
    assert workers.read(TEXTS[:count]) == here.read(TEXTS[:count])


def test_any_text_travels(workers: Workers, here: Reader) -> None:
    odd: list[Text] = [(text, None) for text in ("", "\0", "\ud800", "😀" * 999, "a" * 99_999)] * 10
    assert workers.read(odd) == here.read(odd)


def test_a_worker_that_is_killed_loses_no_text(workers: Workers, here: Reader) -> None:
    workers.read(TEXTS)
    assert workers._pool
    for process in list(workers._pool._processes.values()):
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join(30)
    assert workers.read(TEXTS) == here.read(TEXTS)
    assert workers.read(TEXTS[::-1]) == here.read(TEXTS[::-1])


def test_without_workers_nothing_is_started(here: Reader) -> None:
    alone = Workers(LANGUAGES, 0)
    assert alone.read(TEXTS) == here.read(TEXTS)
    alone.close()


def test_languages_that_the_model_does_not_read_are_named() -> None:
    assert Workers(("it", "nl", "el"), 0).unread == ["nl", "el"]
    assert Workers(LANGUAGES, 0).unread == []
