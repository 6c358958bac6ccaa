"""`earshot stories` and `earshot alerts`."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from earshot.cli.options import AsJson, ConfigPath, DataDir, existing_store
from earshot.clock import from_us
from earshot.model import Level, Story
from earshot.store import alerts as alert_rows
from earshot.store import brands, mentions
from earshot.store import stories as story_rows

_OUT = Console(highlight=False)
_LOOKED_AT = 2_000
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=1_000, help="How many.")]


def stories(
    brand: Annotated[str, typer.Option("--brand", help="Only this brand.")] = "",
    limit: Limit = 20,
    config: ConfigPath = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the newest stories of each brand, the most at risk first."""
    with existing_store(config, data_dir) as store, store.read() as connection:
        found = [
            story
            for row in brands.every(connection)
            if not brand or row.name == brand
            for story in story_rows.newest(connection, brands.numbers(row.no), _LOOKED_AT)
        ]
        found.sort(key=lambda s: (s.risk, s.mentions, s.id), reverse=True)
        heads = {s.id: _headline(mentions.newest_of_story(connection, s.id, 1)) for s in found[:limit]}
    if as_json:
        _OUT.print_json(data=[_plain(story) for story in found[:limit]])
        return
    table = Table(
        "story",
        "brand",
        "risk",
        "level",
        "mentions",
        "authors",
        "negative",
        "reach",
        "last heard",
        "latest words",
    )
    for story in found[:limit]:
        table.add_row(
            str(story.id), story.brand, f"{story.risk:.0f}", story.level.name, str(story.mentions), str(story.authors),
            str(story.negative_authors), f"{story.reach:,}", f"{story.last_at:%d %b %Y %H:%M}", heads[story.id],
        )  # fmt: skip
    _OUT.print(table)


def alerts(
    limit: Limit = 20, config: ConfigPath = None, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """List the newest alerts: level, brand, story, why, and whether they are still open."""
    with existing_store(config, data_dir) as store, store.read() as connection:
        found = alert_rows.page(connection, limit)
    if as_json:
        _OUT.print_json(data=[row._asdict() for row in found])
        return
    table = Table("alert", "level", "brand", "story", "why", "opened", "resolved", "risk")
    for row in found:
        resolved = f"{from_us(row.resolved_at):%d %b %Y %H:%M}" if row.resolved_at else "open"
        table.add_row(
            str(row.id), Level(row.level).name, row.brand, f"{row.story}/{row.episode}", row.reason,
            f"{from_us(row.opened_at):%d %b %Y %H:%M}", resolved, f"{row.risk:.0f}",
        )  # fmt: skip
    _OUT.print(table)


def _headline(newest: list[mentions.Kept]) -> str:
    words = " ".join((newest[0].mention.title or newest[0].mention.text).split()) if newest else ""
    return words[:60].replace("[", r"\[")


def _plain(story: Story) -> dict[str, object]:
    return {
        "id": story.id,
        "brand": story.brand,
        "risk": round(story.risk, 2),
        "level": story.level.name,
        "mentions": story.mentions,
        "authors": story.authors,
        "negative_authors": story.negative_authors,
        "reach": story.reach,
        "opened_at": story.opened_at.isoformat(),
        "last_at": story.last_at.isoformat(),
    }
