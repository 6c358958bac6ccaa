"""Real words: 6,597 tweets to six airlines. Not committed, for their licence; see ../shared/data/README.md."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from msgspec import structs

from earshot.store import Store, brands, mentions, stories, surges
from processors.rebuild import rebuild

ROOT = Path(__file__).parents[2]
TWEETS = ROOT / "../shared/data/airline_dev.jsonl"
MAP = "id=id,text=text,author=handle,time=created_at,reposts=reposts,brand=airline"

SURGES = [("Delta", "19 15:37"), ("United", "20 16:32")]
"""February 2015, UTC; as docs/guide/alerts.md has them."""


@pytest.mark.skipif(not TWEETS.exists(), reason=f"the tweets are not here: {TWEETS}")
def test_every_tweet_is_stored_once_and_every_story_is_what_its_mentions_make(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "earshot", "replay", str(TWEETS), "--map", MAP, "--source", "x"]
    done = subprocess.run(
        [*command, "--data-dir", str(tmp_path / "data"), "--json"],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["mentions"], summary["dead"]) == (6_597, 0)

    expected = Counter(f"x:{json.loads(line)['id']}" for line in TWEETS.read_text("utf-8").splitlines())
    stored: Counter[str] = Counter()
    store = Store(tmp_path / "data" / "earshot.db")
    with store.read() as connection:
        rows = brands.every(connection)
        found = [s for row in rows for s in stories.newest(connection, brands.numbers(row.no), 10_000)]
        for story in found:
            kept = mentions.of_story(connection, story.id)
            stored.update(mentions.read(row).mention.id for row in kept)
            fresh = rebuild(story, kept)[0]
            assert fresh.spread == pytest.approx(story.spread)  # joined, the sums are made in another order
            assert structs.replace(fresh, spread=()) == structs.replace(story, spread=())
        seen = surges.newest(connection, [row.name for row in rows], 10)[::-1]
    store.close()
    assert [(kept.surge.brand, f"{kept.surge.opened_at:%d %H:%M}") for kept in seen] == SURGES
    assert len(rows) == 6
    assert len(found) == summary["stories"]
    assert stored == expected
    assert set(stored.values()) == {1}
