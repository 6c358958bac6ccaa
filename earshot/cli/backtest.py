"""`earshot backtest`: what alerts would have been worth on the past, beside three simple rules."""

import asyncio
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, NamedTuple

import typer

from earshot import __version__, logs
from earshot.backtest import labels as labelled
from earshot.backtest import page as pictures
from earshot.backtest import report
from earshot.backtest.fingerprint import fingerprint
from earshot.backtest.history import history
from earshot.backtest.stored import Stored
from earshot.claim import claimed
from earshot.cli.options import (
    AsJson,
    ConfigPath,
    changed,
    existing_store,
    is_configured,
    opened,
    read_config,
)
from earshot.cli.replay import map_of, run_showing, settings_of, value_of
from earshot.cli.tables import so_many
from earshot.cli.verdict import tell
from earshot.clock import from_us
from earshot.config import Config
from earshot.errors import Refused
from earshot.metrics import REPLAY_RECORDS
from earshot.runtime import Context, Runtime, find_roles
from earshot.store import Store, brands, positions, surges
from earshot.topics import MENTIONS, PROCESSORS

_DAY = 86_400_000_000  # µs


class _Run(NamedTuple):
    """What is run, and in which configuration."""

    name: str
    settings: Config
    labels: Mapping[str, bool]
    is_kept: bool = True
    """Whether its folder is there for the next run."""


