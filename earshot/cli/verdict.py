"""What `earshot backtest` says to people."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from earshot.backtest.report import LEVELS, brand_rows, rule_rows, story_rows
from earshot.cli.tables import Column, one_line, so_many, table

_OUT = Console(highlight=False)
_SHOWN = 20  # stories; --json has all
_RULES: list[Column] = [
    ("rule", "left"), ("threshold", "right"), ("alarms", "right"), ("false a\nbrand-week", "right"),
    ("in time", "right"), ("median\nlead, min", "right"), ("mean\nlead, min", "right"),
]  # fmt: skip
_BRANDS: list[Column] = [
    ("brand", "rest"), ("mentions", "right"), ("large", "right"), ("watch", "right"), ("warning", "right"),
    ("false\na week", "right"), ("median\nlead, min", "right"),
]  # fmt: skip
_STORIES: list[Column] = [
    ("brand", "rest"), ("men-\ntions", "right"), ("reach", "right"), ("large", "left"), ("watch", "left"),
    ("warning", "left"), ("lead\nmin", "right"), ("story", "right"),
]  # fmt: skip


def tell(found: Mapping[str, Any], data_dir: Path | None) -> None:
    """`data_dir`: where to look closer; None where nothing was kept."""
    _say(
        f"{one_line(found['history'])}: {so_many(found['mentions'], 'mention')} of {so_many(len(found['brands']), 'brand')}, {found['from'][:10]} to"
        f" {found['until'][:10]}, {found['brand_weeks']:.1f} brand-weeks, made {so_many(found['stories'], 'story', 'stories')} and {so_many(found['surges'], 'surge')}."
    )
    _say(
        f"Model {', '.join(found['models']) or 'none'}; configuration {found['config']}; version {found['version']}."
    )
    _say(
        f"A story is large from {found['large']:,} mentions on; a lead runs from the first alarm until then, and is 0"
        f" where that is missed or late. An alarm is false if its story never becomes large{_labels(found)}. The other"
        " rules are as sensitive as our number of false alarms lets them be.\n"
    )
    for level in LEVELS:
        _say(f"Alerts of level {level.name} or above:")
        _OUT.print(table(_OUT, _RULES, list(rule_rows(found["levels"][level.name]))))
        reasons = ", ".join(f"{why} {count:,}" for why, count in found["reasons"][level.name].items())
        _say(f"Ours by reason: {reasons or 'none'}.\n")
    _OUT.print(table(_OUT, _BRANDS, list(brand_rows(found["brands"]))))
    stories = found["told"]
    more = f"; the {_SHOWN} largest of them, --json has all" if len(stories) > _SHOWN else ""
    _say(f"\n{so_many(len(stories), 'story', 'stories')} called or became large{more}.")
    if stories:
        _OUT.print(table(_OUT, _STORIES, list(story_rows(stories[:_SHOWN]))))
    if data_dir:
        _say(f"  earshot run console --data-dir {shlex.quote(str(data_dir))}")
    else:
        _say("Nothing was kept: with --data-dir FOLDER earshot run console shows the stories.")


def _labels(found: Mapping[str, Any]) -> str:
    return f" and is not half negative by {so_many(found['labels'], 'label')}" if found["labels"] else ""


def _say(text: str) -> None:
    _OUT.print(text, markup=False, soft_wrap=True)
