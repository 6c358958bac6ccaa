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
_BATCH = 512
_SHOWN, _LISTED = 8, 40  # tokens
_LEAST = 0.005  # of an effect that is worth a word


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

    Example: earshot score "Risulta consegnato da lunedì, ma il pacco non è arrivato"
    """
    if bool(text) == bool(file):
        raise Refused('earshot score: give one text (earshot score "…") or --file texts.jsonl')
    scorers = installed(read_config(config, needed=False))
    if file:
        for line in _scored(scorers, _asked(file)):
            print(json.dumps(line, ensure_ascii=False))  # noqa: T201 - a pipe's reader wants no colours
        return
    asked = Asked(text, language)
    (found,) = _scored(scorers, [asked])
    if as_json:
        print(json.dumps(found, ensure_ascii=False))  # noqa: T201
        return
    why = explained(scorers, asked)
    for name, value in [*found.items(), *(_reasons(why) if why else ())]:
        _OUT.print(f"{name:<15}{one_line(_word(value))}")


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
    if isinstance(value, dict):
        return ", ".join(f"{name} {_word(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(map(_word, value))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _reasons(why: Explanation) -> Iterator[tuple[str, str]]:
    """Lines of a name and what it means."""
    if why.shares is None:
        yield "why", "the language is not one that is read: unknown is never fine"
        return
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