def backtest(
    file: Annotated[
        Path | None, typer.Argument(help="As for replay: JSON Lines, or JSON Lines or CSV with --map.")
    ] = None,
    last: Annotated[
        str, typer.Option("--last", help="Instead of a file: what was heard in so many days, such as 90d.")
    ] = "",
    columns: Annotated[
        str, typer.Option("--map", help="Where the fields are: id=…,text=…,author=…,time=…,brand=…")
    ] = "",
    source: Annotated[
        str, typer.Option("--source", help="The source that the ids belong to, such as x.")
    ] = "replay",
    label: Annotated[
        str,
        typer.Option("--label", help="A column of the file and the value that says negative: label=neg."),
    ] = "",
    large: Annotated[
        int, typer.Option("--large", min=1, help="N*: from how many mentions on a story is large.")
    ] = 20,
    data_dir: Annotated[
        Path | None,
        typer.Option(
            "--data-dir",
            help="Where its databases go; if not given, one folder for each run in backtest/ of the configured"
            " data_dir, and where nothing is configured none is kept.",
        ),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option("--page", help="Write a page with pictures there too, such as backtest.html."),
    ] = None,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> None:
    """Run the past through the whole pipeline and say what its alerts were worth: how early, how often for nothing.

    Beside them stand three simple rules with at most as many false alarms: a count of mentions, an unusual rate of
    negative ones, an author's followers. Nobody is notified, your live data is not touched. Stopped or killed, the
    same command goes on where it was, where its databases are kept. To try other rules, name a candidate: --config
    candidate.toml.

    Example: earshot backtest --last 90d --config candidate.toml
    """
    if (file is None) == (not last):
        raise Refused("backtest: name a file, or --last 90d for what was heard: one of the two")
    if page and not page.resolve().parent.is_dir():
        raise Refused(f"--page {page}: there is no such folder; make it, or name another")
    settings = read_config(config, needed=False)
    with ExitStack() as held:
        if file:
            is_kept = bool(data_dir) or is_configured(config, settings)
            if not is_kept:
                data_dir = Path(held.enter_context(TemporaryDirectory(prefix="earshot-backtest-")))
            run = _of_file(file, columns, source, labelled.column(label), settings, data_dir)
            run = run._replace(is_kept=is_kept)
        elif label or columns:
            raise Refused("--last: takes neither --map nor --label; it goes by what staff said of mentions")
        else:
            run = _of_store(held.enter_context(existing_store(config, None)), _days(last), settings, data_dir)
        found, judged = _done(run, large, quiet=as_json)
    if page:
        page.write_text(pictures.drawn(found, judged), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        tell(found, run.settings.earshot.data_dir if run.is_kept else None)


# --- what is run ----------------------------------------------------------------------------------------


def _of_file(
    file: Path,
    columns: str,
    source: str,
    column: labelled.Column | None,
    settings: Config,
    data_dir: Path | None,
) -> _Run:
    ready = settings_of(file, columns, source, "max", data_dir, notify=False, config=settings)
    labels = labelled.of_file(file, column, map_of(columns), source) if column else {}
    home, seed = settings.earshot.data_dir, f"{file.resolve()}\0{columns}\0{source}"
    folder = data_dir or _own_folder(home, file.stem, seed, ready)
    return _Run(file.name, _aside(ready, settings, folder), labels)


def _of_store(live: Store, days: int, settings: Config, data_dir: Path | None) -> _Run:
    with live.read() as connection:
        clock = max((each.clock for each in brands.every(connection)), default=0)
    if not clock:
        raise Refused(f"{live.name}: nothing was heard yet; --last needs a past, or name a file")
    told = Stored(name="stored", store=live, since=clock - days * _DAY)
    ready = settings.model_copy(update={"collectors": (told,), "receivers": ()})
    home, name = settings.earshot.data_dir, f"last-{days}d-{from_us(clock):%Y-%m-%d}"
    folder = data_dir or _own_folder(home, name, live.name, ready)
    return _Run(f"the last {days} days", _aside(ready, settings, folder), labelled.of_staff(live))


def _days(written: str) -> int:
    found = re.fullmatch(r"([1-9]\d{0,4})d", written)
    if not found:
        raise Refused(f"--last {written!r}: write a number of days, such as 90d")
    return int(found[1])


def _own_folder(home: Path, name: str, seed: str, settings: Config) -> Path:
    """The same past in the same configuration has the same one."""
    digest = hashlib.sha256(f"{seed}\0{fingerprint(settings)}".encode()).hexdigest()
    return home / "backtest" / f"{name}-{digest[:8]}"


def _aside(ready: Config, live: Config, folder: Path) -> Config:
    """Away from the live data and its broker. Raises `Refused`."""
    if folder.resolve() == live.earshot.data_dir.resolve():
        raise Refused(
            f"--data-dir {folder}: is where the live data is; give the backtest a folder of its own"
        )
    away = changed(changed(ready, "earshot", data_dir=folder), "store", url=None)
    return changed(away, "bus", servers=())


# --- the run --------------------------------------------------------------------------------------------


def _done(run: _Run, large: int, *, quiet: bool) -> tuple[dict[str, Any], report.Found]:
    """Run what is left of it, and look back: for programs, and whole. Raises `Refused` where it was stopped before its end."""
    general = run.settings.earshot
    logs.configure(general.log_format, "warning" if general.log_level == "info" else general.log_level)
    with _opened(run) as context:
        runtime = Runtime(context, find_roles(["collectors", "processors", "alerts"]), serve=False)
        asyncio.run(run_showing(runtime, quiet=quiet))
        where, then = (general.data_dir, "") if run.is_kept else (run.name, "with --data-dir FOLDER ")
        if left := _left(context):
            raise Refused(
                f"{where}: stopped with {so_many(left, 'mention')} to go; {then}the same command goes on"
            )
        with context.store.read() as connection:
            past = history(connection, run.labels)
            if not any(each.heard for each in past.pasts):
                raise Refused(
                    f"{run.name}: nothing in it concerns a brand and is no import; {then}earshot dead list tells more"
                )
            surged = surges.newest(connection, [each.name for each in brands.every(connection)], 10_000)
    judged = report.judged(past.pasts, large)
    found = {
        "history": run.name,
        "version": __version__,
        "models": list(past.models),
        "config": fingerprint(run.settings),
        "labels": len(run.labels),
        "surges": len(surged),
        **report.plain(judged),
    }
    return found, judged


def _left(context: Context) -> int:
    """Of a run that was stopped: mentions that were not told yet, or told and not processed."""
    total, done = (round(value_of(REPLAY_RECORDS.collect(), state=state)) for state in ("total", "done"))
    return total - done + context.bus.lag(MENTIONS.name, PROCESSORS)


@contextmanager
def _opened(run: _Run) -> Iterator[Context]:
    """Raises `Refused` where the folder holds another run, or one that goes on."""
    folder = run.settings.earshot.data_dir
    with opened(run.settings, live=False) as context, claimed(folder, ["processors"]):
        mine = f"{run.name}, configuration {fingerprint(run.settings)}, version {__version__}"
        with context.store.begin() as connection:
            kept = positions.cursor(connection, "backtest")
            if kept not in (None, mine) or (kept is None and brands.every(connection)):
                raise Refused(
                    f"{folder}: holds another run ({kept or 'no backtest'}), and this is {mine}; name another"
                    " folder with --data-dir, or delete that one"
                )
            positions.save_cursor(connection, "backtest", mine)
        yield context
