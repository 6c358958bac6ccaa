"""Texts read in processes of their own, where one brand outgrows a core: its stories stay with one writer."""

import math
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from earshot import logs
from processors.negativity.model import shipped
from processors.negativity.opinion import Model
from processors.score import Finding, Reader, Text

_LOG = logs.get(__name__)
_WORTH_SENDING = 32  # texts; fewer are read here sooner than they are sent and come back
_LOOK = 1.0  # s between a worker's looks whether its parent still lives


class Workers:
    """A reader that shares large batches out among `count` processes, and reads small ones itself."""

    def __init__(self, languages: Sequence[str], count: int, load: Callable[[], Model] = shipped) -> None:
        self._languages, self._count, self._load = tuple(languages), count, load
        self._here = Reader(languages, load)
        self._pool = self._started() if count else None

    @property
    def unread(self) -> list[str]:
        """Languages that are asked for and that the model does not read."""
        return [each for each in self._languages if each not in self._here.model.languages]

    def read(self, texts: Sequence[Text]) -> list[Finding]:
        """In order. What a dying worker leaves unread is read here, and others are started for it."""
        if self._pool is None or len(texts) < _WORTH_SENDING:
            return self._here.read(texts)
        share = math.ceil(len(texts) / self._count)
        parts = [texts[first : first + share] for first in range(0, len(texts), share)]
        try:
            return [found for part in self._pool.map(_read, parts) for found in part]
        except BrokenProcessPool:
            _LOG.warning("a scoring process died; others are started", workers=self._count)
            self._pool.shutdown(wait=False)
            self._pool = self._started()
            return self._here.read(texts)

    def close(self) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _started(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._count,
            get_context("spawn"),
            initializer=_begin,
            initargs=(self._languages, self._load, os.getpid()),
        )


_reader: Reader | None = None


def _begin(languages: Sequence[str], load: Callable[[], Model], parent: int) -> None:
    """In the worker: Ctrl-C is for the parent, whose end is ours too."""
    global _reader  # noqa: PLW0603 - a worker has one, made once
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _reader = Reader(languages, load)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os._exit(0)


def _read(texts: Sequence[Text]) -> list[Finding]:
    return _reader.read(texts) if _reader else []
