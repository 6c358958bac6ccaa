"""`earshot sources`: how the sources are doing; `earshot try`: what one of them has just now."""

import difflib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from msgspec import structs
from rich.console import Console

from earshot import logs
from earshot.attribution import Names
from earshot.cli.asking import Answer, Found, affordable, ask, concerning, scratch
from earshot.cli.options import (
    AsJson,
    ConfigPath,
    DataDir,
    existing_store,
    read_config,
    with_data_dir,
    with_own_time,
)
from earshot.cli.tables import Column, day_or_time, one_line, so_many, table
from earshot.cli.telling import lines, plain
from earshot.clock import SystemClock
from earshot.config import Config
from earshot.errors import Refused
from earshot.model import SourceReport
from earshot.seams import CollectorSettings
from earshot.store import exists
from earshot.store import sources as reports

_OUT = Console(highlight=False, markup=False, soft_wrap=True)
_NOTES = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
_STALE = timedelta(minutes=1)  # a source at work reports every few seconds
_FEW = 5  # of those that concern no brand, or one that is not known
_COLUMNS: list[Column] = [
    ("source", "short"),
    ("state", "left"),
    ("last\nsuccess", "left"),
    ("last\nheard", "left"),
    ("heard since\nits start", "right"),
    ("limit\nleft", "right"),
    ("cost\ntoday", "right"),
    ("errors", "rest"),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask also what bills for each read.")]


def sources(config: ConfigPath = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the configured sources and how each is doing, as its process last said. Times are UTC.

    Example: earshot sources --json

    Next: earshot try SOURCE asks one what it has just now.
    """
    settings = with_data_dir(with_own_time(read_config(config)), data_dir)
    known = _reports(settings, config, data_dir)
    now = SystemClock().now()
    names = [source.name for source in settings.collectors]
    rows = [(name, known.get(name), _state(known.get(name), settings, now)) for name in names]
    rows += [(name, report, "no longer configured") for name, report in known.items() if name not in names]
    if as_json:
        typer.echo(json.dumps([_plain(*row) for row in rows]))
    elif not rows:
        _OUT.print("No sources are configured: earshot init, or docs/guide/connect.md.")
    else:
        _OUT.print(table(_OUT, _COLUMNS, [_row(*row, now) for row in rows]))
        for name, report, _ in rows:
            _tell_more(name, report, now)


def _reports(settings: Config, config: Path | None, data_dir: Path | None) -> dict[str, SourceReport]:
    if not exists(settings.store_url):
        return {}
    with existing_store(config, data_dir) as store, store.read() as connection:
        return {report.name: report for report in reports.every(connection)}


def _state(report: SourceReport | None, settings: Config, now: datetime) -> str:
    if report is None:
        return "never run"
    if not report.working:
        return "ended"
    if not settings.own_time and now - report.at > _STALE:
        return "not running"
    return "failing" if report.error else "working"


def _row(name: str, report: SourceReport | None, state: str, now: datetime) -> list[str]:
    if report is None:
        return [name, state, "", "", "", "", "", ""]
    return [
        name,
        state,
        _when(report.last_success, now),
        _when(report.last_heard, now),
        f"{report.heard:,}",
        "" if report.limit_left is None else f"{report.limit_left:,}",
        _cost(report),
        ", ".join(f"{kind} {count:,}" for kind, count in report.errors.items()),
    ]


def _when(moment: datetime | None, now: datetime) -> str:
    return day_or_time(moment, now) if moment else "never"


def _cost(report: SourceReport) -> str:
    if report.cost_today is None:
        return ""
    budget = "" if report.budget_today is None else f" of {report.budget_today:.2f}"
    return f"${report.cost_today:.2f}{budget}"


def _tell_more(name: str, report: SourceReport | None, now: datetime) -> None:
    """What does not fit into a table: the last error, what senders did wrong, a note, and since when nothing was said."""
    if report is None:
        return
    if report.working and now - report.at > _STALE:
        _OUT.print(f"{name}: its process last reported {_when(report.at, now)}; earshot run starts it")
    if report.error:
        _OUT.print(f"{name}: since {_when(report.error_at, now)}: {one_line(report.error)}")
    if report.refused:
        counts = ", ".join(f"{kind} {count:,}" for kind, count in report.refused.items())
        _OUT.print(
            f"{name}: refused what senders sent ({counts}), last {_when(report.refused_at, now)}:"
            f" {one_line(report.refusal)}; earshot dead list shows what was kept"
        )
    if report.note and report.note != report.error:
        _OUT.print(f"{name}: {one_line(report.note)}")


def _plain(name: str, report: SourceReport | None, state: str) -> dict[str, Any]:
    told = msgspec.to_builtins(structs.asdict(report)) if report else {}
    return {"name": name, "state": state} | told


def try_source(
    source: Annotated[str, typer.Argument(help="Its name, as earshot sources lists it.", metavar="SOURCE")],
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=1_000, help="About how many mentions to ask for.")
    ] = 20,
    yes: Yes = False,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> None:
    """Fetch once from one source and print what would be published, with whom it concerns and why.

    Nothing is stored and nobody is told.

    Example: earshot try news --limit 50
    """
    settings = read_config(config)
    chosen = _named(settings, source)
    logs.configure(settings.earshot.log_format, "error")
    if not affordable(settings, [chosen], limit, yes=yes, say=_NOTES.print):
        raise Refused(f"{source}: was not asked")
    with scratch(settings) as context:
        (answer,) = ask(context, [(chosen, limit)])
    if answer.fault:
        raise Refused(_with_name(answer))
    found = concerning([answer], settings.brands)
    _warn(found, Names(brand.name for brand in settings.brands))
    if as_json:
        typer.echo(json.dumps({"source": source, "stored": False, "events": [plain(each) for each in found]}))
    else:
        _tell(source, found, SystemClock().now())


def _named(settings: Config, name: str) -> CollectorSettings:
    """Raises `Refused`, with what there is."""
    known = {source.name: source for source in settings.collectors}
    if name in known:
        return known[name]
    if not known:
        raise Refused("no sources are configured: earshot init, or docs/guide/connect.md")
    near = difflib.get_close_matches(name, known, 1)
    meant = f"did you mean {near[0]}? " if near else ""
    raise Refused(f"there is no source '{one_line(name)}'; {meant}configured: {', '.join(known)}")


def _with_name(answer: Answer) -> str:
    fault = one_line(answer.fault)
    return fault if fault.startswith(answer.source.name) else f"{answer.source.name}: {fault}"


def _tell(source: str, found: Sequence[Found], now: datetime) -> None:
    matched = [each for each in found if each.brands]
    strange = [each for each in found if not each.brands]
    for each in matched:
        _OUT.print("\n".join(lines(each, now)), end="\n\n")
    if strange:
        _OUT.print(
            f"{so_many(len(strange), 'concerns', 'concern')} no brand and would not be published, such as:"
        )
        for each in strange[:_FEW]:
            _OUT.print("\n".join(f"  {line}" for line in lines(each, now)[1:2]))
        _OUT.print()
    _OUT.print(_summary(source, len(matched), len(found)))


def _warn(found: Sequence[Found], names: Names) -> None:
    """Of brands that are not configured: a file may bring its own, and misspelt ones are seen nowhere else."""
    for reason in list(dict.fromkeys(filter(None, (names.unknown(each.event) for each in found))))[:_FEW]:
        _NOTES.print(f"{one_line(reason)}; a file may bring its own, which the console does not show")


def _summary(source: str, matched: int, total: int) -> str:
    if not total:
        return f"{source} answers, and has nothing just now. Nothing was stored."
    return f"{matched} of {total} would be published. Nothing was stored."
