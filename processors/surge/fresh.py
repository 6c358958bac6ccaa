"""What is new in a surge: words and pairs of words that it says more than the brand's own past does.

Log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn, "Fightin' Words", Political Analysis 2008,
eq. 16, 20 to 22): the prior is what both say together, at the weight of the surge itself, so a word said once is
never new, and one that is always said is neither.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import log, sqrt
from typing import NamedTuple

from processors.words import words

CLEAR = 1.96
"""z from which a term is new: one in forty would be so by chance."""
_MOST = 8
_LEAST = 2  # mentions that say it
_FUNCTION_WORDS = frozenset(
    """
    again all already also although always am and another any are at be because been before being both can could did do
    does done each either even ever every for from had has have having he her here hers him his how if into is it its
    just many may me might mine more most much must my neither never nor not now of on only or other our ours own same
    shall she should since so some still such than that the their theirs them then there these they this those though
    today tomorrow too until us very was we were what when where which while who whom whose why will with without would
    yesterday yet you your yours
    adesso agli al alla alle allo allora altra altre altri altro anch anche ancora avere avete aveva avevano abbiamo che
    chi chiunque ci ciò come con così cui da dagli dai dal dall dalla dalle dallo degli dei del dell della delle dello
    di domani dove dunque ed era erano ero essa esse essere essi esso gli già hanno ieri infatti intanto invece lei loro
    mai mia mie miei mio molto nei negli nel nell nella nelle nello nessuno niente noi nostra nostre nostri nostro nulla
    oggi ogni oppure ora ormai ovviamente però poco poi prima proprio pure qual qualche qualcosa qualcuno quale quali
    quanta quante quanti quanto quasi quegli quel quell quella quelle quelli quello quest questa queste questi questo
    sarà sei sempre siamo siete solo soltanto sono sta stata state stati stato stessa stesso stesse stessi su sua sue
    sugli sul sull sulla sulle sullo suo suoi tanto troppo tua tue tuo tuoi un una uno voi vostra vostre vostri vostro
    ahora al aquí como con cuando de del desde donde el ella ellos en era es esa ese eso esta este esto están está hay
    hoy las los muy más nos nosotros otra otro para pero por porque que quien se ser si siempre sin son su sus también
    todo una uno usted ustedes vosotros ya
    alors au aujourd aussi aux avec ce ces cette chez dans des deux donc du elle elles encore est et eux hui ils je les
    leur leurs lui ma mais même mes moi nos notre nous on ou où par pas plus pour quand que qui ses sont sur ta tes toi
    toujours tous tout très une vos votre vous
    aber alle als am auch auf aus bei bis da das dass dein dem den der des die doch du ein eine einem einen einer er es
    euch euer für hier heute ich ihm ihn ihr ihre im immer in ist ja jetzt kein keine mein mich mir mit nach nicht noch
    nur oder schon sein sich sie sind uns unser und vom von vor war was weil wenn wer wie wieder wir wird wo zu zum zur
    agora ainda até com da das depois dos ela eles em essa esse esta está eu foi isso já mais mas meu minha muito na nas
    no nos nossa nosso onde os ou pela pelo pra quando quem sem seu sua são também uma você vocês
    """.split()
)
"""Of six languages; more than linking leaves out, where a word may tell two stories apart that tells nobody anything."""
_SAME = 0.8  # share of a term's mentions that a longer or stronger one explains


class Fresh(NamedTuple):
    """A word, or two that follow one another when the commonest words are left out."""

    term: str
    z: float
    said: int
    """Mentions of the surge that say it."""
    before: int
    """Mentions of the past that do."""


def terms(text: str) -> frozenset[str]:
    """Each word and pair once: a mention has one vote for each.

    >>> sorted(terms("The app is DOWN"))
    ['app', 'app down', 'down']
    """
    said = list(words(text).values())
    return frozenset((*said, *(f"{one} {other}" for one, other in pairwise(said))))


def counted(texts: Iterable[str]) -> Counter[str]:
    """How many of the texts say each term; counters of two pasts add."""
    return Counter(term for text in texts for term in terms(text))


def log_odds(surge: Mapping[str, int], past: Mapping[str, int]) -> dict[str, float]:
    """How surely each term of the surge is said more than in the past (z above 0), or less."""
    n, m = sum(surge.values()), sum(past.values())
    scale = n / (n + m) if n else 0.0  # the prior weighs as much as the surge: the sum of all a is n
    found = {}
    for term, y in surge.items():
        before = past.get(term, 0)
        a = scale * (y + before)
        delta = _logit(y + a, 2 * n) - _logit(before + a, m + n)
        found[term] = delta / sqrt(1 / (y + a) + 1 / (before + a))
    return found


def fresh(surge: Mapping[str, int], past: Mapping[str, int], most: int = _MOST) -> list[Fresh]:
    """The newest terms first; a word that is said within a term above it is not repeated."""
    z = log_odds(surge, past)
    new = [term for term, y in surge.items() if y >= _LEAST and z[term] >= CLEAR and _says(term)]
    new.sort(key=lambda term: (-z[term], -len(term), term))
    kept: list[str] = []
    for term in new:
        if len(kept) == most:
            break
        if not any(_told(term, other, surge) for other in kept):
            kept.append(term)
    return [Fresh(term, z[term], surge[term], past.get(term, 0)) for term in kept]


def telling(texts: Mapping[str, str], found: Iterable[Fresh]) -> list[str]:
    """Ids of the mentions that say what is new, the most telling first, then in their own order."""
    weights = {each.term: each.z for each in found}
    scores = {one: sum(weights.get(term, 0.0) for term in terms(text)) for one, text in texts.items()}
    return sorted((one for one, score in scores.items() if score), key=lambda one: -scores[one])


def _says(term: str) -> bool:
    return _FUNCTION_WORDS.isdisjoint(term.split())


def _told(term: str, other: str, surge: Mapping[str, int]) -> bool:
    """Do they share a word, and mostly the same mentions?"""
    shared = not set(term.split()).isdisjoint(other.split())
    return shared and min(surge[term], surge[other]) >= _SAME * max(surge[term], surge[other])


def _logit(part: float, whole: float) -> float:
    """One more vote for whatever nobody said: then something is left, whatever `part` is."""
    return log(part / (whole - part + 1))
