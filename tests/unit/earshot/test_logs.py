import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from pydantic import SecretStr

from earshot import logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Logs go where they went before, afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


Captured = pytest.CaptureFixture[str]


def lines(capsys: Captured) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_one_event_is_one_json_object_on_one_line(capsys: Captured) -> None:
    logs.configure("json", "info")
    logs.get("earshot.x").info("a mention\nwas parked", origin="caffè\n", count=3)
    (line,) = lines(capsys)
    assert line.pop("timestamp")
    assert line == {
        "event": "a mention\nwas parked",
        "level": "info",
        "logger": "earshot.x",
        "origin": "caffè\n",
        "count": 3,
    }


def test_libraries_log_in_the_same_form(capsys: Captured) -> None:
    logs.configure("json", "info")
    logging.getLogger("uvicorn.error").warning("port %d", 8600)
    (line,) = lines(capsys)
    assert (line["event"], line["level"], line["logger"]) == ("port 8600", "warning", "uvicorn.error")


def test_an_exception_stays_on_its_line(capsys: Captured) -> None:
    logs.configure("json", "info")
    try:
        {}["x"]
    except KeyError:
        logs.get("earshot.x").exception("it failed")
    (line,) = lines(capsys)
    assert "KeyError: 'x'" in str(line["exception"])


def test_less_than_the_level_is_not_logged(capsys: Captured) -> None:
    logs.configure("json", "warning")
    logs.get("earshot.x").info("quiet")
    logging.getLogger("anything").info("quiet")
    logs.get("earshot.x").warning("loud")
    assert [line["event"] for line in lines(capsys)] == ["loud"]


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_secret_is_not_written(capsys: Captured, form: logs.Format) -> None:
    logs.configure(form, "debug")
    logs.get("earshot.x").info("connecting", password=SecretStr("hunter2"))
    written = capsys.readouterr().err
    assert "connecting" in written
    assert "hunter2" not in written


def test_text_is_for_people(capsys: Captured) -> None:
    logs.configure("text", "info")
    logs.get("earshot.x").info("stopping", role="alerts")
    written = capsys.readouterr().err
    assert "stopping" in written
    assert "role=alerts" in written
