"""`earshot check`: is the configuration right, does everything answer, and are the terms the right ones?"""

import json
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Annotated, Any, NamedTuple

import typer
from rich.console import Console

from earshot import logs
from earshot.accounts import account
from earshot.attribution import terms_of
from earshot.cli import telling
from earshot.cli.asking import Answer, Found, affordable, ask, concerning, not_asked, price, scratch
from earshot.cli.doubting import doubts
from earshot.cli.options import AsJson, ConfigPath, read_config
from earshot.cli.reaching import Reached, reach, reach_kept
from earshot.cli.starting import Place, starting
from earshot.cli.tables import Column, day_or_time, one_line, table
from earshot.clock import SystemClock
from earshot.config import Brand, Config
from earshot.exclusions import LEAST, Suggestion, Text, suggest
from earshot.matching import Matcher
from earshot.model import Mention
from earshot.scorers import explained, installed
from earshot.seams import Asked, CollectorSettings
from earshot.spread_file import SHIPPED, origin
from earshot.store import named
from earshot.topics import Said

_OUT = Console(highlight=False, markup=False, soft_wrap=True)
_NOTES = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
_SHOWN = 50  # mentions a brand
_ASKED = 200  # events of a source that bills nothing; one that bills is asked for no more than are shown
_COLUMNS: list[Column] = [("said", "left"), ("source", "short"), ("author", "short"), ("first words", "rest")]


class Matched(NamedTuple):
    """What matched one brand just now."""

    brand: Brand
    shown: Sequence[Found]
    total: int
    texts: int
    """Those that its terms found: the others would match whatever the terms are."""
    suggestions: Sequence[Suggestion]


