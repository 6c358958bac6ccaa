"""What may be written about X, and the guide that says so."""

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from collectors.x import X
from earshot.clock import SystemClock
from earshot.config import Brand
from earshot.errors import ConfigError
from earshot.seams import CollectorSettings

GUIDE = Path(__file__).parents[4] / "docs/guide/sources-x.md"


def settings(**written: Any) -> X:
    return X.model_validate({"name": "x", "token": "AAA%2Fb"} | written)


@pytest.mark.parametrize("token", ["", "two words", "AAA\n", "Bearer AAA", "à"])
def test_a_token_is_one_word(token: str) -> None:
    with pytest.raises(ValidationError, match="token") as caught:
        settings(token=token)
    assert "AAA" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"daily_budget": 0},
        {"daily_budget": float("inf")},
        {"reserve": 1.1},
        {"price_per_read": -1},
        {"max_gap": "7d"},
        {"host": ""},
        {"host": "api.x.com"},
        {"languages": ["italian"]},
        {"budget": 5},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**wrong)


def test_the_token_is_never_shown() -> None:
    assert "AAA" not in repr(settings())


def test_terms_that_no_rule_can_hold_are_refused_at_the_start() -> None:
    brands = (Brand(name="Acme", any=("a",), all=("w " * 400,)),)
    context: Any = SimpleNamespace(config=SimpleNamespace(brands=brands), clock=SystemClock(), store=None)
    with pytest.raises(ConfigError, match="brand Acme"):
        settings().build(context)


def test_the_guide_has_each_setting() -> None:
    rows = GUIDE.read_text(encoding="utf-8").splitlines()
    for key, field in X.model_fields.items():
        if key in CollectorSettings.model_fields:
            continue
        default = "required" if field.is_required() else f"`{written(field.default)}`"
        assert f"| `{key}` | {default} | {field.description} |" in rows


def written(default: Any) -> str:
    return '"24h"' if default == timedelta(hours=24) else json.dumps(default)
