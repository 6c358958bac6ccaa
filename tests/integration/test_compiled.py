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

import pytest

from processors import measure

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "tests" / "golden" / "cases"
BEGUN = datetime(2026, 11, 24, 6, 58, tzinfo=UTC)
PACKAGES = ("alerts", "collectors", "console", "earshot", "processors")
DECIDED = ("stories", "mentions", "heard", "story_authors", "alerts", "surges", "series", "brands")

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
    assert len(compiled["mentions"]) == 1_500
    assert len(compiled["stories"]) > 50
    assert compiled["alerts"]


def said() -> Iterator[dict[str, object]]:
    """A day of an outage and of everything else: posts, reposts, answers and counters; by chance, always the same one."""
    chance = random.Random(7)
    texts = [line for path in sorted(TEXTS.glob("*.txt")) for line in path.read_text("utf-8").splitlines()]
    at, known = BEGUN, [("x:0", texts[0])]
    for number in range(1_500):
        at += timedelta(seconds=chance.expovariate(1 / 40))
        other, copied = chance.choice(known[-30:])
        kind = chance.choices(["post", "repost", "reply", "copy"], [4, 3, 1, 2])[0]
        text = copied if kind in ("repost", "copy") else f"{chance.choice(texts)} {chance.choice(texts)}"
        record = {"id": f"x:{number}", "brand": "Banca Lombra", "text": text, "created_at": at.isoformat()}
        record["author"] = {
            "id": f"u{chance.randrange(900)}",
            "followers": int(chance.paretovariate(0.7) * 100),
        }
        if kind == "repost":
            record |= {"kind": "repost", "reposted": other}
        elif kind == "reply":
            record |= {"kind": "reply", "parent": other}
        elif chance.random() < 0.3:
            record["metrics"] = {"reposts": chance.randrange(50), "at": at.isoformat()}
        known.append((f"x:{number}", text))
        yield record


def replayed(day: Path, code: Path, folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that is stored of a day, by a process that runs what lies in `code`."""
    folder = folder.with_name(f"by_{folder.name}")
    folder.mkdir()
    command = [sys.executable, "-m", "earshot", "replay", str(day), "--data-dir", str(folder)]
    environment = os.environ | {"PYTHONPATH": str(code)}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, timeout=100)
    with closing(sqlite3.connect(folder / "earshot.db")) as store:
        return {name: store.execute(f"select * from {name} order by 1, 2").fetchall() for name in DECIDED}
