"""`earshot run`, `check`, `version`."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from earshot import __version__, logs
from earshot.cli.options import ConfigPath, DataDir, opened, read_config, with_data_dir
from earshot.runtime import DOWNSTREAM_FIRST, Runtime, find_roles
from earshot.store import named

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
    settings = with_data_dir(read_config(config, needed=data_dir is None), data_dir)
    logs.configure(settings.earshot.log_format, settings.earshot.log_level)
    with opened(settings) as context:
        asyncio.run(_run(Runtime(context, find_roles(roles or []))))


async def _run(runtime: Runtime) -> None:
    if runtime.server:
        _OUT.print(f"Earshot {__version__} listens on [bold]{runtime.server.url}[/bold] (Ctrl-C stops it)")
    await runtime.run()


def check(config: ConfigPath = None) -> None:
    """Say everything that is wrong with the configuration, each with its line, or that it is in order.

    Exit status 0: in order, 2: refused.

    Example: earshot check --config earshot.toml && earshot run
    """
    settings = read_config(config)
    brands = ", ".join(brand.name for brand in settings.brands) or "none yet: nothing will match"
    _OUT.print("The configuration is in order.")
    _OUT.print(f"  brands     {brands}", markup=False)
    _OUT.print(f"  sources    {', '.join(c.name for c in settings.collectors) or 'none yet'}", markup=False)
    _OUT.print(f"  receivers  {', '.join(r.name for r in settings.receivers) or 'none yet'}", markup=False)
    log = f"Kafka at {', '.join(settings.bus.servers)}" if settings.bus.servers else "a file beside it"
    _OUT.print(f"  database   {named(settings.store_url)}", markup=False)
    _OUT.print(f"  log        {log}", markup=False)


def version() -> None:
    """Print the version: `earshot 0.1.0`. Name it when you report a fault."""
    typer.echo(f"earshot {__version__}")
