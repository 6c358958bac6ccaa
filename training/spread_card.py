"""The model card of the spread tables: what they were made of, and what they are not for."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TEXT = Path(__file__).with_name("spread_card.md")
_LICENCES = {
    "467427d885928524784b4ef279bf9141f15e985691d9d12aa751579ece8c3f7d": "TiDeH's set, a part of SEISMIC's, MIT",
    "540e42dd48de7046bb8a0b97495a89851e6ceede11468a1af597f5c02eeac4d0": (
        "Twitter15 and Twitter16 (Ma et al., ACL 2017), none stated"
    ),
    "9664b31a49f830328ea4d8ee20f6453096f0bdb8f65d69ab6cc4f90e3409f6c1": "CED Weibo (Tsinghua), none stated",
}  # by SHA-256: a file may be called like one of these and be another


def write(path: Path, raw: dict[str, Any], stories: dict[str, list[NDArray[np.float64]]]) -> None:
    text = _text(shipped={each["sha256"] for each in raw["trained_on"]} == set(_LICENCES))
    files = "\n".join(
        f"- `{each['file']}`: {each['stories']} stories, SHA-256 `{each['sha256']}`"
        for each in raw["trained_on"]
    )
    parts = {
        "version": raw["version"],
        "files": files,
        "stories": "\n".join(
            _row(name, np.array([len(t) for t in each]), bool(raw["platforms"][name]["edges"][-1]))
            for name, each in stories.items()
        ),
        "licences": "; ".join(map(_licence, raw["trained_on"])) + ".",
    }
    for name, part in parts.items():
        text = text.replace("{" + name + "}", part)
    path.write_text(text, encoding="utf-8")


def _text(*, shipped: bool) -> str:
    """Lines that begin with {shipped} hold only for what spread-1 learnt from, those with {others} only elsewhere."""
    kept, dropped = ("{shipped}", "{others}") if shipped else ("{others}", "{shipped}")
    lines = _TEXT.read_text(encoding="utf-8").split("\n")
    return "\n".join(line.removeprefix(kept) for line in lines if not line.startswith(dropped))


def _licence(file: dict[str, Any]) -> str:
    return _LICENCES.get(file["sha256"], f"`{file['file']}`: not known here")


def _row(name: str, sizes: NDArray[np.int64], hours: bool) -> str:
    hour = "read" if hours else "no"
    return f"| {name} | {len(sizes)} | {np.median(sizes):.0f} | {sizes.min()} | {sizes.max()} | {hour} |"
