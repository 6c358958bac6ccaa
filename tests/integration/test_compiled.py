"""The same day decided twice, with what is compiled and without it: the same to the last bit."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from processors import measure

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "tests" / "golden" / "cases"
BEGUN = datetime(2026, 11, 24, 6, 58, tzinfo=UTC)
PACKAGES = ("alerts", "collectors", "console", "earshot", "processors")
DECIDED = ("stories", "mentions", "heard", "story_authors", "alerts", "series", "brands")

Record = dict[str, Any]

pytestmark = pytest.mark.skipif(
    not str(measure.__file__).endswith(".so"), reason="there was no compiler when Earshot was installed"
)


def test_a_day_is_decided_the_same_by_what_is_compiled_and_by_what_is_written(tmp_path: Path) -> None:
    written = tmp_path / "written"
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, written / package, ignore=shutil.ignore_patterns("*.so", "__pycache__")
        )
    day = tmp_path / "day.jsonl"
    day.write_text("".join(json.dumps(record) + "\n" for record in said()), encoding="utf-8")
    compiled, plain = (replayed(day, code, tmp_path / code.name) for code in (ROOT, written))
    assert compiled == plain
    assert len(compiled["mentions"]) > 1_000
    assert len(compiled["stories"]) > 50
    assert compiled["alerts"]


def said() -> Iterator[Record]:
    """A day of an outage and of everything else that is heard; by chance, always the same one."""
    chance = random.Random(7)
    texts = [line for path in sorted(TEXTS.glob("*.txt")) for line in path.read_text("utf-8").splitlines()]
    at, known = BEGUN, [("x:0", texts[0])]
    for number in range(1_500):
        at += timedelta(seconds=chance.expovariate(1 / 40))
        heard = {"brand": "Banca Lombra", "collected_at": at.isoformat()}
        if number > 30 and chance.random() < 0.15:
            yield heard | _later(chance, at, chance.choice(known[-40:])[0], chance.choice(texts))
            continue
        other, copied = chance.choice(known[-30:])
        kind = chance.choices(["post", "repost", "reply", "article", "copy"], [4, 3, 1, 0.2, 2])[0]
        text = copied if kind in ("repost", "copy") else f"{chance.choice(texts)} {chance.choice(texts)}"
        followers = chance.choice([None, 0, int(chance.paretovariate(0.7) * 100)])
        author = {"id": f"u{chance.randrange(900)}", "followers": followers}
        known.append((f"x:{number}", text))
        yield (
            heard
            | {"id": f"x:{number}", "text": text, "created_at": at.isoformat(), "author": author}
            | _kind(chance, kind, other, number)
        )


def _kind(chance: random.Random, kind: str, other: str, number: int) -> Record:
    if kind == "repost":
        return {"kind": "repost", "reposted": other}
    if kind == "reply":
        return {"kind": "reply", "parent": other}
    if kind == "article":
        url = chance.choice([f"https://www.corriere.it/a{number}", "https://www.repubblica.it/lombra"])
        return {"kind": "article", "url": url}
    return {"links": ["https://www.repubblica.it/lombra"]} if chance.random() < 0.05 else {}


def _later(chance: random.Random, at: datetime, other: str, text: str) -> Record:
    """What is heard of a mention afterwards: it was counted, taken back, or says something else."""
    way = chance.choice(["measured", "withdrawn", "edited"])
    if way == "measured":
        reposts = chance.choice([0, 3, 150, 20_000])
        return {"type": "measured", "id": other, "metrics": {"at": at.isoformat(), "reposts": reposts}}
    if way == "withdrawn":
        return {"type": "withdrawn", "id": other}
    written = {"created_at": BEGUN.isoformat(), "edited_at": at.isoformat()}
    return {"id": other, "text": text, "author": {"id": f"u{chance.randrange(900)}"}} | written


def replayed(day: Path, code: Path, folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that is stored of a day, by a process that runs what lies in `code`."""
    folder = folder.with_name(f"by_{folder.name}")
    folder.mkdir()
    command = [sys.executable, "-m", "earshot", "replay", str(day), "--data-dir", str(folder)]
    environment = os.environ | {"PYTHONPATH": str(code)}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, timeout=100)
    with closing(sqlite3.connect(folder / "earshot.db")) as store:
        return {name: store.execute(f"select * from {name} order by 1, 2").fetchall() for name in DECIDED}
