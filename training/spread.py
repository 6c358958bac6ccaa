"""Learn how stories spread: `python training/spread.py FILE… [--out processors/models/spread-1.json]`

Files are JSON Lines of cascades: `t` (s of each event), `started_at` (s, optional). What a file's name begins
with is its platform ("twitter" of `twitter1516_dev.jsonl`); from all files together "any" is learnt. Writes the
tables and, beside them, the model card. The same files give the same tables, to the last digit.
"""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import spread_card
from spread_cascades import Floats, read, trace
from spread_fit import KNOTS, fit

from processors.spread.model import ANY, MODEL_FILE

_MOST = 2_000  # stories of one platform in "any", so that none drowns the others


def main() -> None:
    options = _options()
    stories = read(options.files)
    raw = learn(stories)
    raw["version"] = options.out.stem
    raw["trained_on"] = [_described(path) for path in options.files]
    options.out.write_text(
        json.dumps(raw, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8"
    )
    spread_card.write(options.out.with_suffix(".md"), raw, stories)
    print(f"{options.out}: {options.out.stat().st_size / 1e3:.0f} kB")


def learn(stories: dict[str, list[Floats]]) -> dict[str, Any]:
    """What `processors.spread.model.Spread` reads."""
    platforms = {name: fit(trace(times))[0] for name, times in stories.items()}
    together = trace(_interleaved(stories))
    platforms[ANY] = fit(together)[0] if len(stories) > 1 else next(iter(platforms.values()))
    return {"version": "untold", "knots": KNOTS, "platforms": platforms}


def _interleaved(stories: dict[str, list[Floats]]) -> list[Floats]:
    """Stories of all platforms, each platform's evenly from the first to the last: no fold is one platform's."""
    placed = [
        (k / min(len(times), _MOST), t) for times in stories.values() for k, t in enumerate(times[:_MOST])
    ]
    return [t for _, t in sorted(placed, key=lambda story: story[0])]


def _described(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"file": path.name, "sha256": hashlib.sha256(content).hexdigest(), "stories": content.count(b"\n")}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--out", type=Path, default=MODEL_FILE)
    return parser.parse_args()


if __name__ == "__main__":
    main()
