"""Which language a text is in. "unknown" is an answer: what cannot be told is never scored as fine."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from processors import terms

UNKNOWN = "unknown"

_NOISE = re.compile(r"https?://\S+|[@#]\w+|\d+")
_LEAST_LETTERS = 12
_LEAST_CONFIDENCE = 0.5
_SURE = 0.9  # that the declared language is wrong, though it is written in the letters of the text
_READ = 80  # characters: more of them cost time and change nothing
_FUNCTION_WORDS = {  # common in one of these languages, and rare in the others
    "en": "the and you with this that have they your are when not but from would been just why how "
    "can't don't it's i'm their there were which had our about because who could should didn't "
    "won't isn't its than then them these my is of to it for be on we what get got out she "
    "he her his being after before never",
    "it": "di che non è per il della sono anche ho ci alla mia fare fatto più gli dopo ancora chi nel questo perché "
    "mai hanno c'è essere prima quello poi hai siamo ora questa delle sto nella può già voglio così lei molto "
    "abbiamo dalla suo noi li sulla ma",
    "es": "el los pero yo las ya muy más qué estoy tengo cuando eso quiero hay tiene puedo soy ahora sin ese hacer "
    "fue así eres día esto creo siempre gracias esa voy mucho hasta",
    "fr": "je les et pas vous pour c'est une est dans sur au avec ça nous j'ai tout suis ils sont elle fait quand "
    "cette être très rien sans même été n'est qu'il des du le",
    "de": "der ich und das nicht ist mit für den ein auf zu von auch wir aus bei noch dem aber eine sich jetzt wie "
    "sind mir nur dass wird wenn haben einen mich mehr schon dann kann wieder heute keine bin oder habe kein immer",
    "pt": "não é eu com você uma em muito tem isso minha ela foi só estou seu já pra tenho vou esse pode essa quem "
    "há são tão estava agora bem mais também da os",
}
_ENOUGH = 2  # different ones that prove a language where no other has any: false of 21 in 15,100 posts
_MANY = 3  # that prove it where others have one each: then py3langid is wrong as often, 17 times in 2,500
_PLENTY = 40
_SCRIPTS = (  # language, its letters, and letters of others who write in the same script (Persian, Urdu; Marathi)
    ("ar", re.compile("[\u0621-\u064a\ufb50-\ufefc]"), re.compile("[پچژگکیےہٹڈڑں]")),
    ("hi", re.compile("[\u0904-\u0939\u0958-\u0961]"), re.compile("ळ")),
)
_WRITTEN = {  # what the names of letters begin with, and the languages written in them that py3langid knows
    "ARABIC": "ar fa ps ug ur",
    "ARMENIAN": "hy",
    "BENGALI": "as bn",
    "CJK": "ja zh",
    "CYRILLIC": "ba be bg kk ky mk ru sr tg tt uk",
    "DEVANAGARI": "hi mr ne sa",
    "ETHIOPIC": "am",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KANNADA": "kn",
    "KATAKANA": "ja",
    "KHMER": "km",
    "LAO": "lo",
    "MALAYALAM": "ml",
    "MYANMAR": "my",
    "ORIYA": "or",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
    "TIBETAN": "dz",
}
_ALSO_LATIN = frozenset(("ar", "hi", "sr"))  # written in either


def _restricted(full: Any, languages: Iterable[str]) -> Any:
    """Without the numbers of all the other languages, which the library would keep: 28 MB."""
    full.set_languages(list(languages))
    return LanguageIdentifier(
        full.nb_ptc, full.nb_pc, full.nb_classes, full.tk_nextmove, full.tk_output, norm_probs=True, tk_row=full.tk_row
    )  # fmt: skip


class LanguageGuesser:
    """Function words, then py3langid restricted to the configured languages (96 % right on posts of 90 characters)."""

    def __init__(self, languages: Sequence[str]) -> None:
        self._languages = frozenset(languages)
        self._of_word = {word: lang for lang in languages for word in _FUNCTION_WORDS.get(lang, "").split()}
        model: Any = LanguageIdentifier.from_model_file(MODEL_FILE)
        self._identifier = _restricted(model, languages)
        self._scripts = _Scripts(self._languages, model)
        self._never_latin = self._languages & {*" ".join(_WRITTEN.values()).split()} - _ALSO_LATIN

    def guess(self, text: str, declared: str | None = None) -> str:
        """ISO 639-1, or "unknown". The declared language decides where there is little to read.

        A declared language that is not among the configured ones is believed: it is one we cannot read.
        """
        claim = (declared or "").replace("_", "-").partition("-")[0].lower()
        if claim in ("und", "zxx", "qme", "qht", "art"):  # X's codes for "no language found"
            claim = ""
        if claim and claim not in self._languages:
            return UNKNOWN
        if proven := self._by_function_words(text[: 2 * _READ]):
            return proven
        words = _NOISE.sub(" ", text[:_READ]).strip()
        if len(words) < _PLENTY and sum(map(str.isalpha, words)) < _LEAST_LETTERS:
            return claim or self._by_terms(words)
        if not words.isascii() and 2 * len(words.encode("latin-1", "ignore")) < len(words):
            return self._scripts.guess(words, claim)
        language, confidence = self._identifier.classify(words)
        if confidence < _LEAST_CONFIDENCE:
            return claim or self._by_terms(words)
        return self._scripts.guess(words, claim) if language in self._never_latin else str(language)

    def _by_function_words(self, text: str) -> str | None:
        """Cheap, and as good as sure: most texts of some length need no more."""
        known = self._of_word.keys() & text.lower().split()
        if len(known) < _ENOUGH:
            return None
        languages = [self._of_word[word] for word in known]
        first = max(languages, key=languages.count)
        others = len(set(languages)) - 1
        own = languages.count(first)
        alone = own + others == len(languages)  # no other has two
        return first if alone and own >= (_MANY if others else _ENOUGH) else None

    def _by_terms(self, text: str) -> str:
        """What people say in two words ("che schifo", "anche a me") stands in the term lists of one language."""
        spoken = terms.shipped().languages(text) & self._languages
        return next(iter(spoken)) if len(spoken) == 1 else UNKNOWN


class _Scripts:
    """What is not in Latin letters: told by the letters alone where one language is written in them, else by py3langid.

    It chooses among all who write so, not only those that can be read: else all Ukrainian would be Russian. Arabic and
    Hindi, where no other language in their letters can be read, have their own rule, which costs less.
    """

    def __init__(self, languages: frozenset[str], model: Any) -> None:
        self._languages = languages
        scripts = {name: frozenset(codes.split()) for name, codes in _WRITTEN.items()}
        read = [each & languages for each in scripts.values()]
        self._told = tuple(each for each in _SCRIPTS if {each[0]} in read)
        left = languages.difference(language for language, _, _ in self._told)
        self._rivals = {name: each for name, each in scripts.items() if each & left}
        several = set(chain.from_iterable(each for each in self._rivals.values() if len(each) > 1))
        self._identifier: Any = _restricted(model, several) if several else None

    def guess(self, words: str, claim: str) -> str:
        for language, script, foreign in self._told:
            if 2 * len(script.findall(words)) > sum(map(str.isalpha, words)):
                return UNKNOWN if foreign.search(words) else language
        return self._among_rivals(words, claim) if self._rivals else UNKNOWN

    def _among_rivals(self, words: str, claim: str) -> str:
        rivals = self._rivals.get(_script(words), frozenset())
        if len(rivals) < 2:
            return next(iter(rivals), UNKNOWN)
        language, confidence = self._identifier.classify(words)
        if language in self._languages and confidence >= _LEAST_CONFIDENCE:
            return str(language)
        return claim if claim in rivals and confidence < _SURE else UNKNOWN


def _script(words: str) -> str:
    """What the names of most of its letters begin with; names of companies may stand there in Latin ones."""
    names = (unicodedata.name(letter, "").partition(" ")[0] for letter in words if letter.isalpha())
    common = Counter(name for name in names if name != "LATIN").most_common(1)
    return common[0][0] if common else ""
