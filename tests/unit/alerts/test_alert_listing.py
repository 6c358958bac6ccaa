"""What `earshot alerts` prints, on a terminal of 80 columns."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alerts_world import START, a_mention, a_step, a_story, an_episode, minutes
from alerts_world import keep as keep_mention
from rich.cells import cell_len

from alerts import surge_rules
from alerts.rules import alert
from earshot.cli import listing
from earshot.clock import to_us
from earshot.model import Level, Mention, Story
from earshot.store import Store, alerts, outages, stories, surges
from earshot.store.alerts import Alert
from earshot.store.outages import Outage
from earshot.surge import NUMBERED, Fresh, Growth, Surge

Listed = Callable[[], list[str]]


@pytest.fixture
def listed(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Listed:
    """The lines under the heading."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("EARSHOT_CONFIG", raising=False)

    def lines() -> list[str]:
        listing.alerts(data_dir=tmp_path)
        printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
        assert max(map(cell_len, printed)) <= 80
        return printed[3:]

    return lines


def test_each_says_what_it_is_about(store: Store, listed: Listed) -> None:
    keep(store, a_story(an_episode()))
    keep_mention(store, a_mention(text="Carte bloccate da ieri"))
    at = START + minutes(1)
    step = Growth(at=at, hour=14, usual=2.25, deviation=1.7, rarity=2.4)
    surge = Surge(
        id=NUMBERED | 1, brand="Ronvia", topic="App", since=START, opened_at=at, bucket=1, steps=(step,), last=step,
        height=step,
    )  # fmt: skip
    with store.begin() as connection:
        surges.save(connection, [surges.Kept(surge, (Fresh("errore", 9, 0),))])
        alerts.add(connection, surge_rules.alert(surge))
        outages.begin(connection, Outage(5, "x-stream", "quiet", to_us(at), to_us(at), None, None))
        (silent,) = outages.newest(connection, 1)
        alerts.add(connection, Alert(0, "", silent.id, 1, 1, "quiet", to_us(at), to_us(at), None, 0.0))
    printed = "\n".join(listed())
    for about in ("Carte bloccat", "App: errore", "x-stream"):
        assert about in printed


def keep(store: Store, story: Story) -> None:
    with store.begin() as connection:
        stories.save(connection, [story])
        alerts.add(connection, alert(story, story.episodes[0]))


def test_every_reason_is_shown_and_the_gravest_comes_first(store: Store, listed: Listed) -> None:
    steps = (a_step(reason="loud_author"), a_step(also=True), a_step(Level.critical, reason="safety"))
    keep(store, a_story(an_episode(*steps)))
    first, *others = listed()
    assert first.split()[:4] == ["critical", "64", "Ronvia", "safety"]
    assert [line.split() for line in others] == [["open", "loud", "author"], ["risk"]]


def test_when_it_was_last_raised_is_shown_where_that_was_later(store: Store, listed: Listed) -> None:
    keep(store, a_story(an_episode()))
    first, second = listed()
    assert f"{START:%H:%M}" in first
    assert second == "open"
    keep(store, a_story(an_episode(a_step(), a_step(Level.critical, minute=90)), no=8))
    first, second, *_ = listed()
    assert f"{START:%H:%M}" in first
    assert second.endswith(f"{START + minutes(90):%H:%M}")


GAS = "Three layers of cake and the shed door is mended. There is a smell of gas since your man came. Anyone watching?"


def in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    listing.alerts(data_dir=tmp_path, as_json=True)
    (alert,) = json.loads(capsys.readouterr().out)
    return {name: alert[name] for name in ("headline", "seen_by", "edited_at")}


def called_by_words(store: Store, said: Mention) -> None:
    """A danger in the second mention of a story that began with something else."""
    keep(store, a_story(an_episode(a_step(), a_step(reason="safety", mention="x:2", minute=5))))
    keep_mention(store, a_mention(text="Carte bloccate da ieri"))
    keep_mention(store, said, 8, evidence=("gas", "smell"))


def test_the_words_that_called_name_an_alert(
    store: Store,
    listed: Listed,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    called_by_words(store, a_mention("2", GAS))
    assert "“gas”" in listed()[1]
    monkeypatch.setattr(listing._OUT, "width", 140)
    listing.alerts(data_dir=tmp_path)
    printed = capsys.readouterr().out
    assert "smell of gas" in printed
    assert "Carte bloccate" not in printed
    assert in_json(tmp_path, capsys) == {"headline": GAS, "seen_by": ["gas", "smell"], "edited_at": None}


def test_what_called_and_says_something_else_by_now_is_marked(
    store: Store, listed: Listed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited_at = START + minutes(9)
    called_by_words(store, a_mention("2", "Five stars now", edited_at=edited_at))
    assert "(edited sin" in listed()[0]
    told = {"headline": "Five stars now", "seen_by": [], "edited_at": edited_at.isoformat()}
    assert in_json(tmp_path, capsys) == told


def test_an_alert_of_no_words_is_named_by_what_began_its_story(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(store, a_story(an_episode(a_step(), a_step(reason="pick_up", mention="x:2"))))
    keep_mention(store, a_mention(text="Carte bloccate da ieri"))
    keep_mention(store, a_mention("2", GAS), 8, evidence=("gas",))
    told = {"headline": "Carte bloccate da ieri", "seen_by": [], "edited_at": None}
    assert in_json(tmp_path, capsys) == told


@pytest.mark.parametrize("reason", ["surge", "quiet"])
def test_what_has_no_risk_shows_none(store: Store, listed: Listed, reason: str) -> None:
    at = to_us(START)
    with store.begin() as connection:
        alerts.add(connection, Alert(0, "Ronvia", 9, 1, int(Level.warning), reason, at, at, None, 0.0))
    assert listed()[0].split()[:4] == ["warning", "–", "Ronvia", reason]
