"""`earshot quality`: how well mentions are read, against what staff said of them, and whether that drifts."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Annotated, Any, NamedTuple

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from earshot.cli.label import wanted
from earshot.cli.options import (
    AsJson,
    ConfigPath,
    DataDir,
    existing_store,
    read_config,
    with_data_dir,
    with_own_time,
)
from earshot.cli.tables import so_many
from earshot.errors import Refused
from earshot.model import Intent
from earshot.quality import (
    Interval,
    Month,
    Pair,
    accuracy,
    calibration_error,
    confusion,
    drift,
    macro_f1,
    negative_error,
)
from earshot.quality_intents import Effect, effects
from earshot.quality_intents import Pair as IntentPair
from earshot.rescoring import Compared, find_rescorer
from earshot.scorers import installed, least
from earshot.seams import Shares
from earshot.staff import POLARITIES
from earshot.store import Store, corrections, origins, readings
from earshot.store.brands import Brand
from earshot.store.corrections import Correction

_OUT = Console(highlight=False, markup=False)
_MONTH = timedelta(days=30) // timedelta(microseconds=1)
_CLASSES = ("negative", "neutral", "positive")
_Reading = tuple[int, bool, float, str | None]
_FEW = 50  # corrections: figures of fewer say little
_ONE_SIDED = 0.7  # of the corrections say that the model was wrong


class Figures(NamedTuple):
    """Of one way of reading."""

    labels: int
    confusion: list[list[int]]
    accuracy: Interval | None
    macro_f1: float | None
    error: float | None
    negative_error: float | None


class Quality(NamedTuple):
    corrections: int
    shown: Figures
    """As it stood in Earshot when somebody labelled it."""
    shipped: Figures
    calibrated: Figures
    intents: dict[Intent, Effect]
    named: int
    """Labels that name intents, of mentions that could be read."""
    now: Month
    before: Month


def quality(
    brand: Annotated[str, typer.Option("--brand", help="Only this brand.")] = "",
    source: Annotated[str, typer.Option("--source", help="Only this source, like x.")] = "",
    config: ConfigPath = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Say how well mentions are read: against what staff said of them, before and after the model learnt from it.

    Each correction is compared with what the others taught, so the figures are honest; with few of them they are
    wide. Mentions that were labelled because they are hard look worse than all mentions do.

    Example: earshot quality --brand Acme

    Next: earshot label next lists the mentions that are most useful to label.
    """
    settings = with_data_dir(with_own_time(read_config(config, needed=False)), data_dir)
    with existing_store(config, data_dir) as store:
        with store.read() as connection:
            known = wanted(connection, brand)
            made = corrections.standing(connection)
            _refuse_unheard(connection, source, made)
        with closing(find_rescorer(settings, store)) as rescorer:
            compared = rescorer.compare(made) if made else []
        numbers = {each.no for each in known}
        chosen = [
            each
            for each in compared
            if each.correction.brand in numbers and source in ("", each.correction.source)
        ]
        found = _quality(chosen, least(installed(settings)), *_months(store, known, source))
    if as_json:
        _OUT.print_json(data=_plain(found))
    else:
        _tell(found)


def _refuse_unheard(connection: Connection, source: str, made: Iterable[Correction]) -> None:
    """What was learnt of a source is left when its last mention is gone."""
    if not source or any(each.source == source for each in made):
        return
    heard = []
    for each in origins.every(connection):
        if each == source:
            return
        heard.append(each)
    raise Refused(f"--source {source}: nothing was heard from it; known: {', '.join(heard) or 'none'}")


def _quality(
    compared: Sequence[Compared], least: Mapping[Intent, float], now: Month, before: Month
) -> Quality:
    made = [each.correction for each in compared]
    told = [each for each in compared if each.intents_before]
    return Quality(
        len(made),
        _figures(_pairs(made, (each.shown for each in made))),
        _figures(_pairs(made, (each.before for each in compared))),
        _figures(_pairs(made, (each.after for each in compared))),
        effects((_of_intents(each) for each in told), least),
        len(told),
        now,
        before,
    )


def _pairs(made: Iterable[Correction], read: Iterable[Shares | None]) -> list[Pair]:
    """Of those that could be read, where somebody spoke of the mood."""
    both = zip(made, read, strict=True)
    return [
        Pair(shares, POLARITIES.index(each.polarity)) for each, shares in both if shares and each.tells_mood
    ]


def _of_intents(each: Compared) -> IntentPair:
    return IntentPair(each.correction.intents or (), each.intents_before, each.intents_after)


def _figures(pairs: Sequence[Pair]) -> Figures:
    counts = confusion(pairs)
    return Figures(
        len(pairs),
        counts,
        accuracy(counts),
        macro_f1(counts) if pairs else None,
        calibration_error(pairs),
        negative_error(pairs),
    )


def _months(store: Store, known: Sequence[Brand], source: str) -> tuple[Month, Month]:
    """The last thirty days of these brands, as they were heard, and the thirty before."""
    until = max((each.clock for each in known), default=0)
    start = until - _MONTH
    with store.read() as connection:
        read = [each for row in known for each in _read(connection, row, start - _MONTH, source)]
    return _month(each for each in read if each[0] > start), _month(each for each in read if each[0] <= start)


