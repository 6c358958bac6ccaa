"""How fast texts are read: texts a second of one core, by size of batch, beside vaderSentiment alone in one run.

    python bench/speed_scoring.py [--data FILE…] [--json]

FILE is JSON Lines with text; without it the texts of examples/ and tests/golden are read, each made distinct. CPU
time counts, not the clock: others on the machine cost less then. The best of several rounds is shown.
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parents[1]
_SIZES = (1, 16, 128, 1024)
_TEXTS, _ROUNDS = 2_048, 5
_ALONE = {
    "model alone": "from processors.negativity.model import Negativity; Negativity().opinions(['ok'] * 2_000)",
    "with language and VADER": "from processors.score import Reader; Reader(('it', 'en')).read([('ok', 'en')] * 2_000)",
}
_COLD = "from processors.negativity.model import Negativity; Negativity().opinions(['ok'])"


def main() -> None:
    options = _options()
    texts = _texts(options.data)
    contenders = _contenders()
    speeds = {name: {size: _speed(read, texts, size) for size in _SIZES} for name, read in contenders.items()}
    found = {
        "texts": len(texts),
        "mean_length": sum(map(len, texts)) / len(texts),
        "per_second": speeds,
        "cold_start_s": {"model": _cold(_COLD), "python and numpy alone": _cold("import numpy")},
        "memory_mb": {name: _peak(code) for name, code in _ALONE.items()},
    }
    print(json.dumps(found, indent=1) if options.json else _for_people(found))


def _contenders() -> dict[str, Callable[[Sequence[str]], object]]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    from processors.language import LanguageGuesser
    from processors.negativity.model import Negativity
    from processors.score import Reader

    languages = ("it", "en", "es", "fr", "de", "pt", "ar", "hi")
    model, guesser, reader = Negativity(), LanguageGuesser(languages), Reader(languages)
    vader = SentimentIntensityAnalyzer()
    return {
        "negativity": model.opinions,
        "negativity and language": lambda texts: (list(map(guesser.guess, texts)), model.opinions(texts)),
        "the scorer (and VADER on English)": lambda texts: reader.read([(text, None) for text in texts]),
        "vaderSentiment alone": lambda texts: list(map(vader.polarity_scores, texts)),
    }


def _speed(read: Callable[[Sequence[str]], object], texts: Sequence[str], size: int) -> float:
    """Texts a second of CPU."""
    best = float("inf")
    for _ in range(_ROUNDS):
        started = process_time()
        for at in range(0, len(texts), size):
            read(texts[at : at + size])
        best = min(best, process_time() - started)
    return len(texts) / best


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
