"""docs/guide/mentions.md says all that a sender may write, and its examples are accepted as they stand."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from earshot.border import parse_event, unread_fields
from earshot.model import Author, Kind, Mention, Metrics, Rating
from earshot.topics import Measured, Said, Withdrawn

GUIDE = (Path(__file__).parents[3] / "docs/guide/mentions.md").read_text(encoding="utf-8")
EXAMPLES = [
    found for found in re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL) if '"accepted"' not in found
]
NOW = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize("form", [Mention, Author, Metrics, Rating])
def test_every_field_has_a_row(form: Any) -> None:
    rows = "\n".join(line.split("|")[1] for line in GUIDE.splitlines() if line.startswith("| `"))
    assert [name for name in form.__struct_fields__ if f"`{name}`" not in rows] == []


def test_every_kind_has_a_row() -> None:
    assert [kind for kind in get_args(Kind) if f"\n| `{kind}` |" not in GUIDE] == []


def test_examples_are_read_and_nothing_in_them_is_ignored() -> None:
    events = [parse_event(example.encode(), NOW, "forum") for example in EXAMPLES]
    assert [type(event) for event in events] == [Said, Said, Measured, Withdrawn]
    assert [unread_fields(example.encode()) for example in EXAMPLES] == [[]] * 4


def test_the_long_example_leaves_out_only_what_is_not_for_senders() -> None:
    whole = json.loads(EXAMPLES[1])
    rest = {"quoted", "reposted", "backfill", "why", "collected_at", "claimed_at"}
    assert set(Mention.__struct_fields__) - whole.keys() == rest
