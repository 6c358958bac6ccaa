"""Mentions a second and µs a stage, from file to stored, linked and alerted.

    python bench/pipeline.py [--sizes 10000,200000,1000000] [--mixes distinct,storm,burst] [--json]

Each run is `earshot replay` in a process of its own on a fresh data directory; beside it, in the same minute,
vaderSentiment alone reads the same texts: quote the ratio, machines differ and drift.
distinct: every text differs. storm: four of five are reposts or copies of what was said lately. Both are heard two
seconds apart, so that ten thousand take five and a half hours of a clock that has its own work. burst: the storm as
fast as it is to be worked off, ten thousand a second.
"""

import argparse
import asyncio
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from vocabulary import rare

START = datetime(2026, 1, 5, tzinfo=UTC)
BRANDS = tuple(f"Brand {letter}" for letter in "ABCDEFGH")
GAPS = {"distinct": timedelta(seconds=2), "storm": timedelta(seconds=2), "burst": timedelta(microseconds=100)}
WORDS = (  # about two words in seventeen are in VADER's lexicon, as in real tweets to companies
    "the a my your this that parcel card flight refund counter app driver agent phone line queue hour day week "
    "was is has been will not never again still lost late broken closed rude helpful slow terrible great "
    "bad hate thank please why when where how nobody everyone customer service order desk bag seat gate "
    "delivery money account waiting called told answered charged twice with without after before "
    "at in on for from to and but or because it they you we i have had our me do did get got one two three "
    "now then today tomorrow yesterday morning evening station airport branch letter code website form email"
).split()


def mentions(count: int, mix: str) -> Iterator[dict[str, Any]]:
    rng = random.Random(count)
    lately: list[dict[str, Any]] = []
    for number in range(count):
        heard = (START + GAPS[mix] * number).isoformat()
        mention: dict[str, Any] = {"id": f"x:{number}", "created_at": heard, "collected_at": heard}
        mention["author"] = {"id": f"u{rng.randrange(count)}", "followers": int(rng.paretovariate(1) * 100)}
        if mix != "distinct" and lately and rng.random() < 0.8:
            mention |= _carried_on(rng, rng.choice(lately))
        else:
            mention |= {
                "brand": rng.choice(BRANDS),
                "text": _text(rng, number),
            }
            lately = [*lately[-40:], mention]
        yield mention


def _text(rng: random.Random, number: int) -> str:
    """Sixteen words, a third of them of a large vocabulary, as in real posts."""
    said = [*rng.choices(WORDS, k=11), *(rare(rng) for _ in range(5))]
    rng.shuffle(said)
    return f"{' '.join(said)} {number}"


def _carried_on(rng: random.Random, other: dict[str, Any]) -> dict[str, Any]:
    copied = {"brand": other["brand"], "text": other["text"]}
    return copied | ({"kind": "repost", "reposted": other["id"]} if rng.random() < 0.7 else {})


def measure(count: int, mix: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mentions.jsonl"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(mention) + "\n" for mention in mentions(count, mix))
        vader = _vader_alone(mix, min(count, 10_000))
        command = [sys.executable, __file__, "--child", str(path), folder]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {"mix": mix, "mentions": count, "vader_alone_us": round(vader, 1)} | found


def _vader_alone(mix: str, count: int) -> float:
    """µs a text, of the distinct texts among the first `count` spread over all of them."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    texts = [mention["text"] for mention in islice(mentions(count, mix), count)]
    started = time.process_time()
    known: dict[str, Any] = {}
    for text in texts:
        known[text] = known.get(text) or analyzer.polarity_scores(text)
    return (time.process_time() - started) / len(texts) * 1e6


def child(path: Path, folder: Path) -> None:
    """One replay in this process, with everything that it can say of itself."""
    from earshot import logs
    from earshot.cli.options import changed, opened
    from earshot.config import from_dict
    from earshot.config.kinds import installed
    from earshot.metrics import LOOP_LAG, STAGE_SECONDS
    from earshot.runtime import Runtime, find_roles
    from earshot.store import alerts, mentions, stories

    logs.configure("text", "warning")
    source = (
        installed()
        .load("collectors", "replay")
        .model_validate({"kind": "replay", "name": "replay", "path": path})
    )
    config = changed(from_dict({}), "earshot", data_dir=folder / "data").model_copy(
        update={"collectors": (source,)}
    )
    with opened(config, live=False) as context:
        begun = time.perf_counter()
        runtime = Runtime(context, find_roles(["collectors", "processors", "alerts"]), serve=False)
        started, used = time.perf_counter(), time.process_time()
        asyncio.run(runtime.run(until_done=True))
        seconds, cpu = time.perf_counter() - started, time.process_time() - used
        with context.store.read() as connection:
            stored, made, called = (noun.count(connection) for noun in (mentions, stories, alerts))
    stages = {
        sample.labels["stage"]: round(sample.value / stored * 1e6, 1)
        for metric in STAGE_SECONDS.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    }
    found = {
        "start_seconds": round(started - begun, 2),
        "seconds": round(seconds, 2),
        "per_s": round(stored / seconds),
        "cpu_us": round(cpu / stored * 1e6, 1),
        "stored": stored,
        "stories": made,
        "alerts": called,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "loop_lag_p99_ms": _quantile(LOOP_LAG, 0.99) * 1000,
        "stages_us": stages,
    }
    print(json.dumps(found))


def _quantile(histogram: Any, share: float) -> float:
    """The upper edge of the bucket that holds the quantile, s."""
    samples = [
        sample
        for metric in histogram.collect()
        for sample in metric.samples
        if sample.name.endswith("_bucket")
    ]
    total = samples[-1].value
    return next(float(sample.labels["le"]) for sample in samples if sample.value >= share * total)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="10000,200000,1000000")
    parser.add_argument("--mixes", default="distinct,storm,burst")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(*options.child)
        return
    found = []
    for mix in options.mixes.split(","):
        for size in map(int, options.sizes.split(",")):
            found.append(measure(size, mix))
            if not options.json:
                _tell(found[-1])
    if options.json:
        print(json.dumps(found, indent=2))


def _tell(row: dict[str, Any]) -> None:
    print(
        f"{row['mix']:>8} {row['mentions']:>9,}: {row['per_s']:>6,}/s, {row['cpu_us']:>6} µs CPU a mention"
        f" (VADER alone {row['vader_alone_us']} µs), peak {row['peak_mb']} MB,"
        f" loop lag p99 <= {row['loop_lag_p99_ms']:g} ms, {row['stories']:,} stories, {row['alerts']:,} alerts"
    )
    print(
        "          " + ", ".join(f"{stage} {us}" for stage, us in row["stages_us"].items()) + " µs",
        flush=True,
    )


if __name__ == "__main__":
    main()
