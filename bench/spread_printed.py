"""What quality_spread.py found, as tables of Markdown."""

import math
from typing import Any


def over(ours: float, theirs: float) -> float:
    """nan where there is nothing to compare with."""
    return ours / theirs if theirs > 0 else math.nan


def for_people(found: dict[str, Any]) -> str:
    """`found` is by platform."""
    lines = list[str]()
    for name, each in found.items():
        lines += [
            f"### {name}: {each['stories']['train']} stories taught, {each['stories']['test']} test",
            "",
        ]
        lines += ["Median absolute error of the final size, per cent:", "", *_by_age(each["error"]), ""]
        lines += ["Median lead, minutes (precision of the alarms; threshold from training for .8):", ""]
        lines += [*_lead_table(each["lead"]), ""]
        c = each["calibration error"]
        said, happened = _shown(c["said"], ".3f"), _shown(c["happened"], ".3f")
        lines += [f"Calibration error {_shown(c['error'], '.3f')} (said {said}, happened {happened}).", ""]
        lines += ["The 80 % interval covers, per cent:", "", *_by_age(each["covered"]), ""]
        lines += [f"What the product says of small stories (said, happened: {next(iter(each['lead']))}):", ""]
        lines += [*_small_table(each["small"]), ""]
        lines += _splits_table(each)
        lines += ["µs: " + ", ".join(f"{what} {x}" for what, x in each["µs"].items()), ""]
    return "\n".join(lines)


def _by_age(shares: dict[str, dict[str, float]]) -> list[str]:
    ages = list(next(iter(shares.values())))
    rows = {who: [_shown(100 * share, ".1f") for share in by.values()] for who, by in shares.items()}
    return _table(ages, rows)


def _lead_table(lead: dict[int, Any]) -> list[str]:
    columns = [f"N* = {size} ({leads['ours']['stories']:.0f})" for size, leads in lead.items()]
    rows = {
        who: [
            f"{_shown(leads[who]['median'], '.0f')} ({_shown(leads[who]['precision'], '.2f')})"
            for leads in lead.values()
        ]
        for who in next(iter(lead.values()))
    }
    ratios = [over(leads["ours"]["median"], leads["count"]["median"]) for leads in lead.values()]
    return _table(columns, rows | {"ours / count": [_shown(ratio, ".2f") for ratio in ratios]})


def _small_table(small: dict[int, dict[str, float]]) -> list[str]:
    columns = [f"at {size} mentions" for size in small]
    figures = (
        ("stories", ".0f"),
        ("forecast / final", ".2f"),
        ("covered", ".2f"),
        ("said", ".2f"),
        ("happened", ".2f"),
    )
    return _table(
        columns, {what: [_shown(each[what], form) for each in small.values()] for what, form in figures}
    )


def _splits_table(found: dict[str, Any]) -> list[str]:
    """As the model card has them: the least and the most, at each age or each size."""
    if not found["splits"]:
        return []
    ages, sizes, figures = (
        " / ".join(found["error"]["ours"]),
        " / ".join(map(str, found["lead"])),
        found["splits"],
    )
    rows = {
        f"error of the final size at {ages}, %": _spans(_percent(figures["error"]), ".0f"),
        f"lead over a count's at N* = {sizes}, times": _spans(figures["lead / count"], ".1f"),
        f"precision of the alarms at N* = {sizes}": _spans(figures["precision"], ".2f"),
        f"80 % interval covers at {ages}, %": _spans(_percent(figures["covered"]), ".0f"),
        "calibration error": _spans(figures["calibration error"], ".3f"),
    }
    many = f"Ours, the range over {figures['splits']} splits of --train by time:"
    return [many, "", *_table(["least–most"], {what: [cell] for what, cell in rows.items()}), ""]


def _percent(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(100 * low, 100 * high) for low, high in spans]


def _spans(spans: list[tuple[float, float]], form: str) -> str:
    return " / ".join("–".join(_shown(x, form) for x in span) for span in spans)


def _shown(x: float, form: str) -> str:
    return format(x, form) if math.isfinite(x) else "-"


def _table(columns: list[str], rows: dict[str, list[str]]) -> list[str]:
    head = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    return head + [f"| {who} | " + " | ".join(cells) + " |" for who, cells in rows.items()]
