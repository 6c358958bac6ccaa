"""`earshot replay`: run a file of mentions through the whole pipeline."""

import asyncio
import hashlib
import json
import re
import shlex
import time
from collections import Counter as Counts
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from prometheus_client import Counter
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from earshot import logs
from earshot.cli.options import AsJson, ConfigPath, changed, opened, read_config
from earshot.cli.tables import so_many
from earshot.config import Config
from earshot.config.kinds import installed
from earshot.errors import Refused
from earshot.metrics import PROCESSED, REPLAY_RECORDS, UNMATCHED
from earshot.runtime import Context, Runtime, find_roles
from earshot.seams import CollectorSettings
from earshot.store import alerts, dead, stories

_OUT = Console(highlight=False, soft_wrap=True, markup=False)
_BECAME = {
    "mentions": "new",
    "edits": "revised",
    "withdrawals": "retracted",
    "counts": "recounted",
    "known": "known",
    "unheard": "unheard",
}
"""What became of the events of a file, and how the processors count it."""


def replay(
    file: Annotated[
        Path, typer.Argument(help="JSON Lines in Earshot's own form; or JSON Lines or CSV with --map.")
    ],
    columns: Annotated[
        str,
        typer.Option(
            "--map", help="Where the fields are: id=…,text=…,author=…,time=…,brand=…,reposts=…,rating=…"
        ),
    ] = "",
    source: Annotated[
        str, typer.Option("--source", help="The source that the ids belong to, such as x.")
    ] = "replay",
    speed: Annotated[
        str, typer.Option("--speed", help="max, or times as fast as it was heard: 60x.")
    ] = "max",
    data_dir: Annotated[
        Path | None,
        typer.Option(
            "--data-dir",
            help="Where its databases go; if not given, one for each file in replay/ of the configured data_dir.",
        ),
    ] = None,
    notify: Annotated[
        bool, typer.Option("--notify", help="Really send the notices. Without it none leaves.")
    ] = False,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> None:
    """Run mentions that you have through the whole pipeline: scores, stories, risk, alerts.

    The file is heard in the order of its times, whatever its own order, on a clock of its own. Stopped or
    killed, it goes on where it was; run again, it finds that it has heard everything. Nobody is notified
    without --notify, and your live data is not touched.

    Example: earshot replay tweets.csv --map id=id,text=text,author=user,time=created_at,brand=company --source x
    """
    settings = settings_of(
        file, columns, source, speed, data_dir, notify=notify, config=read_config(config, needed=False)
    )
    logs.configure(
        settings.earshot.log_format,
        "warning" if settings.earshot.log_level == "info" else settings.earshot.log_level,
    )
    with opened(settings, live=False) as context:
        runtime = Runtime(context, find_roles(["collectors", "processors", "alerts"]), serve=False)
        started, before, strange = time.perf_counter(), _outcomes(), _count(UNMATCHED)
        asyncio.run(run_showing(runtime, quiet=as_json))
        seconds = time.perf_counter() - started
        summary = _summary(context, _outcomes() - before, seconds)
        unmatched = round(_count(UNMATCHED) - strange)
    if as_json:
        typer.echo(json.dumps(summary))
    else:
        _tell(summary, unmatched, settings.earshot.data_dir)


def settings_of(
    file: Path, columns: str, source: str, speed: str, data_dir: Path | None, *, notify: bool, config: Config
) -> Config:
    if not file.is_file():
        raise Refused(f"{file}: {'is not a file' if file.exists() else 'there is no such file'}")
    written = map_of(columns)
    collector = _collector(path=file, map=written, source=source, speed=_speed(speed))
    if written and "brand" not in written and not config.brands:
        raise Refused("--map: no brand=… and no [[brands]] are configured: nothing could match")
    folder = data_dir or config.earshot.data_dir / "replay" / _own_folder(file, columns, source)
    config = changed(changed(config, "earshot", data_dir=folder), "store", url=None)
    config = changed(config, "bus", servers=())  # history is not for the brokers that serve the present
    receivers = config.receivers if notify else ()
    return config.model_copy(update={"collectors": (collector,), "receivers": receivers})


def _collector(**written: Any) -> CollectorSettings:
    """Raises `Refused` with every fault."""
    kind = installed().load("collectors", "replay")
    try:
        return kind.model_validate({"kind": "replay", "name": "replay"} | written)  # type: ignore[return-value]
    except ValidationError as error:
        faults = [str(each.get("ctx", {}).get("error") or each["msg"]) for each in error.errors()]
        raise Refused(
            "; ".join(f"--{fault}" if fault.startswith("map:") else fault for fault in faults)
        ) from None


def map_of(columns: str) -> dict[str, str]:
    """`id=id,text=body` as a dictionary; the source checks the fields. Raises `Refused`."""
    pairs = [part.partition("=") for part in columns.split(",") if part.strip()]
    if wrong := [
        field for field, equals, column in pairs if not (equals and field.strip() and column.strip())
    ]:
        raise Refused(f"--map: {', '.join(map(repr, wrong))}: write field=column")
    return {field.strip(): column.strip() for field, _, column in pairs}


def _speed(written: str) -> float:
    if written == "max":
        return 0.0
    found = re.fullmatch(r"(\d+(?:\.\d+)?)x?", written)
    if not found or float(found[1]) == 0:
        raise Refused(f"--speed {written!r}: write max, or a number of times such as 60x")
    return float(found[1])


def _own_folder(file: Path, columns: str, source: str) -> str:
    seed = f"{file.resolve()}\0{columns}\0{source}".encode()
    return f"{file.stem}-{hashlib.sha256(seed).hexdigest()[:8]}"


async def run_showing(runtime: Runtime, *, quiet: bool) -> None:
    running = asyncio.create_task(runtime.run(until_done=True))
    if not quiet:
        await _show(running)
    await running


async def _show(running: "asyncio.Task[None]") -> None:
    columns = (
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("reading the file", total=None)
        while not running.done():
            total = value_of(REPLAY_RECORDS.collect(), state="total")
            if total:
                progress.update(
                    bar, description="listening", total=total, completed=min(_count(PROCESSED), total)
                )
            await asyncio.sleep(0.1)


def _outcomes() -> Counts[str]:
    """Of every event that was processed, since this process began."""
    samples = (sample for metric in PROCESSED.collect() for sample in metric.samples)
    return Counts({s.labels["outcome"]: round(s.value) for s in samples if s.name.endswith("_total")})


def _summary(context: Context, processed: Counts[str], seconds: float) -> dict[str, Any]:
    with context.store.read() as connection:
        return {
            **{name: processed[outcome] for name, outcome in _BECAME.items()},
            "seconds": round(seconds, 3),
            "mentions_per_s": round(processed["new"] / seconds, 1),
            "stories": stories.count(connection),
            "alerts": alerts.count(connection),
            "dead": dead.count(connection),
        }


def _tell(summary: dict[str, Any], unmatched: int, data_dir: Path) -> None:
    _OUT.print(
        f"{_became(summary)} in {summary['seconds']:,.1f} s ({summary['mentions_per_s']:,.0f} a second)"
        f" made {so_many(summary['stories'], 'story', 'stories')} and {so_many(summary['alerts'], 'alert')};"
        f" {summary['dead']:,} could not be read or stored."
    )
    total, done = (round(value_of(REPLAY_RECORDS.collect(), state=state)) for state in ("total", "done"))
    if done < total:
        _OUT.print(f"Stopped after {done:,} of {total:,} records: the same command goes on from there.")
    elif total and not (any(summary[name] for name in _BECAME) or summary["dead"] or unmatched):
        _OUT.print(f"All {total:,} records of the file were heard before.")
    if unmatched:
        _OUT.print(
            f"{unmatched:,} concerned no brand: give [[brands]] more terms, or --map a brand=… column."
        )
    where = shlex.quote(str(data_dir))
    _OUT.print(f"  earshot stories --data-dir {where}")
    _OUT.print(f"  earshot run console processors --data-dir {where}")
    if summary["dead"]:
        _OUT.print(f"  earshot dead list --data-dir {where}")


def _became(summary: dict[str, Any]) -> str:
    """The mentions, and of the rest what there was: 204 mentions, 2 edits, 1 withdrawal."""
    rest = [
        so_many(summary[name], name.removesuffix("s"))
        for name in ("edits", "withdrawals", "counts")
        if summary[name]
    ]
    known = [f"{summary['known']:,} known already"] if summary["known"] else []
    unheard = [f"{summary['unheard']:,} of nothing that was heard"] if summary["unheard"] else []
    return ", ".join([so_many(summary["mentions"], "mention"), *rest, *known, *unheard])


def _count(counter: Counter) -> float:
    return sum(
        sample.value
        for metric in counter.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    )


def value_of(metrics: Iterable[Any], **labels: str) -> float:
    return next((s.value for metric in metrics for s in metric.samples if s.labels == labels), 0.0)
