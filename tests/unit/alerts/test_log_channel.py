"""What a reader of the log sees of a notice, as the log prints it."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any

import pytest
import structlog
from alerts_world import RISK, START, Recorded, a_mention, a_step, a_story, an_episode, kept

from alerts.channels.log import Log
from alerts.message import compose
from alerts.rules import tellings
from alerts.silence import compose as of_silence
from earshot import logs
from earshot.clock import to_us
from earshot.model import Level
from earshot.seams import Notice
from earshot.store.outages import Outage

Line = Callable[[Notice], dict[str, Any]]


@pytest.fixture
def line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Sends a notice to an Italian log in JSON; what it printed."""

    def send(notice: Notice) -> dict[str, Any]:
        logs.configure("json", "warning")  # here: what is captured in a test is not what was in its fixtures
        Log(name="press", language="it").build(None).send(notice)
        (printed,) = capsys.readouterr().err.splitlines()
        return json.loads(printed)

    handlers, level = logging.root.handlers[:], logging.root.level
    configure = structlog.configure
    monkeypatch.setattr(
        structlog, "configure", lambda **given: configure(**given | {"cache_logger_on_first_use": False})
    )
    yield send
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def test_it_says_in_the_receivers_language_what_it_is_about(line: Line) -> None:
    danger = a_step(Level.critical, reason="safety")
    story = a_story(an_episode(danger, a_step(Level.warning, also=True)))
    (telling,) = tellings(story, [Recorded(language="it")])
    printed = line(compose(telling, kept(a_mention()), (), START, "https://earshot.example", RISK, UTC))
    assert printed["event"] == (
        "Critico: Ronvia, qualcuno può essersi fatto male o essere in pericolo; il rischio della vicenda è salito"
    )
    assert (printed["level"], printed["alert"]) == ("warning", "critical")
    assert "carta bloccata" not in str(printed)


def test_a_source_that_has_gone_quiet_is_named(line: Line) -> None:
    outage = Outage(1, "x-stream", "quiet", to_us(START), to_us(START), None, None)
    printed = line(of_silence(outage, Recorded(language="it"), START, "https://earshot.example", UTC))
    assert (printed["event"], printed["alert"]) == ("x-stream tace", "watch")


def test_a_reason_of_another_version_is_said_as_it_is_called(line: Line) -> None:
    facts = {"identity": "msg_1", "receiver": "press", "brand": "Ronvia", "story": 7, "episode": 1}
    notice = Notice(
        **facts, level=Level.watch, reason="new_rule", decided_at=START, subject="parole", text=""
    )
    assert line(notice)["event"] == "Da seguire: Ronvia, new rule"
