"""`earshot dead`: what could not be read or stored."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from earshot.bus import open_bus
from earshot.cli.options import (
    AsJson,
    ConfigPath,
    DataDir,
    existing_store,
    read_config,
    with_data_dir,
    with_own_time,
)
from earshot.cli.tables import one_line, printable, so_many
from earshot.clock import SystemClock, from_us, to_us
from earshot.errors import Refused, Unreadable
from earshot.seams import Message
from earshot.store import Store
from earshot.store import dead as letters
from earshot.topics import MENTIONS, STORIES, brand_of

app = typer.Typer(
    no_args_is_help=True,
    help="Dead letters: what could not be read or stored, with the reason. Begin with [bold]earshot dead "
    "list[/bold].",
)
_OUT = Console(highlight=False, markup=False)
_TOPICS = {f"topic:{topic.name}": topic.name for topic in (MENTIONS, STORIES)}
Number = Annotated[int, typer.Argument(help="The number that earshot dead list shows.")]


@app.command("list")
def show_all(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10**9, help="At most so many.")] = 100,
    config: ConfigPath = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List those that nobody has retried, the newest first.

    Next: earshot dead show 3 shows one whole, earshot dead retry 3 puts it back, earshot dead drop 3 deletes it.
    """
    with existing_store(config, data_dir) as store, store.read() as connection:
        found, total = letters.heads(connection, limit), letters.count(connection)
    if as_json:
        rows = [
            {
                "id": x.id,
                "at": from_us(x.at).isoformat(),
                "origin": x.origin,
                "reason": x.reason,
                "size": x.size,
            }
            for x in found
        ]
        Console().print_json(data={"total": total, "letters": rows})
        return
    if not found:
        _OUT.print("No dead letters: everything that was heard could be read and stored.")
        return
    table = Table("letter", "since", "where", "bytes", "reason")
    table.columns[0].justify = table.columns[3].justify = "right"
    for letter in found:
        table.add_row(
            str(letter.id),
            f"{from_us(letter.at):%d %b %Y %H:%M}",
            one_line(letter.origin),
            f"{letter.size:,}",
            one_line(letter.reason)[:200],
        )
    _OUT.print(table)
    _OUT.print(_counted(len(found), total))


def _counted(shown: int, total: int) -> str:
    if shown >= total:
        return f"{total:,} in all"
    return f"{shown:,} of {total:,} shown, {total - shown:,} more: --limit {total} shows all"


@app.command()
def show(letter: Number, config: ConfigPath = None, data_dir: DataDir = None) -> None:
    """Show one whole: where it came from, why it is here, and what it says.

    Example: earshot dead show 3
    """
    with existing_store(config, data_dir) as store:
        found = _get(store, letter)
    typer.echo(f"letter  {found.id}\nsince   {from_us(found.at):%d %b %Y %H:%M} UTC")
    typer.echo(
        f"where   {one_line(found.origin)}\nreason  {one_line(found.reason)}\nbytes   {found.size:,}\n"
    )
    typer.echo(printable(found.raw.decode("utf-8", "backslashreplace")))


@app.command()
def retry(letter: Number, config: ConfigPath = None, data_dir: DataDir = None) -> None:
    """Put one back on its topic: after an upgrade, or once what refused it is mended.

    What was only a line of a file or a request is mended there, and heard again.

    Example: earshot dead retry 3
    """
    settings = with_data_dir(with_own_time(read_config(config, needed=False)), data_dir)
    clock = SystemClock()
    with existing_store(config, data_dir) as store:
        found = _get(store, letter)
        topic = _TOPICS.get(found.origin.rsplit(":", 2)[0])
        if topic is None:
            raise Refused(
                f"letter {letter} was never a message: mend {found.origin} at its source and hear it again"
                " (what is known already is not counted twice)"
            )
        if found.size > len(found.raw):
            raise Refused(
                f"letter {letter}: only the first {len(found.raw):,} of {found.size:,} bytes were kept"
            )
        bus = open_bus(settings, clock)
        bus.publish(topic, [_message(topic, found.raw)])
        bus.close()
        with store.begin() as connection:
            letters.mark_retried(connection, letter, to_us(clock.now()))
    _OUT.print(f"letter {letter} is back on {topic}; earshot run takes it up")


@app.command()
def drop(
    numbers: Annotated[
        list[int] | None,
        typer.Argument(
            help="The numbers that earshot dead list shows.", metavar="[N]...", min=1, max=2**63 - 1
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All there are, those that were retried too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --all: do not ask.")] = False,
    config: ConfigPath = None,
    data_dir: DataDir = None,
) -> None:
    """Delete letters for good, with what they say: once somebody has looked, and nothing is to be done.

    Old ones go by themselves, as stories do (store.retain_days).

    Example: earshot dead drop 3 4
    """
    if every == bool(numbers):
        raise Refused("name the letters to delete, or --all: earshot dead list shows them")
    with existing_store(config, data_dir) as store:
        gone = _drop_all(store, yes=yes) if every else _drop(store, numbers or ())
    _OUT.print(f"{so_many(gone, 'letter')} deleted")


def _drop(store: Store, numbers: Sequence[int]) -> int:
    """All of them or, where one is not there, none."""
    wanted = sorted(set(numbers))
    with store.begin() as connection:
        gone = letters.drop(connection, wanted)
        if missing := [number for number in wanted if number not in gone]:
            raise Refused(
                f"there is no letter {', '.join(map(str, missing))}, and none was deleted;"
                " earshot dead list shows them"
            )
    return len(gone)


def _drop_all(store: Store, *, yes: bool) -> int:
    """Those that are there when it is asked: what comes later nobody has seen."""
    with store.read() as connection:
        last, waiting = letters.newest(connection), letters.count(connection)
    if last and not yes and not _agreed(waiting):
        raise Refused("nothing was deleted")
    with store.begin() as connection:
        return letters.drop_up_to(connection, last)


def _agreed(waiting: int) -> bool:
    if not typer.get_text_stream("stdin").isatty():
        raise Refused("nobody can be asked, and nothing was deleted: --yes deletes them")
    return typer.confirm(
        f"Delete all letters for good? {so_many(waiting, 'letter')} nobody has retried.", err=True
    )


def _message(topic: str, raw: bytes) -> Message:
    """As it was published: in its brand's order. What still cannot be read is parked again, wherever it goes."""
    try:
        if topic == STORIES.name:
            about = STORIES.decode(raw).about
            return Message(about.brand, raw, str(about.id))
        return Message(brand_of(MENTIONS.decode(raw)), raw)
    except Unreadable:
        return Message("", raw)


def _get(store: Store, letter: int) -> letters.Letter:
    with store.read() as connection:
        found = letters.get(connection, letter)
    if found is None:
        raise Refused(f"there is no letter {letter}; earshot dead list shows them")
    return found
