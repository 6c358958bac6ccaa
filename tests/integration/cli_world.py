"""The command line as its users have it, in this process."""

import gc
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import structlog

from earshot.cli import main


class Ran(NamedTuple):
    status: int
    out: str
    errors: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Earshot = Callable[..., Ran]


@contextmanager
def command(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Earshot]:
    """In a folder, through its own door, on 80 columns; what it changes in this process is as before after it."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("EARSHOT_CONFIG", raising=False)
    monkeypatch.setattr(structlog, "configure", _forgetful(structlog.configure))
    handlers, level, thresholds = logging.root.handlers[:], logging.root.level, gc.get_threshold()

    def run(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["earshot", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
            sys.exit(0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return Ran(int(end.value.code or 0), said.out, said.err)

    yield run
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()
    gc.set_threshold(*thresholds)


def _forgetful(configure: Callable[..., None]) -> Callable[..., None]:
    """Loggers that remember how they were configured would say so to later tests, too."""
    return lambda **given: configure(**given | {"cache_logger_on_first_use": False})
