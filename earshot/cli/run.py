"""`earshot run`, `version`."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from earshot import __version__, logs
from earshot.claim import claimed
from earshot.cli.options import ConfigPath, DataDir, opened, read_config, with_data_dir, with_own_time
from earshot.clock import PlayedClock
from earshot.errors import Refused
from earshot.runtime import DOWNSTREAM_FIRST, Runtime, find_roles

_LOG = logs.get(__name__)
_OUT = Console(highlight=False)


def run(
    roles: Annotated[
        list[str] | None,
        typer.Argument(help=f"Only these: {', '.join(reversed(DOWNSTREAM_FIRST))}. All if not given."),
    ] = None,
    config: ConfigPath = None,
    data_dir: DataDir = None,
) -> None:
    """Run the service, all roles or some, until Ctrl-C; a second Ctrl-C exits at once.

    Everything that was heard and not yet done is done after a restart: it may be killed at any moment.

    Example: earshot run --config /etc/earshot.toml, or earshot run console to look at what is stored
    """
    settings = with_data_dir(with_own_time(read_config(config, needed=data_dir is None)), data_dir)
    if settings.own_time and roles and roles != ["console"]:
        raise Refused("the sample has a time of its own, which is one process's: run it without naming roles")
    logs.configure(settings.earshot.log_format, settings.earshot.log_level)
    with opened(
        settings, live=not settings.own_time, clock=PlayedClock() if settings.own_time else None
    ) as context:
        found = find_roles(roles or [])
        shared = bool(settings.bus.servers)  # Kafka shares the work out
        with claimed(settings.earshot.data_dir, () if shared else found):
            runtime = Runtime(context, found)
            if runtime.server:
                _greet(runtime.server.url, as_json=settings.earshot.log_format == "json")
            asyncio.run(runtime.run())


def _greet(url: str, *, as_json: bool) -> None:
    if as_json:
        _LOG.info("listening", url=url, version=__version__)
    else:
        _OUT.print(f"Earshot {__version__} listens on [bold]{url}[/bold] (Ctrl-C stops it)")


def version() -> None:
    """Print the version: `earshot 0.1.0`. Name it when you report a fault."""
    typer.echo(f"earshot {__version__}")
