"""Which terms may set apart mentions that only look like the brand's: suggestions, for a person to decide.

Four signs, each told as what was counted, none as a verdict:

- a street: "via" and its like right before the name;
- a person, or a longer name: a word right before the name, or right after it, that always has a capital inside
  sentences ("Marco Ronvia", "Ronvia Basket");
- a stranger: a word that stands in several texts which hold nothing but the name, and in none of the anchored
  ones, which also hold a second sign of the brand (another term, an account, a competitor). Chance is the
  hypergeometric probability of that (Fisher's exact test, one-sided): with k of n texts holding the word, that
  all a anchored ones go without it is C(n - k, a) / C(n, a). As journalists write otherwise than customers, such
  texts must also have less than half as many words in common with the anchored ones as these among themselves;
- few voices: what stands right beside the name in several mentions, by at most half as many authors.

What stands in an anchored mention is never suggested, nor what would take away half of all, nor anything
from fewer than `LEAST` different texts. Copies of a text count once.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from math import comb
from typing import NamedTuple

from earshot.accounts import account
from earshot.attribution import Terms, finder, terms_of
from earshot.matching import Matcher, Watched, fold
from earshot.neighbours import Word, content, neighbours, phrases, words_of

LEAST = 20
"""Different texts from which anything is suggested."""

_MOST = 5  # suggestions a brand
_SHARE = 0.5  # what would take away more is what people speak of
_SEVERAL = 3
_CHANCE = 0.05
_FOREIGN = 0.5
_STREETS = frozenset(
    "via viale vicolo vico piazza piazzale piazzetta corso largo strada contrada borgo"
    " street st road rd avenue ave lane square rue place avenida calle plaza rua straße strasse platz".split()
)


class Text(NamedTuple):
    """One mention that matched: its words, and who said them (an author, an outlet)."""

    words: str
    voice: str


class Suggestion(NamedTuple):
    term: str
    """For `none`."""
    takes: int
    """How many of the mentions would no longer match."""
    because: str
    examples: tuple[str, ...]
    """Two of those."""


class _Read(NamedTuple):
    """A text, taken apart."""

    text: Text
    words: tuple[Word, ...]
    anchored: bool
    """It holds a second sign of the brand."""


def suggest(brand: Watched, competitors: Sequence[str], texts: Sequence[Text]) -> list[Suggestion]:
    """At most five, those that take away most first; none where there are too few different texts."""
    distinct = list({fold(text.words): text for text in texts}.values())
    if len(distinct) < LEAST:
        return []
    anchors = _Anchors(brand, competitors)
    read = [_Read(text, words_of(text.words), anchors.hold(text.words)) for text in distinct]
    found: dict[str, str] = {}
    for sign in (_streets, _names_around, _few_voices, _strangers):
        for term, because in sign(read, brand):
            found.setdefault(term, because)
    return _chosen(brand, texts, [each.text for each in read if each.anchored], found)


def _chosen(
    brand: Watched, texts: Sequence[Text], anchored: Sequence[Text], found: dict[str, str]
) -> list[Suggestion]:
    """Those worth it: the one that says most precisely what several would take away, and no anchored text."""
    taken: dict[str, list[int]] = {}
    for term in found:
        gone = _without(brand, term)
        lost = [at for at, text in enumerate(texts) if gone(text.words)]
        if 0 < len(lost) <= _SHARE * len(texts) and not any(gone(text.words) for text in anchored):
            taken[term] = lost
    chosen: list[Suggestion] = []
    covered: set[int] = set()
    for term in sorted(taken, key=lambda term: (-len(taken[term]), -len(term), term)):
        if len(chosen) < _MOST and not covered.issuperset(taken[term]):
            covered.update(taken[term])
            examples = dict.fromkeys(texts[at].words for at in taken[term])
            chosen.append(Suggestion(term, len(taken[term]), found[term], tuple(examples)[:2]))
    return chosen


def _without(brand: Watched, term: str) -> Callable[[str], bool]:
    """Whether a text that matches would no longer do with a further exclusion."""
    matcher = Matcher([Terms(brand.name, brand.any, brand.all, (*brand.none, term), brand.accounts)])
    return lambda words: not matcher.match(words)


class _Anchors:
    """Second signs of a brand: with one a text is about the brand, as far as anybody can tell by words."""

    def __init__(self, brand: Watched, competitors: Sequence[str]) -> None:
        self._finder = finder((*terms_of(brand), *competitors))
        self._certain = {account(written).at for written in brand.accounts} | set(competitors)

    def hold(self, words: str) -> bool:
        hits = self._finder.match(words)
        names = {fold(hit).strip("@#") for hit in hits}
        return len(names) > 1 or not self._certain.isdisjoint(hits)


def _streets(read: Sequence[_Read], brand: Watched) -> Iterator[tuple[str, str]]:
    for each in read:
        for before, name, _ in neighbours(each.words, brand):
            if before and before.folded in _STREETS:
                yield f"{before.folded} {name}", f"“{before.folded}” before the name is an address"


def _names_around(read: Sequence[_Read], brand: Watched) -> Iterator[tuple[str, str]]:
    """A word that always has its capital, right before the name (a person) or right after it (a longer name)."""
    small = {word.folded for each in read for word in each.words if not word.written[0].isupper()}
    people: Counter[str] = Counter()
    longer: Counter[str] = Counter()
    written: dict[str, str] = {}
    for each in read:
        for before, name, after in [] if _is_headline(each) else neighbours(each.words, brand):
            if before and not before.begins and _is_name(before, small):
                people[f"{before.folded} {name}"] += 1
                written[f"{before.folded} {name}"] = before.written
            if after and _is_name(after, small):
                longer[f"{name} {after.folded}"] += 1
                written[f"{name} {after.folded}"] = after.written
    for term in (term for term, count in people.items() if count > 1):
        yield term, f"“{written[term]}” always has its capital, like a first name"
    for term in (term for term, count in longer.items() if count >= _SEVERAL):
        yield term, f"“{written[term]}” right after it always has its capital, like a longer name"


def _is_name(word: Word, small: set[str]) -> bool:
    return len(word.written) > 2 and word.written.istitle() and word.folded not in small


def _is_headline(read: _Read) -> bool:
    """Nearly every word has a capital: they say nothing."""
    capitals = sum(word.written[0].isupper() for word in read.words)
    return capitals * 4 > len(read.words) * 3


def _strangers(read: Sequence[_Read], brand: Watched) -> Iterator[tuple[str, str]]:
    anchored = [each for each in read if each.anchored]
    holders: dict[str, list[_Read]] = defaultdict(list)
    for each in read:
        for term in phrases(each.words, brand):
            holders[term].append(each)
    familiar = _Familiar([content(each.words, brand) for each in anchored])
    for term, holding in holders.items():
        chance = comb(len(read) - len(holding), len(anchored)) / comb(len(read), len(anchored))
        if any(each.anchored for each in holding) or len(holding) < _SEVERAL or chance >= _CHANCE:
            continue
        if familiar.are_strange([content(each.words, brand) for each in holding]):
            where = (
                f"in {len(holding)} texts that read unlike the {len(anchored)} which hold more than the name"
            )
            yield term, f"{where}, and in none of those (by chance: one word in {1 / chance:,.0f})"


class _Familiar:
    """The words of anchored texts, and how much such texts have in common."""

    def __init__(self, anchored: Sequence[set[str]]) -> None:
        self._known = Counter(word for words in anchored for word in words)
        self._usual = _mean([_share(words, lambda word: self._known[word] > 1) for words in anchored])

    def are_strange(self, texts: Sequence[set[str]]) -> bool:
        """Texts that have less than half of what is usual in common with the anchored ones."""
        common = _mean([_share(words, lambda word: self._known[word] > 0) for words in texts])
        return common < _FOREIGN * self._usual


def _share(words: set[str], counts: Callable[[str], bool]) -> float:
    return sum(map(counts, words)) / len(words) if words else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _few_voices(read: Sequence[_Read], brand: Watched) -> Iterator[tuple[str, str]]:
    voices: dict[str, list[str]] = defaultdict(list)
    for each in read:
        for before, name, after in neighbours(each.words, brand):
            beside = [f"{before.folded} {name}"] if before else []
            beside += [f"{name} {after.folded}"] if after else []
            for term in beside:
                voices[term].append(each.text.voice)
    for term, heard in voices.items():
        who = len(set(heard))
        if len(heard) >= _SEVERAL and who * 2 <= len(heard):
            yield term, f"in {len(heard)} texts, all by {who} {'author' if who == 1 else 'authors'}"
