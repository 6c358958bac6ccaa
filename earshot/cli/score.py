"""`earshot score`: what a text says, and which of its words say it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import entry_points
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from earshot.cli.options import AsJson, ConfigPath, read_config
from earshot.cli.tables import one_line
from earshot.errors import Refused
from earshot.seams import Asked, Scorer

_OUT = Console(highlight=False, soft_wrap=True, markup=False)
_BATCH = 512


def score(
    text: Annotated[str, typer.Argument(help="The text.")] = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="JSON Lines with text, and lang and brand where known.")
    ] = None,
    language: Annotated[str | None, typer.Option("--lang", help="The text's language, where known.")] = None,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> None:
    """Score a text, with the words that carried the score; or a file, one JSON object a line, in order.

    Example: earshot score "Non è male, ma il pacco è arrivato rotto"
    """
    if bool(text) == bool(file):
        raise Refused('earshot score: give one text (earshot score "…") or --file texts.jsonl')
    scorers = [point.load()(read_config(config, needed=False)) for point in _installed()]
    if file:
        for line in _scored(scorers, _asked(file)):
            print(json.dumps(line, ensure_ascii=False))  # noqa: T201 - a pipe's reader wants no colours
        return
    asked = Asked(text, language)
    (found,) = _scored(scorers, [asked])
    if as_json:
        print(json.dumps(found, ensure_ascii=False))  # noqa: T201
        return
    for name, value in [*found.items(), *(line for each in scorers for line in each.explain(asked))]:
        _OUT.print(f"{name:<15}{one_line(_word(value))}")


def _installed() -> list[Any]:
    return sorted(entry_points(group="earshot.scorers"), key=lambda point: point.name)


def _scored(scorers: Sequence[Scorer], asked: Iterable[Asked]) -> Iterator[dict[str, Any]]:
    """Each text's object: what one scorer says after the other."""
    rest = iter(asked)
    while batch := list(islice(rest, _BATCH)):
        for parts in zip(*(scorer.score(batch) for scorer in scorers), strict=True):
            yield {name: value for part in parts for name, value in part.items()}


def _asked(file: Path) -> Iterator[Asked]:
    """Raises `Refused` at the first line that is no such object, with its number."""
    try:
        with file.open(encoding="utf-8") as lines:
            yield from (
                _parsed(line, f"{file}:{number}") for number, line in enumerate(lines, 1) if line.strip()
            )
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{file}: cannot be read: {error}") from error


def _parsed(line: str, place: str) -> Asked:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise Refused(f"{place}: is no JSON: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        raise Refused(f'{place}: an object with "text" is needed, and "lang" and "brand" where known')
    known = (found.get(key) for key in ("lang", "brand"))
    return Asked(found["text"], *(value if isinstance(value, str) else None for value in known))


def _word(value: object) -> str:
    if value is None:
        return "unknown"
    return (
        f"{value:.2f}"
        if isinstance(value, float)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )
