"""The guide names every setting, with its default and its meaning; a failure prints the row to put there."""

import json
import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic.fields import FieldInfo

from earshot.config import Config, from_dict
from earshot.config.document import is_list, keys, table_of
from earshot.config.kinds import base_of, installed
from earshot.seams import Settings

FOLDER = Path(__file__).parents[3] / "docs/guide"
GUIDE = (FOLDER / "configuration.md").read_text(encoding="utf-8")
UNITS = (("h", 3_600), ("m", 60), ("s", 1))


def written(default: Any) -> str:
    if isinstance(default, timedelta):
        unit, seconds = next(pair for pair in UNITS if default.total_seconds() % pair[1] == 0)
        return f'"{default.total_seconds() / seconds:g}{unit}"'
    if default is None:
        return ""
    return json.dumps(
        getattr(default, "name", None)
        or (default if isinstance(default, int | float | tuple | dict) else str(default))
    )


def row(key: str, field: FieldInfo) -> str:
    default = "required" if field.is_required() else f"`{written(field.default)}`".replace("``", "")
    return f"| `{key}` | {default} | {field.description} |".replace("|  |", "| |")


def sections() -> list[tuple[str, str, FieldInfo]]:
    found = []
    for section, outer in keys(Config).items():
        model = table_of(outer.annotation)
        assert model
        heading = f"[[{section}]]" if is_list(outer.annotation) else f"[{section}]"
        found += [
            (heading, key, field) for key, field in keys(model).items() if (section, key) not in POLYMORPHIC
        ]
    return found


def nested() -> list[tuple[str, str, FieldInfo]]:
    """What stands in a table inside a section, as `audience.places`."""
    return [
        (heading, f"{key}.{inner}", its)
        for heading, key, field in sections()
        for inner, its in keys(table_of(field.annotation) or Settings).items()
    ]


def kinds(section: str) -> list[str]:
    return sorted(installed().of(section) or {})


def added(section: str, kind: str) -> dict[str, FieldInfo]:
    """What a kind adds to what all of its section have."""
    common = keys(base_of(section))
    return {key: field for key, field in keys(installed().load(section, kind)).items() if key not in common}


def of_kinds() -> list[tuple[str, str, str, FieldInfo]]:
    """What the built-in sources and channels add, where the guide itself has it."""
    return [
        (section, kind, key, field)
        for section in ("collectors", "receivers")
        for kind in kinds(section)
        for key, field in added(section, kind).items()
        if (section, kind) not in ELSEWHERE
    ]


def told_of(section: str, kind: str = "") -> str:
    """What the guide says of a section, or of one kind in it."""
    part = GUIDE.split(f"\n### `{section}`")[1].split("\n### ")[0]
    return part.split(f'\n#### `kind = "{kind}"`\n')[1].split("\n#### ")[0] if kind else part


ELSEWHERE = {("collectors", "feeds"): "sources-feeds.md", ("collectors", "x"): "sources-x.md"}
"""Sources that have pages of their own, and their settings there."""

POLYMORPHIC = {(section, key) for section in ("collectors", "receivers") for key in ("kind", "name")}
"""Their defaults and meanings are the loader's, not the class's; the guide tells them in prose."""


@pytest.mark.parametrize(
    ("heading", "key", "field"), [pytest.param(*s, id=f"{s[0]}{s[1]}") for s in sections() + nested()]
)
def test_the_guide_has_each_setting(heading: str, key: str, field: FieldInfo) -> None:
    assert field.description
    assert row(key, field) in told_of(heading).splitlines()


@pytest.mark.parametrize(
    ("section", "kind", "key", "field"), [pytest.param(*each, id=".".join(each[:3])) for each in of_kinds()]
)
def test_the_guide_has_each_setting_of_a_kind(section: str, kind: str, key: str, field: FieldInfo) -> None:
    assert field.description
    assert row(key, field) in told_of(f"[[{section}]]", kind).splitlines()


@pytest.mark.parametrize(("section", "kind"), ELSEWHERE)
def test_a_page_of_its_own_has_each_setting_of_its_kind(section: str, kind: str) -> None:
    """And the guide leads to it."""
    page = ELSEWHERE[section, kind]
    assert f"({page})" in told_of(f"[[{section}]]", kind)
    lines = (FOLDER / page).read_text(encoding="utf-8").splitlines()
    rows = [row(key, field) for key, field in added(section, kind).items()]
    assert [each for each in rows if each not in lines] == []


@pytest.mark.parametrize("section", ["collectors", "receivers"])
def test_the_guide_names_the_kinds_that_there_are(section: str) -> None:
    *some, last = (f"`{kind}`" for kind in kinds(section))
    assert f"The kinds that come with Earshot are {', '.join(some)} and {last};" in told_of(f"[[{section}]]")


def test_the_guide_shows_the_message_about_an_unknown_kind_as_it_is() -> None:
    assert f"unknown kind 'feed'; known: {', '.join(kinds('collectors'))}\n" in GUIDE


def test_the_guide_has_no_setting_that_is_gone() -> None:
    there = len(sections()) + len(POLYMORPHIC) + len(of_kinds())
    assert len(re.findall(r"^\| `\w+` \|", GUIDE, re.MULTILINE)) == there
    assert len(re.findall(r"^\| `\w+\.\w+` \|", GUIDE, re.MULTILINE)) == len(nested())


def test_examples_in_the_guide_are_valid() -> None:
    for example in re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL):
        raw = tomllib.loads(example)
        assert from_dict({key: value for key, value in raw.items() if key not in {"collectors", "receivers"}})
