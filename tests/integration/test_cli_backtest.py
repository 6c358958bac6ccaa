"""`earshot backtest` as a user meets it: what its alerts would have been worth, on a file and on what was heard."""

import json
import re
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from cli_world import Earshot
from rescore_world import log, made
from sqlalchemy import make_url

from earshot.store import Store, mentions, notices

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FURIOUS = "This is a horrible, disgusting company and the worst service that I have ever had"
LARGE = 20
TWEETS = Path(__file__).parents[2] / "../shared/data/airline_dev.jsonl"
TWEETS_MAP = "id=id,text=text,author=handle,time=created_at,reposts=reposts,brand=airline"


def said(number: int, minute: float, text: str, **values: Any) -> dict[str, Any]:
    at = (START + timedelta(minutes=minute)).isoformat()
    author = {"id": f"u{number}", "followers": values.pop("followers", 100)}
    return {"id": f"x:{number}", "brand": "Acme", "author": author, "created_at": at, "text": text, **values}


def crisis() -> list[dict[str, Any]]:
    """A loud complaint that many carry on, one that nobody does, and friendly words between them."""
    records = [said(0, 0, FURIOUS, followers=300_000, label="neg")]
    records += [
        said(n, 3 * n, FURIOUS, kind="repost", reposted="x:0", followers=500, label="neg")
        for n in range(1, 30)
    ]
    lamp = "Acme broke my lamp and nobody at the hateful desk would help me"
    records.append(said(50, 40, lamp, followers=400_000))
    nice = ("garden flowers bloom", "window light music", "river boat sunday", "bread oven morning")
    return records + [
        said(60 + n, 7 * n, f"Lovely {words} with Acme", label="pos") for n, words in enumerate(nice)
    ]


def written(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "crisis.jsonl", crisis())


def test_it_says_how_early_alerts_came_and_how_often_for_nothing(earshot: Earshot, file: Path) -> None:
    found = earshot("backtest", file, "--json").json
    ours = found["levels"]["warning"]["ours"]
    assert (found["mentions"], found["large"], ours["large_stories"], ours["in_time"]) == (35, LARGE, 1, 1)
    assert ours["median_lead_min"] == 3 * (LARGE - 1)  # told of at once
    assert ours["false_alarms"] == 1  # the lamp
    for name in ("count", "negative-rate z", "followers"):
        assert found["levels"]["warning"][name]["false_alarms"] <= 1
    (large,) = [each for each in found["told"] if each["large_at"]]
    assert (large["first"], large["mentions"]) == ("x:0", 30)
    assert large["reach"] >= 300_000
    assert found["reasons"]["warning"] == {"loud_author": 2}
    assert (large["reason"], large["watch_lead_min"]) == ("loud_author", 57)
    assert found["models"]
    assert len(found["config"]) == 12


def test_people_get_tables_that_fit_and_the_way_to_look_closer(
    earshot: Earshot, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "earshot.toml").write_text('[earshot]\ndata_dir = "mine"\n')
    told = earshot("backtest", file)
    assert told.status == 0
    for word in ("ours", "count", "negative-rate z", "followers", "Acme", "Model ", "configuration "):
        assert word in told.out
    folder = told.out.split("--data-dir ")[1].strip()
    assert folder.startswith("mine/backtest/crisis-")
    assert earshot("alerts", "--data-dir", folder).status == 0


def test_it_writes_nothing_where_nobody_said_where(
    earshot: Earshot, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(aside))
    told = earshot("backtest", file)
    assert (told.status, "Nothing was kept: with --data-dir FOLDER" in told.out) == (0, True)
    assert {path.name for path in tmp_path.rglob("*")} == {"crisis.jsonl", "aside"}
    monkeypatch.setenv("EARSHOT_EARSHOT__DATA_DIR", str(tmp_path / "mine"))
    assert earshot("backtest", file).status == 0
    assert {path.name for path in tmp_path.iterdir()} == {"crisis.jsonl", "aside", "mine"}


def test_labels_of_the_file_decide_what_is_false_and_nothing_else(earshot: Earshot, file: Path) -> None:
    without, told = (
        earshot("backtest", file, *more, "--json").json for more in ((), ("--label", "label=pos"))
    )
    assert (without["labels"], told["labels"]) == (0, 34)
    assert [each["warning_at"] for each in told["told"]] == [each["warning_at"] for each in without["told"]]
    assert {each["first"]: each["negative_by_labels"] for each in told["told"]}["x:0"] is False


def test_the_same_command_finds_that_all_was_heard_and_says_the_same(
    earshot: Earshot, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "earshot.toml").write_text("")
    first, again = (earshot("backtest", file, "--json").out for _ in range(2))
    assert first == again


