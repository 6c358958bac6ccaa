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

GUIDE = (Path(__file__).parents[3] / "docs/guide/configuration.md").read_text(encoding="utf-8")
UNITS = (("h", 3_600), ("m", 60), ("s", 1))


def written(default: Any) -> str:
    if isinstance(default, timedelta):
        unit, seconds = next(pair for pair in UNITS if default.total_seconds() % pair[1] == 0)
        return f'"{default.total_seconds() / seconds:g}{unit}"'
    if default is None:
        return ""
    return json.dumps(
        getattr(default, "name", None)
        or (default if isinstance(default, int | float | tuple) else str(default))
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


POLYMORPHIC = {(section, key) for section in ("collectors", "receivers") for key in ("kind", "name")}
"""Their defaults and meanings are the loader's, not the class's; the guide tells them in prose."""


@pytest.mark.parametrize(
    ("heading", "key", "field"), [pytest.param(*s, id=f"{s[0]}{s[1]}") for s in sections()]
)
def test_the_guide_has_each_setting(heading: str, key: str, field: FieldInfo) -> None:
    assert field.description
    part = GUIDE.split(f"\n### `{heading}`")[1].split("\n### ")[0]
    assert row(key, field) in part.splitlines()


def test_the_guide_has_no_setting_that_is_gone() -> None:
    assert len(re.findall(r"^\| `\w+` \|", GUIDE, re.MULTILINE)) == len(sections()) + len(POLYMORPHIC)


def test_examples_in_the_guide_are_valid() -> None:
    for example in re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL):
        raw = tomllib.loads(example)
        assert from_dict({key: value for key, value in raw.items() if key not in {"collectors", "receivers"}})
