"""What a backtest found, as one object for programs and as text for people."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from earshot.backtest.baselines import Chosen, baselines, chosen
from earshot.backtest.outcomes import Outcome, Past, Worth, brand_weeks, called, outcome, worth
from earshot.clock import from_us
from earshot.explain import people
from earshot.model import Level

_MINUTE = 60_000_000  # µs
LEVELS = (Level.warning, Level.watch)


class Side(NamedTuple):
    """What alerts of one level and above were worth, beside rules with at most as many false alarms."""

    level: Level
    ours: Worth
    others: tuple[Chosen, ...]


class Found(NamedTuple):
    large: int
    """N*"""
    weeks: float
    """Brand-weeks."""
    outcomes: tuple[Outcome, ...]
    sides: tuple[Side, ...]


def judged(pasts: Sequence[Past], large: int) -> Found:
    outcomes = tuple(outcome(past, large) for past in pasts)
    by_story = {each.past.story: each for each in outcomes}
    rules = baselines(outcomes, large)
    sides = []
    for level in LEVELS:
        ours = worth(called(outcomes, level), by_story)
        sides.append(Side(level, ours, tuple(chosen(rule, by_story, ours.false) for rule in rules)))
    return Found(large, brand_weeks(outcomes), outcomes, tuple(sides))


def told(found: Found) -> list[Outcome]:
    """Stories that called or became large, the largest first."""
    some = [each for each in found.outcomes if each.large_at or each.past.calls]
    return sorted(some, key=lambda each: (-each.mentions, each.past.story))


# --- for programs ---------------------------------------------------------------------------------------


def plain(found: Found) -> dict[str, Any]:
    """Something was heard."""
    return {
        "large": found.large,
        "mentions": sum(each.mentions for each in found.outcomes),
        "stories": len(found.outcomes),
        "from": _moment(min(heard.at for each in found.outcomes for heard in each.past.heard)),
        "until": _moment(max(heard.at for each in found.outcomes for heard in each.past.heard)),
        "brand_weeks": round(found.weeks, 3),
        "reasons": {level.name: _reasons(found.outcomes, level) for level in LEVELS},
        "levels": {side.level.name: _plain_side(side, found.weeks) for side in found.sides},
        "brands": _plain_brands(found),
        "told": [_plain_story(each) for each in told(found)],
    }


def _reasons(outcomes: Sequence[Outcome], level: Level) -> dict[str, int]:
    """Why stories first called as loudly as that, the most frequent first."""
    calls = (each.call(level) for each in outcomes)
    return dict(Counter(call.reason for call in calls if call).most_common())


def _plain_side(side: Side, weeks: float) -> dict[str, Any]:
    return {
        "ours": _plain_worth(side.ours, weeks),
        **{
            each.name: {"threshold": each.threshold} | _plain_worth(each.worth, weeks) for each in side.others
        },
    }


def _plain_worth(of: Worth, weeks: float) -> dict[str, Any]:
    return {
        "alarms": of.alarms,
        "false_alarms": of.false,
        "false_a_brand_week": round(of.false / weeks, 3) if weeks else None,
        "large_stories": len(of.leads),
        "in_time": of.in_time,
        "median_lead_min": _minutes(of.median),
        "mean_lead_min": _minutes(of.mean),
    }


def _plain_brands(found: Found) -> dict[str, Any]:
    brands: dict[str, list[Outcome]] = {}
    for each in found.outcomes:
        brands.setdefault(each.past.brand, []).append(each)
    return {name: _plain_brand(of) for name, of in sorted(brands.items())}


def _plain_brand(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    by_story = {each.past.story: each for each in outcomes}
    weeks = brand_weeks(outcomes)
    return {
        "mentions": sum(each.mentions for each in outcomes),
        "stories": len(outcomes),
        "weeks": round(weeks, 3),
        **{level.name: _plain_worth(worth(called(outcomes, level), by_story), weeks) for level in LEVELS},
    }


def _plain_story(of: Outcome) -> dict[str, Any]:
    watched, warned = of.called_at(Level.watch), of.called_at(Level.warning)
    why = of.call(Level.warning) or of.call(Level.watch)
    return {
        "story": of.past.story,
        "brand": of.past.brand,
        "first": of.past.first,
        "mentions": of.mentions,
        "reach": of.past.reach,
        "large_at": _moment(of.large_at),
        "watch_at": _moment(watched),
        "warning_at": _moment(warned),
        "watch_lead_min": _minutes(_lead(of, watched)),
        "warning_lead_min": _minutes(_lead(of, warned)),
        "reason": why and why.reason,
        "negative_by_labels": of.negative,
    }


def _lead(of: Outcome, at: int | None) -> int | None:
    """None for a story that never became large: there was nothing to be early for."""
    if of.large_at is None:
        return None
    return 0 if at is None else max(0, of.large_at - at)


def _minutes(us: float | None) -> float | None:
    return None if us is None else round(us / _MINUTE, 1)


def _moment(us: int | None) -> str | None:
    return None if us is None else from_us(us).isoformat()


# --- for people: rows of tables from what programs get --------------------------------------------------


def rule_rows(of: Mapping[str, Any]) -> Iterator[list[str]]:
    """Of one level: rule, threshold, alarms, false a brand-week, in time, median and mean lead."""
    for name, each in of.items():
        threshold = each.get("threshold")
        yield [
            name,
            "" if name == "ours" else _threshold(threshold),
            f"{each['alarms']:,}",
            _number(each["false_a_brand_week"], ".2f"),
            f"{each['in_time']} of {each['large_stories']}",
            _number(each["median_lead_min"]),
            _number(each["mean_lead_min"]),
        ]


def brand_rows(brands: Mapping[str, Any]) -> Iterator[list[str]]:
    for name, each in brands.items():
        watch, warning = each["watch"], each["warning"]
        yield [
            name,
            f"{each['mentions']:,}",
            f"{warning['large_stories']:,}",
            f"{watch['alarms']:,}",
            f"{warning['alarms']:,}",
            _number(warning["false_a_brand_week"], ".2f"),
            _number(warning["median_lead_min"]),
        ]


def story_rows(stories: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    for each in stories:
        yield [
            each["brand"],
            f"{each['mentions']:,}",
            people(each["reach"], "en").figure,
            *(_short(each[name]) for name in ("large_at", "watch_at", "warning_at")),
            _number(each["warning_lead_min"]),
            str(each["story"]),
        ]


def _threshold(value: float | None) -> str:
    return "none" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")


def _number(value: float | None, form: str = ",.0f") -> str:
    return "-" if value is None else format(value, form)


def _short(moment: str | None) -> str:
    return moment[5:16].replace("T", " ") if moment else "-"
