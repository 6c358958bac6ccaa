"""A brand's audience from a file to a notice: who declares to be of it raises the risk, and is named to nobody."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cli_world import Earshot

from earshot.model import Story
from earshot.store import Store, brands, notices, stories

MORNING = datetime(2026, 11, 24, 6, 58, tzinfo=UTC)
AUDIENCE = 'audience = { places = ["Bologna", "Emilia-Romagna"], languages = ["it"] }'
TEXTS = [
    "L’app di Ronvia non funziona da stamattina, è una vergogna, servizio pessimo",
    "Anche a me, l’app di Ronvia è bloccata, che schifo di servizio",
    "Pessimo servizio, app di Ronvia inutilizzabile, sono furioso",
]


def records(place: str) -> list[dict[str, Any]]:
    """Thirty within ten minutes; every third declares nothing."""
    return [
        {
            "id": f"x:{n}",
            "author": {"id": f"u{n}", "followers": 300, "place": place if n % 3 else ""},
            "created_at": (MORNING + timedelta(seconds=20 * n)).isoformat(),
            "text": TEXTS[n % 3],
            **({"kind": "reply", "parent": "x:0"} if n else {}),
        }
        for n in range(30)
    ]


@pytest.fixture
def outcome(earshot: Earshot, tmp_path: Path) -> Any:
    def run(name: str, place: str, audience: str) -> tuple[Story, str]:
        file, config = tmp_path / f"{name}.jsonl", tmp_path / f"{name}.toml"
        file.write_text("".join(json.dumps(each) + "\n" for each in records(place)), encoding="utf-8")
        receivers = "".join(
            f'[[receivers]]\nkind = "log"\nname = "{language}"\nlanguage = "{language}"\n'
            for language in ("en", "it")
        )
        config.write_text(f'[[brands]]\nname = "Ronvia"\n{audience}\n{receivers}', encoding="utf-8")
        told = earshot(
            "replay", file, "--config", config, "--data-dir", tmp_path / name, "--notify", "--json"
        )
        assert (told.json["mentions"], told.json["dead"]) == (30, 0)
        return _outcome(tmp_path / name)

    return run


def _outcome(folder: Path) -> tuple[Story, str]:
    store = Store(folder / "earshot.db")
    try:
        with store.read() as connection:
            (row,) = brands.every(connection)
            (story,) = stories.newest(connection, brands.numbers(row.no), 9)
            found = connection.exec_driver_sql("select distinct alert from notices").fetchall()
            told = [
                notices.read(each).text for (alert,) in found for each in notices.of_alert(connection, alert)
            ]
            return story, "\n".join(told)
    finally:
        store.close()


def test_who_is_of_the_audience_counts_in_the_risk_and_the_notice_says_how_many(outcome: Any) -> None:
    plain, quiet = outcome("plain", "Bologna (IT)", "")
    ours, told = outcome("ours", "Bologna (IT)", AUDIENCE)
    theirs, _ = outcome("theirs", "Bolzano", AUDIENCE)
    assert (plain.audience, ours.audience, theirs.audience) == (0, 30, 10)
    assert plain.risk < theirs.risk < ours.risk
    assert "authors are of the brand’s audience (Bologna, Emilia-Romagna; Italian)" in told
    assert "fanno parte del pubblico del marchio (Bologna, Emilia-Romagna; italiano)" in told
    assert "Bologna (IT)" not in told
    assert "of the brand’s audience" not in quiet
    assert "pubblico del marchio" not in quiet
