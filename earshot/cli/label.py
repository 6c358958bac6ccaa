"""`earshot label`: how a person reads a mention; `earshot label next`: which mentions are worth that most."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from sqlalchemy import Connection

from earshot.choosing import (
    DANGERS,
    Candidate,
    Doubt,
    by_words,
    choose,
    is_by_stars,
    teaches,
    to_read,
    words_of,
    worth,
)
from earshot.cli import handling
from earshot.cli.handling import ADDRESSES, EMPTY, INTENTS, NONE
from earshot.cli.options import (
    AsJson,
    ConfigPath,
    DataDir,
    existing_store,
    read_config,
    with_data_dir,
    with_own_time,
)
from earshot.cli.tables import one_line
from earshot.clock import SystemClock, to_us
from earshot.errors import Refused
from earshot.handling import DANGERS as NAMED
from earshot.handling import MOODS, SIGNS
from earshot.model import Intent, Mention, Score
from earshot.scorers import installed, least
from earshot.seams import Asked, Scorer
from earshot.staff import STAFF, Polarity, polarity
from earshot.store import Store, brands, corrections, mentions, stories
from earshot.store.brands import Brand
from earshot.store.corrections import Correction
from earshot.store.mentions import Kept

_OUT = Console(highlight=False, markup=False, soft_wrap=True)
_LOOKED_AT = 5_000  # of a brand's newest mentions
_PAGE = 1_000
_READ = 500  # reviews with stars, of which the words are read: half a minute where a transformer does
_SHOWN = 200  # characters
_NEXT = "next"
_OF_DANGERS = (
    "Where danger or the law is asked, name all that its author wants: --intent safety or --intent legal where that is"
    " so; where it is not, what they do want, as --intent complaint."
)
_USAGE = "earshot label MENTION --brand BRAND neg|neu|pos, or earshot label next"


def label(
    mention: Annotated[
        str,
        typer.Argument(
            help='The number of its page, or its id with --brand; or "next": list what is most useful to label.'
        ),
    ],
    reading: Annotated[
        str, typer.Argument(help="What it is towards the brand: neg, neu or pos.", metavar="neg|neu|pos")
    ] = "",
    brand: Annotated[str, typer.Option("--brand", help="The brand that it is about.")] = "",
    intent: Annotated[
        list[str] | None,
        typer.Option(
            "--intent",
            help=f"What its author wants; name all that hold, as others are taken not to: {', '.join(INTENTS)};"
            f" or {NONE}, to take back what was said of them.",
        ),
    ] = None,
    sign: Annotated[
        list[str] | None,
        typer.Option(
            "--sign",
            help=f"How it is to be handled; name all that hold, in the place of what was read: {', '.join(SIGNS)};"
            f" {EMPTY}, where none does; or {NONE}, to take back what was said of them.",
        ),
    ] = None,
    danger: Annotated[
        list[str] | None,
        typer.Option(
            "--danger",
            help=f"What it tells of and no intent says, beside what was read: {', '.join(NAMED)}; or {NONE}, to take"
            " back what was said of them.",
        ),
    ] = None,
    mood: Annotated[
        str,
        typer.Option(
            "--mood", help=f"How its author sounds: {', '.join(MOODS)}; or {NONE}, to take it back."
        ),
    ] = "",
    address: Annotated[
        str,
        typer.Option(
            "--address",
            help=f"How its author speaks to the company, as the language has it: {', '.join(ADDRESSES)}; {EMPTY}, where"
            f" it does not show; or {NONE}, to take it back.",
        ),
    ] = "",
    by: Annotated[str, typer.Option("--by", help="Who says so.")] = "cli",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1_000, help="For next: how many.")] = 20,
    config: ConfigPath = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Say how a mention reads. It counts in its story from then on, and the model learns from it. Nobody is notified.

    Say it of what is read right too: the model cannot learn from its mistakes alone. Beside a running service it
    counts within a minute; else when one starts, or with earshot rescore.

    Example: earshot label 1099511627811 neg --intent complaint --sign minor --address lei

    Next: earshot quality says how well mentions are read.
    """
    with existing_store(config, data_dir) as store:
        if mention == _NEXT and not reading:
            options = _options(config, data_dir)
            settings = with_data_dir(with_own_time(read_config(config, needed=False)), data_dir)
            scorers = installed(settings)
            found = _most_useful(store, scorers, brand, limit)
            return _list_json(found, least(scorers)) if as_json else _list(found, options)
        said, intents, at = _said(reading), handling.intents(intent), to_us(SystemClock().now())
        with store.read() as connection:
            kept = _found(connection, mention, brand)
        change = handling.change(sign, danger, mood, address, kept.score.language)
        with store.begin() as connection:
            corrections.add(connection, kept, said, at, by, intents, change, unsay=intent == [NONE])
            made = corrections.of_mention(connection, kept.n)[0]
    if as_json:
        return _OUT.print_json(data=_stands(made))
    return _OUT.print(
        f"Noted: {said} ({_stood(kept.score)} until now). It counts within a minute where Earshot runs, else once it does,"
        " or with earshot rescore."
    )


