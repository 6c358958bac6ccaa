"""The model card of the spread tables: what they were made of, and what they are not for."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TEXT = Path(__file__).with_name("spread_card.md")
_LICENCES = {
    "twitter": "Twitter15 and Twitter16 (Ma et al., ACL 2017), none stated",
    "weibo": "CED Weibo (Tsinghua), none stated",
    "tideh": "TiDeH's set, a part of SEISMIC's, MIT",
}


def write(path: Path, raw: dict[str, Any], stories: dict[str, list[NDArray[np.float64]]]) -> None:
    text = _TEXT.read_text(encoding="utf-8")
    files = "\n".join(
        f"- `{each['file']}`: {each['stories']} stories, SHA-256 `{each['sha256']}`"
        for each in raw["trained_on"]
    )
    licences = "; ".join(_LICENCES.get(name, f"{name}: not known here") for name in stories) + "."
    parts = {
        "version": raw["version"],
        "files": files,
        "stories": "\n".join(
            _row(name, np.array([len(t) for t in each]), bool(raw["platforms"][name]["edges"][-1]))
            for name, each in stories.items()
        ),
        "licences": licences,
    }
    for name, part in parts.items():
        text = text.replace("{" + name + "}", part)
    path.write_text(text, encoding="utf-8")


def _row(name: str, sizes: NDArray[np.int64], hours: bool) -> str:
    hour = "read" if hours else "no"
    return f"| {name} | {len(sizes)} | {np.median(sizes):.0f} | {sizes.min()} | {sizes.max()} | {hour} |"
