"""`earshot migrate-store`: from the embedded database to PostgreSQL."""

import shlex
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from earshot.bus.sqlite import SqliteBus
from earshot.cli.options import ConfigPath, DataDir, read_config, with_data_dir
from earshot.cli.tables import so_many
from earshot.clock import SystemClock
from earshot.config import Config
from earshot.errors import Refused
from earshot.store import Store, exists, named
from earshot.store.moving import Moved, move
from earshot.topics import READERS

_OUT = Console(highlight=False, markup=False, soft_wrap=True)


def migrate_store(
    to: Annotated[
        str, typer.Option("--to", help="The empty database: postgresql://user@host:port/name.", metavar="URL")
    ],
    password_file: Annotated[
        Path | None, typer.Option("--password-file", help="A file that holds its password, and nothing else.")
    ] = None,
    config: ConfigPath = None,
    data_dir: DataDir = None,
) -> None:
    """Copy the embedded database into an empty one of PostgreSQL's. Stop Earshot first, and start it after.

    All is copied, or nothing is; the embedded database stays as it is, and must be of this version.

    Example: earshot migrate-store --to postgresql://earshot@db/earshot --password-file /run/secrets/db
    """
    settings = with_data_dir(read_config(config, needed=False), data_dir)
    source = _embedded(settings, data_dir)
    target = _target(to, password_file)
    _must_be_drained(settings, config, data_dir)
    with closing(Store(source, as_it_is=True)) as old, closing(Store(target)) as new, _progress() as progress:
        bars: dict[str, TaskID] = {}

        def show(table: str, done: int, total: int) -> None:
            if table not in bars:
                bars[table] = progress.add_task(table, total=total)
            progress.update(bars[table], completed=done)

        moved = move(old, new, show)
    _tell(moved, source, target)


def _embedded(settings: Config, data_dir: Path | None) -> URL:
    at = settings.store_url
    if settings.store.is_postgres:
        raise Refused(
            f"{named(at)}: store.url names PostgreSQL already: name the embedded database's folder with"
            f" --data-dir {data_dir or settings.earshot.data_dir}"
        )
    if not exists(at):
        raise Refused(f"{named(at)}: there is no database to copy; --data-dir names its folder")
    return at


def _target(to: str, password_file: Path | None) -> URL:
    try:
        url = make_url(to).set(drivername="postgresql")  # postgres:// means the same
    except (ArgumentError, ValueError):
        raise Refused(
            "--to: cannot be read as an address; encode what is special in it, like %40 for @"
        ) from None
    if not to.startswith(("postgresql://", "postgres://")) or not url.database:
        raise Refused("--to: must be postgresql://user@host:port/name")
    return url.set(password=_read(password_file)) if password_file else url


def _read(password_file: Path) -> str:
    try:
        return password_file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise Refused(f"--password-file {password_file}: cannot be read: {reason}") from error


def _must_be_drained(settings: Config, config: Path | None, data_dir: Path | None) -> None:
    """What the embedded log still holds would be heard by nobody once the service works with another one."""
    log = settings.earshot.data_dir / "bus.db"
    if not log.exists():
        return
    with closing(SqliteBus(log, SystemClock())) as bus:
        waiting = [
            f"{so_many(lag, 'message')} of {topic} not read by {group} yet"
            for topic, group in READERS
            if (lag := bus.lag(topic, group))
        ]
    if waiting:
        options = [
            *(["--config", str(config)] if config else []),
            *(["--data-dir", str(data_dir)] if data_dir else []),
        ]
        command = shlex.join(["earshot", "run", "processors", "alerts", *options])
        raise Refused(
            f"{log}: {' and '.join(waiting)}; nothing was copied. Run\n  {command}\n"
            "until they are done (no collector: nothing new is heard), stop it with Ctrl-C, and try again"
        )


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description:>14}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield progress


def _tell(moved: list[Moved], source: URL, target: URL) -> None:
    table = Table("table", "rows", "newest")
    table.columns[1].justify = table.columns[2].justify = "right"
    for each in moved:
        table.add_row(each.table, f"{each.rows:,}", "" if each.newest is None else str(each.newest))
    _OUT.print(table)
    _OUT.print(f"The same in {named(source)} and in {named(target)}.")
    _OUT.print("Write into the configuration, and start Earshot:\n")
    _OUT.print(f'[store]\nurl = "{named(target)}"\npassword_file = "…"')
