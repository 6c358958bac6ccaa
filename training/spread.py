"""Learn how stories spread: `python training/spread.py FILE… --out MODEL.json`

Files are JSON Lines of cascades: `t` (s of each event), `started_at` (s, optional). A file's name tells its platform:
twitter, weibo or tideh anywhere in it, else what precedes a dot that is not the last one (`play_store.2026.jsonl`), else
the letters that it begins with; from all files together "any" is learnt.
Writes the tables and, beside them, the model card; the model that ships is `processors/models/spread-1.json`. The same files
give the same tables in whatever order they are named, to the last digit.
"""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import spread_card
from spread_cascades import Floats, read, stories_of, trace
from spread_fit import KNOTS, fit

from earshot.errors import Refused
from processors.spread.model import ANY

_MOST = 2_000  # stories of one platform in "any", so that none drowns the others


def main() -> None:
    options = _options()
    try:
        _make(options)
    except Refused as error:
        raise SystemExit(str(error)) from None


def _make(options: argparse.Namespace) -> None:
    if options.out.is_dir() or not options.out.parent.is_dir():
        raise Refused(
            f"{options.out}: no file can be written there; name one in a folder that is there with --out"
        )
    paths = list({path.parent.resolve() / path.name: path for path in options.files}.values())
    stories = read(paths)
    raw = learn(stories)
    raw["version"] = options.out.stem
    raw["trained_on"] = [_described(path) for path in paths]
    options.out.write_text(
        json.dumps(raw, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8"
    )
    spread_card.write(options.out.with_suffix(".md"), raw, stories)
    print(f"{options.out}: {options.out.stat().st_size / 1e3:.0f} kB")


def learn(stories: dict[str, list[Floats]]) -> dict[str, Any]:
    """What `processors.spread.model.Spread` reads. Raises `Refused`: too few stories."""
    platforms = {name: _fitted(name, times) for name, times in stories.items()}
    alone = next(iter(platforms.values()))
    platforms[ANY] = _fitted(ANY, _interleaved(stories)) if len(stories) > 1 else alone
    return {"version": "untold", "knots": KNOTS, "platforms": platforms}


def _fitted(name: str, stories: list[Floats]) -> dict[str, Any]:
    try:
        return fit(trace(stories))[0]
    except Refused as error:
        raise Refused(f"{name}: {error}; name more files of this platform") from None


def _interleaved(stories: dict[str, list[Floats]]) -> list[Floats]:
    """Stories of all platforms, each platform's evenly from the first to the last: no fold is one platform's.

    Of two at the same place the smaller is first, and then it is by name: the order of the files says nothing.
    """
    placed = [
        (k / min(len(times), _MOST), len(t), name, t)
        for name, times in stories.items()
        for k, t in enumerate(times[:_MOST])
    ]
    return [t for *_, t in sorted(placed, key=lambda story: story[:3])]


def _described(path: Path) -> dict[str, Any]:
    digest, stories = hashlib.sha256(path.read_bytes()).hexdigest(), stories_of(path, lambda _: None)
    return {"file": path.name, "sha256": digest, "stories": len(stories)}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--out", type=Path, required=True, metavar="MODEL.json")
    return parser.parse_args()


if __name__ == "__main__":
    main()