def check(
    config: ConfigPath = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Look at the configuration alone; connect to nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask also what bills for each read.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say everything that is wrong: with the configuration, with sources and receivers, and with the terms.

    Each source is asked once what it has; receivers, and servers of databases and brokers, are connected to and
    sent nothing; nothing is stored. The model is loaded, unless it would have to be fetched. A port that is taken
    and a folder that cannot be written are told before earshot run finds them; a warning keeps nothing from starting.
    Exit status 0: all is well, 1: one of them does not answer, 2: the configuration is refused.

    Example: earshot check --config earshot.toml && earshot run
    """
    settings = read_config(config)
    Matcher(settings.brands)  # raises where a term has nothing to look for
    unread = _unread(settings)
    if not as_json:
        _tell_settings(settings, unread)
        _tell_doubts(settings)
    if offline:
        if as_json:
            typer.echo(json.dumps(_plain(settings, unread, [], [], [], [])))
        return
    logs.configure(settings.earshot.log_format, "error")
    places = starting(settings)
    answers, others = _asked(settings, yes=yes)
    found = concerning(answers, settings.brands)
    matched = [_matched(brand, found) for brand in settings.brands]
    if as_json:
        typer.echo(json.dumps(_plain(settings, unread, places, answers, others, matched)))
    else:
        _tell_answers(places, answers, others)
        for each in matched if any(not answer.fault for answer in answers) else ():
            _tell_matched(each)
    faults = [*(each.fault for each in places), *(each.fault for each in others)]
    if any(faults) or any(_fails(answer) for answer in answers):
        raise typer.Exit(1)


def _unread(settings: Config) -> list[str]:
    """Languages of the configuration that the model does not read.

    Raises:
        ConfigError: the model cannot be loaded, as `earshot run` would find.
    """
    if settings.transformer.on_hub:  # it may have to be fetched, and here nothing is stored
        return []
    scorers = installed(settings)
    for scorer in scorers:
        scorer.score([])
    why = {code: explained(scorers, Asked("ok", code)) for code in settings.scoring.languages}
    return [code for code, found in why.items() if found and found.shares is None]


def _asked(settings: Config, *, yes: bool) -> tuple[list[Answer], list[Reached]]:
    brands = len(settings.brands)
    agreed = affordable(settings, settings.collectors, _SHOWN, yes=yes, say=_NOTES.print)
    left = [source for source in settings.collectors if source not in agreed]
    wanted = [(source, _SHOWN if price(source, 1, brands) else _ASKED) for source in agreed]
    with scratch(settings) as context:
        receivers = reach(context, settings.receivers)
        return [*ask(context, wanted), *map(not_asked, left)], [*reach_kept(settings), *receivers]


def _matched(brand: Brand, found: Sequence[Found]) -> Matched:
    """The newest that concern a brand, and what its terms may wrongly catch among them."""
    said = [each for each in found if brand.name in each.brands and isinstance(each.event, Said)]
    newest = sorted(said, key=lambda each: telling.at(each.event), reverse=True)
    texts = [_text(each) for each in newest if each.why.startswith("term")]
    return Matched(brand, newest[:_SHOWN], len(said), len(texts), suggest(brand, brand.competitors, texts))


def _text(found: Found) -> Text:
    mention: Mention = found.event.mention  # type: ignore[union-attr]
    return Text(f"{mention.title} {mention.text}".strip(), f"{mention.source}:{mention.author.id}")


def _tell_settings(settings: Config, unread: Sequence[str]) -> None:
    brands = ", ".join(brand.name for brand in settings.brands) or "none yet: nothing will match"
    log = f"Kafka at {', '.join(settings.bus.servers)}" if settings.bus.servers else "a file beside it"
    _OUT.print("The configuration is in order.")
    _OUT.print(f"  brands     {brands}")
    _OUT.print(f"  sources    {', '.join(c.name for c in settings.collectors) or 'none yet'}")
    _OUT.print(f"  receivers  {', '.join(r.name for r in settings.receivers) or 'none yet'}")
    _OUT.print(f"  outlets    {len(settings.outlets) or 'none: all media count as other news'}")
    _OUT.print(f"  voices     {_voices(settings) or 'none'}")
    _OUT.print(f"  model      {_model(settings)}")
    _OUT.print(f"  languages  {', '.join(settings.scoring.languages)}")
    if unread:
        _OUT.print(f"             not read by this model, so unknown: {', '.join(unread)}")
    for heading, line in zip_longest(["  spread     "], _spread(settings), fillvalue=" " * 13):
        _OUT.print(heading + line)
    _OUT.print(f"  database   {named(settings.store_url)}")
    _OUT.print(f"  log        {log}")


def _tell_doubts(settings: Config) -> None:
    for doubt in doubts(settings):
        _OUT.print(f"warning: {one_line(doubt)}")


def _model(settings: Config) -> str:
    chosen = settings.transformer
    if chosen.on_hub:
        return f"{chosen.source}, not tried: earshot score ok fetches it and tries it"
    return chosen.source or "the one that ships"


def _spread(settings: Config) -> Iterator[str]:
    """Which tables, and what they were learnt from; a line each."""
    own = settings.spread.model
    found = origin(own or SHIPPED)
    which = f"in {own}" if own else "the one that ships"
    yield f"{one_line(found.version)}, {which}; learnt from{'' if found.trained_on else ' nothing that it names'}"
    for file, stories in found.trained_on:
        yield f"{one_line(file)} ({stories:,} stories)"


def _voices(settings: Config) -> int:
    """Different ones, for all brands or for some."""
    lists = (settings.rules.voices, *(brand.voices for brand in settings.brands))
    return len({account(voice).form for voices in lists for voice in voices})


def _tell_answers(places: Sequence[Place], answers: Sequence[Answer], others: Sequence[Reached]) -> None:
    _tell_rows([(each.what, each.name, *each.how) for each in places])
    asked = [("source", each.source.name, *_how(each)) for each in answers]
    _tell_rows([*asked, *((each.what, each.name, *each.how) for each in others)])


def _tell_rows(rows: Sequence[tuple[str, str, str, str]]) -> None:
    if rows:
        _OUT.print()
    width = max((len(name) for _, name, _, _ in rows), default=0)
    for what, name, state, more in rows:
        _OUT.print(f"{what:<8}  {name:<{width}}  {state:<8}  {one_line(more)}")


def _how(answer: Answer) -> tuple[str, str]:
    if answer.unasked:
        return answer.unasked, _bare(answer.fault, answer.source)
    if answer.fault:
        return "FAILS", _bare(answer.fault, answer.source)
    return "answers", _count(len(answer.events))


def _count(found: int) -> str:
    return (
        "1 mention just now" if found == 1 else f"{found} mentions just now" if found else "nothing just now"
    )


def _fails(answer: Answer) -> bool:
    return bool(answer.fault) and not answer.unasked


def _bare(fault: str, source: CollectorSettings) -> str:
    return fault.removeprefix(f"{source.name}: ")


def _tell_matched(matched: Matched) -> None:
    now = SystemClock().now()
    name = matched.brand.name
    if not matched.shown:
        _OUT.print(f"\n{name}: nothing matched just now.")
        return
    more = f", of which the newest {len(matched.shown)}" if matched.total > len(matched.shown) else ""
    matches = "1 mention matches" if matched.total == 1 else f"{matched.total} mentions match"
    _OUT.print(f"\n{name}: {matches}{more}:")
    rows = [_row(each, now) for each in matched.shown]
    _OUT.print(table(_OUT, _COLUMNS, rows))
    _tell_suggestions(matched)


def _row(found: Found, now: Any) -> list[str]:
    event = found.event
    return [
        day_or_time(telling.at(event), now),
        found.source,
        telling.author(event),
        telling.shortened(telling.words(event)),
    ]


def _tell_suggestions(matched: Matched) -> None:
    if not matched.suggestions:
        few = matched.texts < LEAST
        _OUT.print(
            f"Too few to suggest exclusions: its terms found {matched.texts}, at least {LEAST} different ones are needed."
            if few
            else "Nothing among them looks like somebody else's; read them yourself all the same."
        )
        return
    _OUT.print("Perhaps not about it; look at the examples before you exclude any:")
    for each in matched.suggestions:
        _OUT.print(
            f"  “{one_line(each.term)}” takes away {each.takes} of {matched.texts} that its terms found: {one_line(each.because)}"
        )
        for example in each.examples:
            _OUT.print(f"    · {telling.shortened(one_line(example), 160)}")
    _OUT.print(f"  In [[brands]] name = {_quoted(matched.brand.name)}:  none = {_none(matched)}")


def _none(matched: Matched) -> str:
    """The line to write, with what is excluded already."""
    wanted = (*matched.brand.none, *(each.term for each in matched.suggestions))
    return f"[{', '.join(_quoted(term) for term in wanted)}]"


def _quoted(word: str) -> str:
    return json.dumps(one_line(word), ensure_ascii=False)


def _plain(
    settings: Config,
    unread: Sequence[str],
    places: Sequence[Place],
    answers: Sequence[Answer],
    others: Sequence[Reached],
    matched: Sequence[Matched],
) -> dict[str, Any]:
    return {
        "unread": list(unread),
        "spread": origin(settings.spread.model or SHIPPED)._asdict(),
        "warnings": doubts(settings),
        "places": [{"what": each.what, **_plain_reached(each)} for each in places],
        "outlets": len(settings.outlets),
        "voices": _voices(settings),
        "sources": [
            {"name": each.source.name, "state": _how(each)[0].lower(), "events": len(each.events), "fault": each.fault}
            for each in answers
        ],
        "receivers": [_plain_reached(each) for each in others if each.what == "receiver"],
        "servers": [_plain_reached(each) for each in others if each.what == "server"],
        "brands": [
            {"name": each.brand.name, "matched": each.total, "terms": list(terms_of(each.brand)),
             "mentions": [telling.plain(found) for found in each.shown],
             "suggestions": [suggestion._asdict() for suggestion in each.suggestions],
             "none": [*each.brand.none, *(suggestion.term for suggestion in each.suggestions)]}
            for each in matched
        ] or [{"name": brand.name} for brand in settings.brands],
    }  # fmt: skip


def _plain_reached(reached: Reached | Place) -> dict[str, str]:
    return {"name": reached.name, "state": reached.how[0].lower(), "fault": reached.fault}