def test_what_is_said_later_changes_no_earlier_alert(earshot: Earshot, file: Path, tmp_path: Path) -> None:
    until = (START + timedelta(minutes=45)).isoformat()
    part = written(tmp_path / "part.jsonl", [each for each in crisis() if each["created_at"] <= until])
    whole, early = (earshot("backtest", each, "--json").json for each in (file, part))
    assert _calls(early, until) == _calls(whole, until) != set()


def _calls(found: dict[str, Any], until: str) -> set[tuple[str, str, str]]:
    return {
        (each["first"], level, each[level])
        for each in found["told"]
        for level in ("watch_at", "warning_at")
        if each[level] and each[level] <= until
    }


def test_a_candidate_is_run_beside_it_and_nobody_is_notified(
    earshot: Earshot, file: Path, tmp_path: Path
) -> None:
    candidate = tmp_path / "candidate.toml"
    candidate.write_text(
        '[rules]\nloud_followers = 1000000\n[[receivers]]\nkind = "log"\nname = "everybody"\n'
    )
    (tmp_path / "earshot.toml").write_text("")
    plain = earshot("backtest", file, "--json").json
    other = earshot("backtest", file, "--config", candidate, "--json").json
    assert other["config"] != plain["config"]
    assert other["levels"]["warning"]["ours"]["false_alarms"] == 0  # the lamp's author is not loud any more
    folders = list((tmp_path / "data" / "backtest").iterdir())
    assert len(folders) == 2
    for folder in folders:
        store = Store(folder / "earshot.db")
        with store.read() as connection:
            assert notices.count(connection) == 0
        store.close()


@pytest.fixture
def live(earshot: Earshot, tmp_path: Path) -> Path:
    """The configuration of a service that has heard the crisis; one mention was taken back since."""
    gone = {"type": "withdrawn", "id": "x:29", "brand": "Acme"}
    gone["collected_at"] = (START + timedelta(hours=3)).isoformat()
    heard = written(tmp_path / "heard.jsonl", [*crisis(), gone])
    assert earshot("replay", heard, "--data-dir", tmp_path / "live", "--json").status == 0
    config = tmp_path / "live.toml"
    config.write_text(f'[earshot]\ndata_dir = "{tmp_path / "live"}"\n')
    return config


def test_what_was_heard_is_run_again_without_what_was_taken_back(
    earshot: Earshot, live: Path, file: Path, tmp_path: Path
) -> None:
    kept = [each for each in crisis() if each["id"] != "x:29"]
    wanted = earshot("backtest", written(tmp_path / "kept.jsonl", kept), "--json").json
    found = earshot("backtest", "--last", "9d", "--config", live, "--json").json
    assert [path.name[:8] for path in (tmp_path / "live" / "backtest").iterdir()] == ["last-9d-"]
    again = earshot("backtest", "--last", "9d", "--config", live, "--json").json
    assert found == again
    for part in ("mentions", "told", "levels", "brands", "models", "config"):
        assert found[part] == wanted[part]


def test_only_the_days_that_are_asked_for_are_run(earshot: Earshot, tmp_path: Path) -> None:
    old = [said(900 + n, -60 * 24 * 30 + n, f"Acme {FURIOUS} {n}") for n in range(5)]
    heard = written(tmp_path / "heard.jsonl", [*old, *crisis()])
    earshot("replay", heard, "--data-dir", tmp_path / "live", "--json")
    config = tmp_path / "live.toml"
    config.write_text(f'[earshot]\ndata_dir = "{tmp_path / "live"}"\n')
    counts = [
        earshot("backtest", "--last", days, "--config", config, "--json").json["mentions"]
        for days in ("9d", "90d")
    ]
    assert counts == [35, 40]


