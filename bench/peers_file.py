"""One contender: reads a CSV file into a store of its own, in a process and perhaps in an environment of its own.

    python bench/peers_file.py CONTENDER FILE FOLDER

Started by bench/peers.py. All databases go to FOLDER. A line of JSON when all is stored: what was stored, the time
it took, by the clock and of CPU, once everything was imported, configured and opened; and the peak of memory.
Only the standard library is imported before a contender is chosen: each finds its own libraries beside it.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

FIELDS = {
    "id": "id",
    "text": "text",
    "created_at": "time",
    "author": "author",
}  # the column: Earshot's word for it
MORE = {"brand": "brand", "followers": "followers"}


def measured(work: Callable[[], object], stored: Callable[[], int]) -> None:
    began, used = time.perf_counter(), time.process_time()
    work()
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"stored": stored(), "seconds": seconds, "cpu": cpu, "peak_mb": peak}), flush=True)


def earshot(path: Path, folder: Path) -> None:
    """Everything on, as `earshot replay --notify` does it; each notice becomes a line of the log."""
    from earshot import logs
    from earshot.cli.options import opened
    from earshot.config import from_dict
    from earshot.runtime import Runtime, find_roles
    from earshot.store import mentions

    logs.configure("text", "warning")
    columns = {word: column for column, word in (FIELDS | MORE).items()}
    source = {"kind": "replay", "name": "file", "path": str(path), "source": "x", "map": columns}
    parts = {"collectors": [source], "receivers": [{"kind": "log", "name": "log"}]}
    config = from_dict({"earshot": {"data_dir": str(folder)}} | parts)
    with opened(config, live=False) as context:
        runtime = Runtime(context, find_roles(["collectors", "processors", "alerts"]), serve=False)

        def stored() -> int:
            with context.store.read() as connection:
                return mentions.count(connection)

        measured(lambda: asyncio.run(runtime.run(until_done=True)), stored)


def obsei(
    path: Path, folder: Path, *, redact: bool = True, batch_size: int = 100, parquet: bool = False
) -> None:
    """As `obsei run` does it, on what `obsei init` writes, less what the arguments say; no classifier."""
    from obsei.config import ObseiConfig
    from obsei.core.context import Context
    from obsei.runner import run_pipelines
    from obsei.store import Store

    fields: dict[str, Any] = {column: column for column in FIELDS} | {"context": list(MORE)}
    source = {"key": "file", "type": "csv", "config": {"path": str(path), "fields": fields}}
    sinks = [{"type": "parquet", "config": {"directory": str(folder / "exports")}}] if parquet else []
    pipeline = {"name": "bench", "sources": [source], "sinks": sinks, "batch_size": batch_size}
    config = ObseiConfig.model_validate({"privacy": {"redact": redact}, "pipelines": [pipeline]})
    with (
        Context(salt=b"no secret: a bench") as context,
        Store(folder / "obsei.duckdb", allow_unencrypted=True) as store,
    ):

        def run() -> None:
            (outcome,) = run_pipelines(config, context, store, ["bench"])
            if outcome.error:
                raise SystemExit(outcome.summary())

        measured(run, store.count)


CONTENDERS: dict[str, Callable[[Path, Path], None]] = {
    "earshot": earshot,
    "obsei": obsei,
    "obsei-parquet": partial(obsei, parquet=True),
    "obsei-pandas": obsei,
    "obsei-least": partial(obsei, redact=False, batch_size=500),
}

if __name__ == "__main__":
    _, _name, _file, _folder = sys.argv
    CONTENDERS[_name](Path(_file), Path(_folder))
