"""`earshot dead`: what could not be read or stored."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from earshot.bus.sqlite import SqliteBus
from earshot.cli.options import AsJson, ConfigPath, DataDir, existing_store, read_config, with_data_dir
from earshot.clock import SystemClock, from_us, to_us
from earshot.errors import Refused
from earshot.store import Store
from earshot.store import dead as letters
from earshot.topics import MENTIONS

app = typer.Typer(
    no_args_is_help=True, help="Dead letters: what could not be read or stored, with the reason."
)
_OUT = Console(highlight=False, markup=False)
_TOPIC = f"topic:{MENTIONS.name}"
Number = Annotated[int, typer.Argument(help="The number that earshot dead list shows.")]


@app.command("list")
def show_all(config: ConfigPath = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List those that nobody has retried, the newest first."""
    with existing_store(config, data_dir) as store, store.read() as connection:
        found, total = letters.page(connection), letters.count(connection)
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
    table = Table("letter", "since", "where", "bytes", "reason")
    for letter in found:
        table.add_row(
            str(letter.id),
            f"{from_us(letter.at):%d %b %Y %H:%M}",
            letter.origin,
            f"{letter.size:,}",
            letter.reason[:200],
        )
    _OUT.print(table)
    _OUT.print(f"{len(found)} of {total} shown" if total > len(found) else f"{total} in all")


@app.command()
def show(letter: Number, config: ConfigPath = None, data_dir: DataDir = None) -> None:
    """Show one whole: where it came from, why it is here, and what it says."""
    with existing_store(config, data_dir) as store:
        found = _get(store, letter)
    _OUT.print(f"letter  {found.id}\nwhere   {found.origin}\nreason  {found.reason}\nbytes   {found.size:,}")
    _OUT.print(found.raw.decode("utf-8", "backslashreplace"))


@app.command()
def retry(letter: Number, config: ConfigPath = None, data_dir: DataDir = None) -> None:
    """Put one back on its topic: after an upgrade, or once what refused it is mended."""
    settings = with_data_dir(read_config(config, needed=False), data_dir)
    clock = SystemClock()
    with existing_store(config, data_dir) as store:
        found = _get(store, letter)
        if not found.origin.startswith(_TOPIC):
            raise Refused(
                f"letter {letter} was never a message: mend {found.origin} at its source and hear it again"
                " (what is known already is not counted twice)"
            )
        if found.size > len(found.raw):
            raise Refused(
                f"letter {letter}: only the first {len(found.raw):,} of {found.size:,} bytes were kept"
            )
        bus = SqliteBus(settings.earshot.data_dir / "bus.db", clock)
        bus.publish(MENTIONS.name, [("", found.raw)])
        bus.close()
        with store.begin() as connection:
            letters.mark_retried(connection, letter, to_us(clock.now()))
    _OUT.print(f"letter {letter} is back on {MENTIONS.name}; earshot run takes it up")


def _get(store: Store, letter: int) -> letters.Letter:
    with store.read() as connection:
        found = letters.get(connection, letter)
    if found is None:
        raise Refused(f"there is no letter {letter}; earshot dead list shows them")
    return found