# --- one mention ----------------------------------------------------------------------------------------


def _said(given: str) -> Polarity:
    if said := polarity(given):
        return said
    raise Refused(f"earshot label: {given or 'nothing'!r}: is none of neg, neu and pos: {_USAGE}")


def _stands(made: Correction) -> dict[str, Any]:
    """What holds of the mention from now on; null: nobody said."""
    return {
        "correction": made.id,
        "mention": made.mention,
        "polarity": made.polarity,
        "intents": made.intents,
        "signs": made.handling.signs,
        "dangers": made.handling.dangers,
        "mood": made.handling.mood,
        "address": made.handling.address,
    }


def _found(connection: Connection, mention: str, brand: str) -> Kept:
    """By number, or by id and brand. Raises `Refused`."""
    n = int(mention) if mention.isascii() and mention.isdigit() else _number(connection, mention, brand)
    kept = corrections.heard(connection, n) if n is not None and n < 2**63 else None
    if kept is None:
        raise Refused(
            f"mention {mention}{f' of {brand}' if brand else ''}: there is none, or it was withdrawn; its number stands"
            " in the address of its page, and earshot label next lists some"
        )
    if brand and kept.mention.brand != brand:
        raise Refused(f"mention {mention}: is about {kept.mention.brand}, not about {brand}")
    return kept


def _number(connection: Connection, mention: str, brand: str) -> int | None:
    if not brand:
        raise Refused(f"mention {mention}: an id needs its brand: --brand; a number of a page does not")
    return corrections.find(connection, wanted(connection, brand)[0], mention)


def wanted(connection: Connection, brand: str) -> list[Brand]:
    """The brand of that name, or all. Raises `Refused`."""
    known = brands.every(connection)
    if brand and brand not in [each.name for each in known]:
        raise Refused(
            f"--brand {brand}: nothing was heard of it; known: {', '.join(each.name for each in known) or 'none'}"
        )
    return [each for each in known if brand in ("", each.name)]


def _stood(score: Score) -> str:
    """As the pages say it."""
    if score.negative is None:
        return "not read"
    name, chance = score.strongest
    return f"{name} {chance:.2f}" + (", by staff" if score.basis == STAFF else "")


def _read(kept: Kept) -> str:
    return _reading(kept.score.negative, kept.score.basis)


def _reading(negative: float | None, basis: str) -> str:
    if negative is None:
        return "not read"
    return f"negative {negative:.2f}" + (", by staff" if basis == STAFF else "")


# --- the most useful ------------------------------------------------------------------------------------


def _most_useful(
    store: Store, scorers: Sequence[Scorer], brand: str, limit: int
) -> list[tuple[Candidate, Kept]]:
    with store.read() as connection:
        found = [
            each for row in wanted(connection, brand) for page in _newest(connection, row) for each in page
        ]
        starred = _kept(connection, to_read(found, _READ))
    read = {each.n: each for each in _by_words(scorers, starred)}
    chosen = choose((read.get(each.n, each) for each in found), limit, least(scorers))
    with store.read() as connection:
        return _kept(connection, chosen)


def _newest(connection: Connection, brand: Brand) -> Iterable[list[Candidate]]:
    """A brand's newest mentions that nobody has labelled, nor the same words, with what their stories reach."""
    first, last = brands.numbers(brand.no)
    after = max(first, brands.number(brand.no, brand.seq) - _LOOKED_AT)
    taught = _taught(connection, brand)
    while page := mentions.scored_after(connection, after, last, _PAGE):
        after = page[-1].n
        done = corrections.labelled(connection, (each.n for each in page))
        wanting = [each for each in page if not each.withdrawn and each.n not in done and teaches(each.score)]
        known = stories.load(connection, {each.story for each in wanting})
        words = _words(connection, (each.n for each in wanting))
        yield [
            Candidate(each.n, each.story, words[each.n], each.score, known[each.story].reach)
            for each in wanting
            if each.story in known and each.n in words and words[each.n] not in taught
        ]


