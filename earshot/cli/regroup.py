"""`earshot stories`, and below it `join` and `split`: which mentions belong together, as a person says."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console

from earshot.cli import listing
from earshot.cli.listing import Limit
from earshot.cli.options import AsJson, ConfigPath, DataDir, opened, read_config, with_data_dir, with_own_time
from earshot.cli.rescore import alone
from earshot.cli.tables import so_many
from earshot.model import Story
from earshot.regrouping import Regrouper, find_regrouper
from earshot.runtime import Context
from earshot.seams import Message
from earshot.topics import STORIES, Snapshot

app = typer.Typer(invoke_without_command=True)
_OUT = Console(highlight=False, markup=False, soft_wrap=True)
Number = Annotated[int, typer.Argument(help="A story, by the number in the address of its page.")]


@app.callback()
def stories(
    context: typer.Context,
    brand: Annotated[str, typer.Option("--brand", help="Only this brand.")] = "",
    limit: Limit = 20,
    config: ConfigPath = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the newest stories of each brand, the most at risk first; join or split them. Times are UTC.

    Example: earshot stories --brand Acme --limit 50

    Next: earshot run console shows each with its mentions and what its risk is made of.
    """
    if context.invoked_subcommand is None:
        listing.stories(brand, limit, config, data_dir, as_json)


@app.command("join")
def join(story: Number, other: Number, config: ConfigPath = None, data_dir: DataDir = None) -> None:
    """Make one story of two: the older one stays, the other leads to it. Nobody is notified.

    With the embedded database stop Earshot first, and start it after; with PostgreSQL it may go on meanwhile.

    Example: earshot stories join 1099511627811 1099511627890
    """
    kept, joined = _do(config, data_dir, lambda regrouper: regrouper.join(story, other))[:2]
    _OUT.print(f"Story {joined.id} is part of {kept.id} now: {so_many(kept.mentions, 'mention')}.")


@app.command("split")
def split(
    story: Number,
    mentions: Annotated[
        list[int], typer.Argument(help="Some of its mentions, by the numbers of their pages.")
    ],
    config: ConfigPath = None,
    data_dir: DataDir = None,
) -> None:
    """Make another story of some of a story's mentions. Only a person joins the two again. Nobody is notified.

    With the embedded database stop Earshot first, and start it after; with PostgreSQL it may go on meanwhile.

    Example: earshot stories split 1099511627811 1099511627890 1099511627893
    """
    left, begun = _do(config, data_dir, lambda regrouper: regrouper.split(story, mentions))[:2]
    _OUT.print(
        f"Story {begun.id} has {so_many(begun.mentions, 'mention')} now, story {left.id} has {left.mentions:,}."
    )


def _do(config: ConfigPath, data_dir: DataDir, change: Callable[[Regrouper], list[Story]]) -> list[Story]:
    with _context(config, data_dir) as context:
        changed = change(find_regrouper(context.config, context.store, context.clock))
        _publish(context, changed)
        return changed


@contextmanager
def _context(config: ConfigPath, data_dir: DataDir) -> Iterator[Context]:
    settings = with_data_dir(with_own_time(read_config(config, needed=False)), data_dir)
    with opened(settings, as_it_is=True) as context, alone(settings):
        yield context


def _publish(context: Context, changed: Sequence[Story]) -> None:
    context.bus.publish(
        STORIES.name,
        [Message(story.brand, STORIES.encode(Snapshot(story=story)), str(story.id)) for story in changed],
    )
