"""`earshot score`: what a text says, and which of its words say it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from earshot.cli.options import AsJson, ConfigPath, read_config
from earshot.cli.tables import one_line
from earshot.errors import Refused
from earshot.scorers import explained, installed
from earshot.seams import Asked, Carried, Explanation, Scorer

_OUT = Console(highlight=False, soft_wrap=True, markup=False)
_NOTES = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
_BATCH = 512
_NOTED = 20  # unknown brands of a file: one with a wrong column would have as many as lines
_SHOWN, _LISTED = 8, 40  # tokens
_LEAST = 0.005  # of an effect that is worth a word


def score(
    text: Annotated[str, typer.Argument(help="The text.")] = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="JSON Lines with text, and lang and brand where known.")
    ] = None,
    language: Annotated[
        str | None,
        typer.Option("--lang", help="The text's language, where known; in a file, of lines without one."),
    ] = None,
    brand: Annotated[
        str | None,
        typer.Option("--brand", help="Read it towards this brand; in a file, lines without one."),
    ] = None,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> None:
    """Score a text, with the words that carried the score; or a file, one JSON object a line, in order.

    A text that names several companies of the configuration, brands or their competitors, says something else of
    each: --brand says which one is meant.

    Example: earshot score "Risulta consegnato da lunedì, ma il pacco non è arrivato"
    """
    if bool(text) == bool(file):
        raise Refused('earshot score: give one text (earshot score "…") or --file texts.jsonl')
    settings = read_config(config, needed=False)
    known = [each.name for each in settings.brands]
    if brand and brand not in known:
        raise Refused(f"--brand {brand}: {_nameless(known)}")
    scorers, asked = installed(settings), Asked(text, language, brand)
    if file:
        for line in _scored(scorers, _noted(_asked(file, asked), known)):
            print(json.dumps(line, ensure_ascii=False))  # noqa: T201 - a pipe's reader wants no colours
        return
    (found,) = _scored(scorers, [asked])
    if as_json:
        print(json.dumps(found, ensure_ascii=False))  # noqa: T201
        return
    why = explained(scorers, asked)
    for name, value in [*found.items(), *(_reasons(why, found.get("negative")) if why else ())]:
        _OUT.print(f"{name:<15}{one_line(_word(value))}")


def _scored(scorers: Sequence[Scorer], asked: Iterable[Asked]) -> Iterator[dict[str, Any]]:
    """Each text's object: what one scorer says after the other."""
    rest = iter(asked)
    while batch := list(islice(rest, _BATCH)):
        for parts in zip(*(scorer.score(batch) for scorer in scorers), strict=True):
            yield {name: value for part in parts for name, value in part.items()}


def _noted(asked: Iterable[tuple[str, Asked]], known: Sequence[str]) -> Iterator[Asked]:
    """All of them: a file may hold brands that are watched no more, and their texts can be read all the same."""
    told = set[str]()
    for place, each in asked:
        if each.brand and each.brand not in known and each.brand not in told and len(told) < _NOTED:
            told.add(each.brand)
            _NOTES.print(
                f"{place}: brand {one_line(each.brand)}: its texts are read as a whole: {_nameless(known)}"
            )
            if len(told) == _NOTED:
                _NOTES.print(f"{place}: further brands that are not known are not noted")
        yield each


def _nameless(known: Sequence[str]) -> str:
    return f"no [[brands]] of the configuration has this name; known: {', '.join(known) or 'none'}"


def _asked(file: Path, default: Asked) -> Iterator[tuple[str, Asked]]:
    """Each with its place. Raises `Refused` at the first line that is no such object, with its number."""
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    place = f"{file}:{number}"
                    yield place, _parsed(line, place, default)
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{file}: cannot be read: {error}") from error


def _parsed(line: str, place: str, default: Asked) -> Asked:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise Refused(f"{place}: is no JSON: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        raise Refused(f'{place}: an object with "text" is needed, and "lang" and "brand" where known')
    language, brand = (
        value if isinstance(value, str) else None for value in map(found.get, ("lang", "brand"))
    )
    return Asked(found["text"], language or default.language, brand or default.brand)


def _word(value: object) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_word(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(map(_word, value))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _reasons(why: Explanation, negative: float | None) -> Iterator[tuple[str, str]]:
    """Lines of a name and what it means. `negative`: what the score says, which may be of one company of the text."""
    if why.shares is None:
        yield "why", "the language is not one that is read: unknown is never fine"
        return
    if negative is not None and abs(why.shares.negative - negative) >= _LEAST:
        yield "whole text", f"negative {why.shares.negative:.2f}, which is what the words below carried"
    yield "more negative", _strongest(each for each in why.tokens if each.effect > 0)
    yield "less negative", _strongest(each for each in why.tokens if each.effect < 0)
    yield "linear part", ", ".join(f"{each.token} {each.linear:+.2f}" for each in why.tokens[:_LISTED])
    if second := why.second:
        known = ", ".join(f"{word} {value:+.1f}" for word, value in second.words) or "no word that it knows"
        yield second.name, f"negative {second.shares.negative:.2f}: {known}"


def _strongest(tokens: Iterable[Carried]) -> str:
    ordered = sorted(tokens, key=lambda each: -abs(each.effect))[:_SHOWN]
    told = [f"{each.token} {each.effect:+.2f}" for each in ordered if abs(each.effect) >= _LEAST]
    return ", ".join(told) or "none"
