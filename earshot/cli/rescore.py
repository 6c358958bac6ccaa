"""`earshot rescore`: the model of today reads what was heard before."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from earshot.claim import claimed
from earshot.cli.options import (
    AsJson,
    ConfigPath,
    DataDir,
    existing_store,
    read_config,
    with_data_dir,
    with_own_time,
)
from earshot.cli.tables import one_line, so_many
from earshot.config import Config
from earshot.errors import Refused
from earshot.rescoring import Change, Rescorer, find_rescorer
from earshot.store import Store, brands
from earshot.store.brands import Brand

_OUT = Console(highlight=False, markup=False, soft_wrap=True)
_ASIDE = Console(stderr=True)
_MOVERS = 10
_TENTHS = 10  # lines a brand, where nobody watches a bar


@dataclass
class _Tally:
    """What became of the mentions, bounded however many there are."""

    scored: int = 0
    turned_negative: int = 0
    turned_from_negative: int = 0
    stories_at_another_level: int = 0
    movers: list[tuple[str, Change]] = field(default_factory=list)
    """The ones that moved most, with their brands."""

    def add(self, brand: str, found: Sequence[Change]) -> None:
        self.scored += len(found)
        self.turned_negative += sum(each.turned > 0 for each in found)
        self.turned_from_negative += sum(each.turned < 0 for each in found)
        candidates = (*self.movers, *((brand, each) for each in found))
        self.movers = nlargest(_MOVERS, candidates, key=lambda mover: mover[1].moved)


def rescore(
    brand: Annotated[
        list[str] | None,
        typer.Option("--brand", help="Only this brand; may be given again. All if not given."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would change; nothing is written.")
    ] = False,
    config: ConfigPath = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Score what was heard before with the model of today, and work its stories out again. Nobody is notified.

    What people corrected stays. Killed at any moment, the same command goes on where it was. With the embedded
    database stop Earshot first, and start it after; with PostgreSQL it may go on meanwhile.

    Example: earshot rescore --dry-run, to see what a new version thinks otherwise
    """
    settings = with_data_dir(with_own_time(read_config(config, needed=False)), data_dir)
    with ExitStack() as held:
        store = held.enter_context(existing_store(config, data_dir))
        wanted = _wanted(store, brand or [])
        if not dry_run:
            held.enter_context(alone(settings))
        rescorer = held.enter_context(closing(find_rescorer(settings, store)))
        show = held.enter_context(_bars() if _ASIDE.is_terminal and not as_json else _lines(quiet=as_json))
        tally = _Tally()
        for each in wanted:
            _rescore(rescorer, each, tally, show, dry=dry_run)
    if as_json:
        typer.echo(json.dumps(_summary(tally, rescorer.model, dry=dry_run), ensure_ascii=False))
    else:
        _tell(tally, rescorer.model, dry=dry_run)


Show = Callable[[str, int, int], None]
"""Brand, how far, of how much."""


def _rescore(rescorer: Rescorer, brand: Brand, tally: _Tally, show: Show, *, dry: bool) -> None:
    show(brand.name, 0, brand.seq)
    if not dry:
        rescorer.correct(brand)
    for step in rescorer.score(brand, dry=dry):
        tally.add(brand.name, step.changes)
        show(brand.name, min(step.seq, brand.seq), brand.seq)
    if not dry:
        tally.stories_at_another_level += rescorer.settle(brand)
    show(brand.name, brand.seq, brand.seq)


def _wanted(store: Store, names: list[str]) -> list[Brand]:
    """Raises `Refused` for a brand that was never heard of."""
    with store.read() as connection:
        known = {each.name: each for each in brands.every(connection)}
    if unknown := [name for name in names if name not in known]:
        raise Refused(
            f"--brand {', '.join(unknown)}: nothing was heard of it; known: {', '.join(sorted(known)) or 'none'}"
        )
    return [each for name, each in known.items() if not names or name in names]


@contextmanager
def alone(settings: Config) -> Iterator[None]:
    """A file has one writer; a server's rows say by themselves who was faster. Raises `Refused`."""
    with ExitStack() as held:
        if not settings.store.is_postgres:
            try:
                held.enter_context(claimed(settings.earshot.data_dir, ["processors"]))
            except Refused as running:
                raise Refused(
                    f"{settings.earshot.data_dir}: Earshot runs on it, or another command that writes. Stop it, run this again, and"
                    " start it after; --dry-run may look meanwhile"
                ) from running
        yield


# --- what it says ---------------------------------------------------------------------------------------


@contextmanager
def _bars() -> Iterator[Show]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_ASIDE, transient=True) as progress:
        bars: dict[str, Any] = {}

        def show(brand: str, done: int, total: int) -> None:
            if brand not in bars:
                bars[brand] = progress.add_task(one_line(brand), total=total)
            progress.update(bars[brand], completed=done)

        yield show


@contextmanager
def _lines(*, quiet: bool) -> Iterator[Show]:
    """For a log: a line a tenth."""
    told: dict[str, int] = {}

    def show(brand: str, done: int, total: int) -> None:
        tenth = done * _TENTHS // total if total else _TENTHS
        if not quiet and tenth > told.get(brand, -1):
            told[brand] = tenth
            typer.echo(f"{one_line(brand)}: {done:,} of {total:,}", err=True)

    yield show


def _summary(tally: _Tally, model: str, *, dry: bool) -> dict[str, Any]:
    return {
        "model": model,
        "dry_run": dry,
        "scored": tally.scored,
        "turned_negative": tally.turned_negative,
        "turned_from_negative": tally.turned_from_negative,
        "stories_at_another_level": None if dry else tally.stories_at_another_level,
        "movers": [{"brand": brand, **change._asdict()} for brand, change in tally.movers if change.moved],
    }


def _tell(tally: _Tally, model: str, *, dry: bool) -> None:
    if not tally.scored:
        _OUT.print(f"All that can be scored carries {model} already, or would read the same.")
        return

    def were(count: int) -> str:
        return "would be" if dry else "was" if count == 1 else "were"

    turned = tally.turned_negative + tally.turned_from_negative
    _OUT.print(
        f"{so_many(tally.scored, 'mention')} {were(tally.scored)} scored with {model};"
        f" {turned:,} {were(turned)} on the other side of one half:"
        f" {tally.turned_negative:,} negative now, {tally.turned_from_negative:,} no longer."
    )
    if not dry:
        moved = so_many(tally.stories_at_another_level, "story stands", "stories stand")
        _OUT.print(f"{moved} at another level. Nobody was notified.")
    for brand, change in tally.movers:
        if change.moved:
            _OUT.print(
                f"  {_p(change.before)} -> {_p(change.after)}  {one_line(brand)}  {one_line(change.mention)}"
            )


def _p(negative: float | None) -> str:
    return "   ?" if negative is None else f"{negative:.2f}"
