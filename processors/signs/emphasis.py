"""How loudly a text is written: in capitals, with letters and marks said over and over, with many emoji. Pure.

Only where a text shows it plainly: abbreviations, a name in capitals, one emoji or "..." are nothing. Most texts show
none of it, which is seen from their bytes: it costs a microsecond and a half.
"""

import re

from earshot.model import Emphasis

_FEWEST_CAPITALS, _CAPITALS_OF = 8, 5  # of so many characters one, too
_FEWEST_EMOJI = 3
_ENDING, _INSIDE = 3, 4  # times a letter, at the end of a word and elsewhere: "Schifffahrt" is spelt so

_NO_CAPITALS = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
_LONG = re.compile("[A-ZÀ-ÖØ-Þ]{5}")  # longer than most abbreviations
_RUN = re.compile(r"(.)\1\1+")
_MARKS = "!?؟"
_FILLER = "x"  # in the place of what is not told
_ONE = "(?:[\u2600-\u27bf]\ufe0f|[⚡✅✨❌❓❔❕❗❤⭐]|[\U0001f000-\U0001faff])[\ufe0f\U0001f3fb-\U0001f3ff]*"
_EMOJI = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|{_ONE}(?:\u200d{_ONE})*")  # a flag, a family: one each


def emphasis(text: str) -> tuple[Emphasis, ...]:
    """Raises nothing, whatever the text."""
    raw = text.encode("utf-8", "surrogatepass")
    shown: list[Emphasis] = []
    capitals = len(raw.translate(None, _NO_CAPITALS))
    if capitals >= _FEWEST_CAPITALS and _CAPITALS_OF * capitals >= len(text) and _LONG.search(text):
        shown.append("capitals")
    if (_RUN.search(text) and any(map(_draws_out, _RUN.finditer(text)))) or "?!?" in text or "!?!" in text:
        shown.append("repeats")
    begun = raw.count(b"\xf0") + raw.count(b"\xe2")  # what emoji begin with
    if begun >= _FEWEST_EMOJI and len(_EMOJI.findall(text)) >= _FEWEST_EMOJI:
        shown.append("emoji")
    return tuple(shown)


def _draws_out(run: re.Match[str]) -> bool:
    """A mark, or a letter of a word that has others."""
    sign, (start, end) = run[1], run.span()
    if not sign.isalpha():
        return sign in _MARKS
    before, after = run.string[max(0, start - 1) : start].isalpha(), run.string[end : end + 1].isalpha()
    ends = before and not after and not sign.isupper()  # ACCC, XIII
    return (before or after) and end - start >= (_ENDING if ends else _INSIDE) and sign.lower() != _FILLER