@pytest.mark.timeout(110)
def test_stopped_it_goes_on_where_it_was(earshot: Earshot, tmp_path: Path) -> None:
    records = [
        said(n, n / 2, f"Acme parcel {n} was late and the desk {n % 97} was rude") for n in range(4_000)
    ]
    many = written(tmp_path / "many.jsonl", records)
    (tmp_path / "earshot.toml").write_text("[intake]\nhigh_water = 200\n")
    command = [sys.executable, "-m", "earshot", "backtest", str(many), "--json", "--data-dir", "stopped"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        while running.poll() is None and not _heard(tmp_path / "stopped" / "earshot.db"):
            pass
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
    assert (running.returncode, "the same command goes on" in errors) == (1, True)
    assert 0 < _heard(tmp_path / "stopped" / "earshot.db") < len(records)
    found = earshot("backtest", many, "--json", "--data-dir", "stopped").json
    whole = earshot("backtest", many, "--json", "--data-dir", "whole").json
    assert found["mentions"] == len(records)
    assert found == whole


def _heard(path: Path) -> int:
    if not path.exists():
        return 0
    store = Store(path)
    try:
        with store.read() as connection:
            return mentions.count(connection)
    finally:
        store.close()


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ((), "one of the two"),
        (("crisis.jsonl", "--last", "9d"), "one of the two"),
        (("none.jsonl",), "there is no such file"),
        (("crisis.jsonl", "--label", "label"), "column=value"),
        (("crisis.jsonl", "--label", "colour=red"), "no record has an id (id) and a colour"),
        (("--last", "90"), "such as 90d"),
        (("--last", "9d", "--label", "label=neg"), "what staff said"),
        (("--last", "9d", "--data-dir", "live"), "is where the live data is"),
    ],
)
def test_what_cannot_be_done_says_where_and_what_to_do(
    earshot: Earshot, live: Path, file: Path, words: tuple[str, ...], wanted: str
) -> None:
    ran = earshot("backtest", *words, "--config", live)
    assert (ran.status, wanted in ran.errors) == (1, True), ran.errors


def test_a_folder_with_another_run_is_refused(earshot: Earshot, file: Path, tmp_path: Path) -> None:
    (tmp_path / "candidate.toml").write_text("[rules]\nloud_followers = 5\n")
    assert earshot("backtest", file, "--data-dir", "here").status == 0
    ran = earshot("backtest", file, "--data-dir", "here", "--config", "candidate.toml")
    assert (ran.status, "holds another run" in ran.errors) == (1, True)
    assert earshot("replay", file, "--data-dir", "there").status == 0
    ran = earshot("backtest", file, "--data-dir", "there")
    assert (ran.status, "no backtest" in ran.errors) == (1, True)


def test_a_past_without_mentions_is_refused(earshot: Earshot, tmp_path: Path) -> None:
    ran = earshot("backtest", written(tmp_path / "empty.jsonl", []))
    assert (ran.status, "nothing in it concerns a brand" in ran.errors) == (1, True)


@pytest.mark.skipif(not TWEETS.exists(), reason=f"the tweets are not here: {TWEETS}")
@pytest.mark.timeout(110)
def test_real_tweets_as_the_guide_has_them(earshot: Earshot) -> None:
    found = earshot(
        "backtest", TWEETS, "--map", TWEETS_MAP, "--source", "x", "--label", "label=neg", "--json"
    ).json
    assert (found["mentions"], found["labels"], len(found["brands"])) == (6_597, 6_597, 6)
    for level in found["levels"].values():
        ours = level.pop("ours")
        assert ours["large_stories"] > 0
        assert all(each["false_alarms"] <= ours["false_alarms"] for each in level.values())


def test_a_page_shows_each_story_with_its_moments_and_takes_no_word_for_markup(
    earshot: Earshot, file: Path, tmp_path: Path
) -> None:
    markup = "<script>alert(1)</script>"
    strange = [each | {"brand": markup, "text": f"{each['text']} {markup}"} for each in crisis()]
    written(file, strange)
    assert earshot("backtest", file, "--page", "found.html").status == 0
    page = (tmp_path / "found.html").read_text("utf-8")
    assert page.count("<svg") == page.count("</svg>") == 2
    for picture in page.split("<svg")[1:]:
        assert ET.fromstring(f"<svg{picture.split('</svg>')[0]}</svg>").get("role") == "img"
    assert "<script" not in page
    assert page.count("<h3><bdi>") == 2
    assert escape(f"{crisis()[0]['text']} {markup}") in page
    assert "of 1 brand, " in page
    assert not re.search(r"\b1 (mentions|brands)\b", page)
    assert "A 2026-03-02 09:00" in page
    assert "N 2026-03-02 09:57" in page
    assert "http" not in page.replace("http-equiv", "")
    refused = earshot("backtest", file, "--page", "none/found.html")
    assert (refused.status, "no such folder" in refused.errors) == (1, True)


@pytest.mark.postgres
def test_what_was_heard_may_lie_in_a_server(earshot: Earshot, postgres_url: str, tmp_path: Path) -> None:
    url = make_url(postgres_url)
    made(url, log(120), old=False).close()
    config = tmp_path / "server.toml"
    shown = url.set(drivername="postgresql").set(password=None).render_as_string(hide_password=False)
    secret = f'password = "{url.password}"\n' if url.password else ""
    config.write_text(f'[store]\nurl = "{shown}"\n{secret}[bus]\nservers = ["127.0.0.1:1"]\n')
    found = earshot("backtest", "--last", "9d", "--config", config, "--json").json
    assert {name: each["mentions"] for name, each in found["brands"].items()} == {"Acme": 60, "Bolt": 60}
