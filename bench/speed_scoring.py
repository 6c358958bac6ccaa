"""How fast texts are read: texts a second of one core, by size of batch, beside vaderSentiment alone in one run.

    python bench/speed_scoring.py [--data FILE…] [--json]

FILE is JSON Lines with text; without it the texts of examples/ and tests/golden are read, each made distinct. CPU
time counts, not the clock: others on the machine cost less then. The best of several rounds is shown. "A storm": of
five mentions four are copies of what was said lately, and each round begins with a scorer that has heard nothing.
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import argparse
import json
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
_SIZES = (1, 16, 128, 1024)
_TEXTS, _ROUNDS = 2_048, 5
_COPIES, _LATELY = 0.8, 40  # as in pipeline.py
_ALONE = {
    "model alone": "from processors.negativity.model import Negativity; Negativity().opinions(['ok'] * 2_000)",
    "with language and VADER": "from processors.score import Reader; Reader(('it', 'en')).read([('ok', 'en')] * 2_000)",
}
_COLD = "from processors.negativity.model import Negativity; Negativity().opinions(['ok'])"


class Contender(NamedTuple):
    begin: Callable[[], Callable[[Sequence[Any]], object]]
    """Makes what reads, anew for each round."""
    given: Sequence[Any]


def main() -> None:
    options = _options()
    texts = _texts(options.data)
    speeds = {
        name: {size: _speed(each, size) for size in _SIZES} for name, each in _contenders(texts).items()
    }
    found = {
        "texts": len(texts),
        "mean_length": sum(map(len, texts)) / len(texts),
        "per_second": speeds,
        "cold_start_s": {"model": _cold(_COLD), "python and numpy alone": _cold("import numpy")},
        "memory_mb": {name: _peak(code) for name, code in _ALONE.items()},
    }
    print(json.dumps(found, indent=1) if options.json else _for_people(found))


def _contenders(texts: list[str]) -> dict[str, Contender]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    from processors.language import LanguageGuesser
    from processors.negativity.model import Negativity
    from processors.score import Reader, Scorer

    languages = ("it", "en", "es", "fr", "de", "pt", "ar", "hi")
    model, guesser, reader = Negativity(), LanguageGuesser(languages), Reader(languages)
    vader = SentimentIntensityAnalyzer()
    readers: dict[str, Callable[[Sequence[str]], object]] = {
        "negativity": model.opinions,
        "negativity and language": lambda texts: (list(map(guesser.guess, texts)), model.opinions(texts)),
        "the scorer (and VADER on English)": lambda texts: reader.read([(text, None) for text in texts]),
        "vaderSentiment alone": lambda texts: list(map(vader.polarity_scores, texts)),
    }
    found = {name: Contender(lambda read=read: read, texts) for name, read in readers.items()}
    return found | {"the scorer in a storm": Contender(lambda: Scorer(reader).score, list(_storm(texts)))}


def _storm(texts: list[str]) -> Iterator[Any]:
    """Mentions, each text heard first once and then again while it is one of the latest."""
    from earshot.model import Author, Mention

    rng, now = random.Random(len(texts)), datetime(2026, 1, 5, tzinfo=UTC)
    heard, told = 0, 0
    while heard < len(texts):
        if heard and rng.random() < _COPIES:
            text = texts[rng.randrange(max(0, heard - _LATELY), heard)]
        else:
            text, heard = texts[heard], heard + 1
        author, told = Author(id=f"x:{told}"), told + 1
        yield Mention(
            id=f"x:{told}", brand="Acme", author=author, text=text, created_at=now, collected_at=now
        )


def _speed(contender: Contender, size: int) -> float:
    """Texts a second of CPU."""
    best, given = float("inf"), contender.given
    for _ in range(_ROUNDS):
        read = contender.begin()
        started = process_time()
        for at in range(0, len(given), size):
            read(given[at : at + size])
        best = min(best, process_time() - started)
    return len(given) / best


def _texts(files: list[Path]) -> list[str]:
    files = files or [*(ROOT / "examples").glob("*.jsonl"), *(ROOT / "tests" / "golden").glob("*.jsonl")]
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    found = [row["text"] for row in rows if row.get("text")]
    step = max(1, len(found) // _TEXTS)
    chosen = found[::step][:_TEXTS]
    return [f"{chosen[n % len(chosen)]} {n if n >= len(chosen) else ''}".strip() for n in range(_TEXTS)]


def _cold(code: str) -> float:
    """CPU seconds of a fresh process, the least of three."""
    return min(_child_seconds(code) for _ in range(3))


def _child_seconds(code: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _peak(code: str) -> float:
    """Peak resident MB of a fresh process (Linux)."""
    code += "; print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    ran = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True)
    return int(ran.stdout) / 1024


def _for_people(found: dict) -> str:
    lines = [
        f"{found['texts']} texts of {found['mean_length']:.0f} characters; texts a second of one core",
        "",
    ]
    lines.append("| batch | " + " | ".join(map(str, _SIZES)) + " |\n|---" + "|---" * len(_SIZES) + "|")
    for name, speeds in found["per_second"].items():
        lines.append(f"| {name} | " + " | ".join(f"{speeds[size]:,.0f}" for size in _SIZES) + " |")
    cold = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in found["cold_start_s"].items())
    memory = ", ".join(f"{name} {mb:.0f} MB" for name, mb in found["memory_mb"].items())
    lines += ["", f"cold start (CPU): {cold}", f"memory, peak: {memory}"]
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, nargs="+", default=[])
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
