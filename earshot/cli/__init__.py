"""The `earshot` command: `main` is its door, `app` its table of contents."""

import sys

import typer
from rich.console import Console

from earshot.cli import (
    backtest,
    check,
    dead,
    init,
    label,
    listing,
    lists,
    migrate_store,
    password,
    quality,
    regroup,
    replay,
    rescore,
    run,
    score,
    sources,
    surges,
)
from earshot.errors import ConfigError, EarshotError

app = typer.Typer(
    name="earshot",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Hears what people say about a company in public, finds the complaint that is about to spread, and "
    "tells the right person while there is still time.\n\n"
    "Begin with [bold]earshot replay FILE[/bold] to see what it makes of mentions that you have, or with "
    "[bold]earshot run[/bold] to listen. Settings are in earshot.toml; [bold]earshot check[/bold] says "
    "everything that is wrong with them at once.",
)
app.command("run")(run.run)
app.command("init")(init.init)
app.command("check")(check.check)
app.command("lists")(lists.lists)
app.command("sources")(sources.sources)
app.command("try")(sources.try_source)
app.command("replay")(replay.replay)
app.command("backtest")(backtest.backtest)
app.add_typer(regroup.app, name="stories")
app.command("alerts")(listing.alerts)
app.command("surges")(surges.listed)
app.command("score")(score.score)
app.command("rescore")(rescore.rescore)
app.command("label")(label.label)
app.command("quality")(quality.quality)
app.add_typer(dead.app, name="dead")
app.command("migrate-store")(migrate_store.migrate_store)
app.command("password")(password.password)
app.command("version")(run.version)


def main() -> None:
    """Errors of ours are told in their own words, without a traceback. Exit status: 2 configuration, 1 else."""
    errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    try:
        app()
    except ConfigError as error:
        for fault in error.faults:
            errors.print(fault)
        sys.exit(2)
    except EarshotError as error:
        errors.print(f"earshot: {error}")
        sys.exit(1)
    except ExceptionGroup as group:  # from sources that work side by side
        ours, others = group.split(EarshotError)
        if others:
            raise
        errors.print(f"earshot: {_first(ours)}")
        sys.exit(1)


def _first(error: BaseException | None) -> BaseException | None:
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error