def _read(connection: Connection, brand: Brand, moment: int, source: str) -> Iterable[_Reading]:
    """When heard, whether negative, how sure the model was, and which version of it."""
    for heard_at, reading in readings.since(connection, brand, moment, source):
        yield heard_at, (reading.negative or 0.0) >= 0.5, reading.confidence, reading.version


def _month(read: Iterable[_Reading]) -> Month:
    told = list(read)
    return Month(
        len(told),
        sum(negative for _, negative, *_ in told),
        sum(sure for _, _, sure, _ in told),
        frozenset(version for *_, version in told if version is not None),
    )


# --- what it says ---------------------------------------------------------------------------------------


def _tell(found: Quality) -> None:
    if not found.corrections:
        _OUT.print("Nobody has labelled a mention yet: earshot label next lists the most useful ones.\n")
    else:
        _tell_labels(found)
    _OUT.print("The last thirty days, beside the thirty before:", soft_wrap=True)
    table = _table("", "mentions", "negative", "mean confidence")
    for name, month in (("last thirty days", found.now), ("thirty before", found.before)):
        table.add_row(name, f"{month.mentions:,}", _percent(month.share), _number(month.sureness))
    _OUT.print(table)
    _OUT.print(drift(found.now, found.before), soft_wrap=True)


def _tell_labels(found: Quality) -> None:
    shown = found.shown
    _OUT.print(
        f"{so_many(found.corrections, 'mention was', 'mentions were')} labelled."
        " Rows: what staff said; columns: what Earshot showed:"
    )
    table = _table("", *_CLASSES)
    for name, row in zip(_CLASSES, shown.confusion, strict=True):
        table.add_row(name, *map(str, row))
    _OUT.print(table)
    if shown.accuracy:
        share, low, high = shown.accuracy
        _OUT.print(f"{share:.0%} right (95 % interval {low:.0%} to {high:.0%}).\n", soft_wrap=True)
    _OUT.print("The words alone, and what the other corrections teach of each:", soft_wrap=True)
    table = _table("", "right", "macro-F1", "calibration error", "of p(negative)")
    for name, each in (("as shipped", found.shipped), ("calibrated", found.calibrated)):
        right = _percent(each.accuracy.value if each.accuracy else None)
        table.add_row(name, right, *map(_number, (each.macro_f1, each.error, each.negative_error)))
    _OUT.print(table)
    if found.named:
        _tell_intents(found)
    for warning in _warnings(found):
        _OUT.print(warning, soft_wrap=True)
    _OUT.print()


def _tell_intents(found: Quality) -> None:
    _OUT.print(
        f"Intents, of {so_many(found.named, 'label that names', 'labels that name')} them: how often staff named each, how often Earshot takes it to"
        " hold, and the mean squared error, as shipped and by what the other labels teach:",
        soft_wrap=True,
    )
    table = _table("", "named", "as shipped", "calibrated", "error as shipped", "calibrated")
    for intent, each in found.intents.items():
        expected = (f"{each.expected_before:.1f}", f"{each.expected_after:.1f}")
        table.add_row(
            intent, str(each.named), *expected, _number(each.error_before), _number(each.error_after)
        )
    _OUT.print(table)
    _tell_mistakes(found.intents)


def _tell_mistakes(intents: Mapping[Intent, Effect]) -> None:
    _OUT.print(
        "How often Earshot says that each holds and staff do not (false alarms), and the other way round (missed):",
        soft_wrap=True,
    )
    table = _table("", "false as shipped", "calibrated", "missed as shipped", "calibrated")
    for intent, each in intents.items():
        counts = (each.false_before, each.false_after, each.missed_before, each.missed_after)
        table.add_row(intent, *map(str, counts))
    _OUT.print(table)


def _warnings(found: Quality) -> Iterable[str]:
    if found.corrections < _FEW:
        yield f"Fewer than {_FEW} labels: these figures say little yet."
    right = found.shown.accuracy
    if right and found.corrections >= _FEW // 2 and 1 - right.value > _ONE_SIDED:
        yield (
            "Nearly all labels say that the reading was wrong. Label also what is read right, or the model learns"
            " that it always errs."
        )


def _table(*headings: str) -> Table:
    table = Table(*headings, box=box.SIMPLE_HEAD, show_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _plain(found: Quality) -> dict[str, Any]:
    return {
        "corrections": found.corrections,
        **{name: _plain_figures(getattr(found, name)) for name in ("shown", "shipped", "calibrated")},
        "intents": {
            "labels": found.named,
            **{intent: each._asdict() for intent, each in found.intents.items()},
        },
        "drift": {
            "last_30_days": _plain_month(found.now),
            "30_days_before": _plain_month(found.before),
            "said": drift(found.now, found.before),
        },
    }


def _plain_figures(figures: Figures) -> dict[str, Any]:
    right = figures.accuracy
    return {
        "labels": figures.labels,
        "confusion": figures.confusion,
        "accuracy": right and right.value,
        "accuracy_interval": right and [right.low, right.high],
        "macro_f1": figures.macro_f1,
        "calibration_error": figures.error,
        "negative_calibration_error": figures.negative_error,
    }


def _plain_month(month: Month) -> dict[str, Any]:
    return {
        "mentions": month.mentions,
        "negative_share": month.share,
        "mean_confidence": month.sureness,
        "models": sorted(month.models),
    }
