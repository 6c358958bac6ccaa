"""Where the tokens of a text stand in it: a token is what was read, and a page shows what was written."""

import html
import re
from collections.abc import Iterator, Sequence

from processors.negativity.tokens import ADDRESSES, HANDLES, LONGEST, TAGS, alike

Place = tuple[int, int]

_PIECE = re.compile(
    rf"(?P<tag>{TAGS.pattern})|(?P<address>{ADDRESSES.pattern})|(?P<handle>{HANDLES.pattern})|(?P<sign>&#?\w{{1,31}};)|\s+"
    "|.[\u0300-\u036f\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]*",  # a letter with its accents, a thumb with its tone
    re.IGNORECASE | re.DOTALL,
)
_LOOKED_AT = 4 * LONGEST  # characters: an address may be long and is read as one sign
_NEAR = 80  # characters that may lie before a token unread


def places(text: str, tokens: Sequence[str]) -> list[Place]:
    """Of each token, in order, where it begins and ends in the text. One that is not found is empty, and stands
    where the one before it ended.
    """
    line, where = _made_alike(text[:_LOOKED_AT])
    found, at, end = [], 0, 0
    for token in tokens:
        start = line.find(token, at, at + _NEAR + len(token))
        if start < 0:
            found.append((end, end))
            continue
        at = start + len(token)
        begin, end = max(end, where[start][0]), max(end, where[at - 1][1])
        found.append((begin, end))
    return found


def _made_alike(text: str) -> tuple[str, list[Place]]:
    """The text as the tokens are spelled, and the place that each of its characters comes from."""
    line: list[str] = []
    where: list[Place] = []
    for start, end, letters in _pieces(text):
        for letter in letters:
            if _is_repeated(line, letter):
                where[-1] = (where[-1][0], end)
            else:
                line.append(letter)
                where.append((start, end))
    return "".join(line), where


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    for piece in _PIECE.finditer(text):
        written = piece[0]
        if piece["address"]:
            letters = "\ue001"
        elif piece["handle"]:
            letters = "\ue002"
        elif piece["tag"]:
            letters = " "
        else:
            read = html.unescape(written) if piece["sign"] else " " if written.isspace() else written
            letters = alike(read)
        yield piece.start(), piece.end(), re.sub("[0-9]", "0", letters)


def _is_repeated(line: list[str], letter: str) -> bool:
    """A run of digits is one, a letter stands at most twice in a row, and so it is with blanks."""
    if letter == "0":
        return line[-1:] == ["0"]
    return line[-2:] == [letter, letter] and (letter.isalnum() or letter in "_' ")
