"""Brands' terms as rules of X's stream and queries of its search. Pure.

A rule lets through at least what the matcher lets through (`earshot.matching` decides again, locally): X compares
accents letter by letter in the stream, so each term is asked for as it is written and without its accents.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from collectors.x.payload import SOURCE
from earshot.accounts import account
from earshot.errors import ConfigError
from earshot.matching import Watched, fold

RULE = 1_024
QUERY = 512
PREFIX = "earshot:"
_LONGEST_TAG = 100
_TOO_LONG = (
    "{!r} with what must be there takes {:,} characters, X reads {:,}: write shorter terms, or fewer in `all`"
)

_HANDLE = re.compile(r"\w{1,15}", re.ASCII)
_MENTION = re.compile(r"@\w{1,15}", re.ASCII)
_HASHTAG = re.compile(r"#\w*[^\W\d_]\w*")
_CASHTAG = re.compile(r"\$[A-Za-z]{1,6}")
_WORD = re.compile(r"\w*[^\W\d_]\w*")
_UNQUOTABLE = re.compile(r"[\"\\“”„‟\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]+")
_LANGUAGES = {"he": ("iw",), "id": ("in",), "zh": ("zh-CN", "zh-TW")}  # X's own codes


T = TypeVar("T")


class Rule(NamedTuple):
    """`tag` says whose it is: only rules with our tag are ever deleted."""

    value: str
    tag: str


class Held(NamedTuple):
    """A rule as X keeps it."""

    id: str
    value: str
    tag: str = ""


def rules(brands: Sequence[Watched], languages: Sequence[str] = ()) -> list[Rule]:
    """Raises `ConfigError` with every brand whose terms fit into no rule."""
    return _of_each(
        brands,
        lambda brand: [
            Rule(value, _tag(brand.name, number))
            for number, value in enumerate(parts(brand, languages, RULE), 1)
        ],
    )


def queries(brands: Sequence[Watched], languages: Sequence[str] = ()) -> list[str]:
    """What to search for to hear the same. Raises `ConfigError`."""
    return _of_each(brands, lambda brand: parts(brand, languages, QUERY))


def parts(brand: Watched, languages: Sequence[str], limit: int) -> list[str]:
    """The brand's terms in as few texts of at most `limit` characters as they need.

    Terms that must not be there are left out beyond half of the limit: the matcher knows them too, they only
    save reads. Raises `ConfigError` where what must be there leaves no room.
    """
    wanted = list(dict.fromkeys(each for term in _wanted(brand) for each in term))
    every = [_either(found) for term in brand.all if (found := term_operators(term))]
    if not wanted:
        wanted, every = every[:1], every[1:]
    tail = _joined([*every, *_languages(languages)])
    for negated in (f"-{each}" for term in brand.none for each in term_operators(term)):
        if len(tail) + len(negated) < limit // 2:
            tail = _joined([tail, negated])
    return pack(wanted, tail, limit, brand.name)


def conversations(roots: Iterable[str], limit: int = RULE) -> list[str]:
    """What goes on about posts: their conversations, reposts, and quotes, which link to them. Ids are digits."""
    ids = list(dict.fromkeys(roots))
    return [
        text
        for form in ("conversation_id:{}", "retweets_of_tweet_id:{}", 'url:"{}"')
        for text in pack([form.format(each) for each in ids], "", limit, "stories")
    ]


def story_rules(roots: Iterable[str]) -> list[Rule]:
    """Each operator in rules of its own: should X refuse one of them, the others still hold."""
    return [Rule(text, f"{PREFIX}stories:{no}") for no, text in enumerate(conversations(roots), 1)]


def story_queries(roots: Iterable[str]) -> list[str]:
    """Search does not know which post was reposted (and brings no reposts)."""
    return [text for text in conversations(roots, QUERY) if "retweets_of_tweet_id:" not in text]


def pack(choices: Sequence[str], tail: str, limit: int, brand: str) -> list[str]:
    """`(a OR b OR …) tail`, as few as possible, in order. Raises `ConfigError` for one that does not fit."""
    room = limit - len(_joined(["()", tail]))
    packed: list[str] = []
    for choice in choices:
        if len(choice) > room:
            taken = len(choice) + limit - room
            raise ConfigError([f"brand {brand}: {_TOO_LONG.format(choice[:60], taken, limit)}"])
        longer = f"{packed[-1]} OR {choice}" if packed else ""
        if packed and len(longer) <= room:
            packed[-1] = longer
        else:
            packed.append(choice)
    return [_joined([f"({each})" if " OR " in each else each, tail]) for each in packed]


def diff(held: Sequence[Held], wanted: Sequence[Rule]) -> tuple[list[Rule], list[str]]:
    """What to add, and the ids to delete: of ours, what is wanted no more or is there twice."""
    missing = {rule.value: rule for rule in wanted}
    gone = [rule.id for rule in held if rule.tag.startswith(PREFIX) and missing.pop(rule.value, None) is None]
    foreign = {rule.value for rule in held if not rule.tag.startswith(PREFIX)}
    return [rule for value, rule in missing.items() if value not in foreign], gone


def term_operators(term: str) -> list[str]:
    """A term as X's operators, any of which is the term; none where nothing of it can be asked for."""
    forms = dict.fromkeys(form for form in (_plain(term).lower(), _plain(fold(term))) if form)
    return list(dict.fromkeys(each for form in forms for each in _operators(form)))


def _operators(form: str) -> Iterator[str]:
    if _MENTION.fullmatch(form) or _HASHTAG.fullmatch(form) or _CASHTAG.fullmatch(form):
        yield form
        return
    yield f'"{form}"'
    if _WORD.fullmatch(form):
        yield f"#{form}"  # a hashtag is an entity of its own to X


def _plain(term: str) -> str:
    """Without quotes, backslashes and control characters: to X, too, they only part words."""
    return " ".join(_UNQUOTABLE.sub(" ", term).split())


def _wanted(brand: Watched) -> Iterator[list[str]]:
    """What is enough, as the matcher sees it, and what the brand's own accounts write and are written."""
    if brand.all and not brand.any:
        return
    for term in brand.any:
        yield term_operators(term)
    for platform, name in map(account, brand.accounts):
        can_be_here = platform.casefold() in ("", SOURCE) and _HANDLE.fullmatch(name)
        yield [f"@{name}", f"from:{name}", f"to:{name}"] if can_be_here else term_operators(f"@{name}")
    if not brand.any and not brand.accounts:
        yield term_operators(brand.name)


def _languages(languages: Sequence[str]) -> list[str]:
    codes = [code for language in languages for code in _LANGUAGES.get(language, (language,))]
    return [_either([f"lang:{code}" for code in codes])] if codes else []


def _either(choices: Sequence[str]) -> str:
    return f"({' OR '.join(choices)})" if len(choices) > 1 else "".join(choices)


def _joined(texts: Iterable[str]) -> str:
    return " ".join(text for text in texts if text)


def _tag(brand: str, number: int) -> str:
    return f"{PREFIX}{brand[:_LONGEST_TAG]}:{number}"


def _of_each(brands: Sequence[Watched], make: Callable[[Watched], list[T]]) -> list[T]:
    made: list[T] = []
    faults: list[str] = []
    for brand in brands:
        try:
            found = make(brand)
            made += found
            faults += (
                [] if found else [f"brand {brand.name}: nothing in its terms can be asked of X: add a word"]
            )
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return made