def _taught(connection: Connection, brand: Brand) -> set[int]:
    """The words that somebody has labelled, however long ago."""
    made = corrections.standing(connection, brand.no)
    return set(_words(connection, (each.mention for each in made if each.mention)).values())


def _words(connection: Connection, numbers: Iterable[int]) -> dict[int, int]:
    rows = mentions.get(connection, numbers)
    return {n: words_of(mentions.read(row).mention) for n, row in rows.items()}


def _kept(connection: Connection, wanted: Iterable[Candidate]) -> list[tuple[Candidate, Kept]]:
    """In order, with what they say; those that are gone meanwhile left out."""
    asked = list(wanted)
    rows = mentions.get(connection, (each.n for each in asked))
    return [
        (each, mentions.read(rows[each.n])) for each in asked if each.n in rows and not rows[each.n].withdrawn
    ]


def _by_words(scorers: Sequence[Scorer], starred: Sequence[tuple[Candidate, Kept]]) -> Iterator[Candidate]:
    """As the words read as shipped. Nothing is loaded where there are none."""
    asked = [_asked(kept.mention) for _, kept in starred]
    for scorer in scorers if asked else ():
        for (candidate, _), said in zip(starred, scorer.score(asked), strict=True):
            if "negative" in said:
                yield by_words(candidate, said["negative"], uncertain=bool(said.get("uncertain")))


def _asked(said: Mention) -> Asked:
    text = f"{said.title}\n{said.text}" if said.title else said.text
    return Asked(text, said.language, said.brand)


def _options(config: Any, data_dir: Any) -> str:
    given = [
        *(["--config", str(config)] if config else []),
        *(["--data-dir", str(data_dir)] if data_dir else []),
    ]
    return f" {shlex.join(given)}" if given else ""


def _list_json(found: Sequence[tuple[Candidate, Kept]], least: Mapping[Intent, float]) -> None:
    _OUT.print_json(data=[_plain(*each, least) for each in found])


def _list(found: Sequence[tuple[Candidate, Kept]], options: str) -> None:
    if not found:
        return _OUT.print("Nothing to label: nothing was heard yet, or all that was has been labelled.")
    for candidate, kept in found:
        said = f"{kept.mention.title} {kept.mention.text}" if kept.mention.title else kept.mention.text
        doubt = ", contradicted" if candidate.score.uncertain else ""
        how = f"{_why(candidate)}{_how(candidate, kept)}{doubt}"
        _OUT.print(f"{one_line(kept.mention.brand)}, {how}: {one_line(said)[:_SHOWN]}")
        wants = " --intent …" if _asks_of_danger(candidate) else ""
        _OUT.print(f"  earshot label {kept.n}{options} neg|neu|pos{wants}\n")
    _OUT.print("Say it of each, also where it is read right: the model learns from both.")
    if any(_asks_of_danger(candidate) for candidate, _ in found):
        _OUT.print(_OF_DANGERS)
    return None


def _why(candidate: Candidate) -> str:
    if not candidate.why:
        return "by lot, "
    asked = [f"{each}? {_chance(candidate, each):.2f}, " for each in DANGERS if each in candidate.why]
    return "".join(asked) + ("mood? " if "mood" in candidate.why else "")


def _asks_of_danger(candidate: Candidate) -> bool:
    return any(each in DANGERS for each in candidate.why)


def _chance(candidate: Candidate, doubt: Doubt) -> float:
    return candidate.score.intents.get(DANGERS[doubt], 0.0)


def _how(candidate: Candidate, kept: Kept) -> str:
    """A label is of the words: where stars were read, what those say stands beside it."""
    if not is_by_stars(kept.score):
        return _read(kept)
    words = _of_words(candidate)
    return f"{_read(kept)} by its stars" + ("" if words is None else f", {words:.2f} by its words")


def _of_words(candidate: Candidate) -> float | None:
    return None if is_by_stars(candidate.score) else candidate.score.negative


def _plain(candidate: Candidate, kept: Kept, least: Mapping[Intent, float]) -> dict[str, Any]:
    return {
        "n": kept.n,
        "id": kept.mention.id,
        "brand": kept.mention.brand,
        "story": candidate.story,
        "negative": kept.score.negative,
        "negative_by_words": _of_words(candidate),
        "uncertain": kept.score.uncertain,
        **{doubt: _chance(candidate, doubt) for doubt in DANGERS},
        "why": candidate.why or ["lot"],
        "worth": round(worth(candidate, least), 3),
        "text": f"{kept.mention.title} {kept.mention.text}".strip(),
    }
