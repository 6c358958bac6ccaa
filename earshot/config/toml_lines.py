"""On which line of a TOML text does a key stand? `tomllib` does not tell; a fault without its line is half a fault.

Only for text that `tomllib` has accepted: what it guarantees is not checked again.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import NamedTuple

KeyPath = tuple[str | int, ...]

_TOKEN = re.compile(
    r'''
    (?P<gap>     [ \t\r]+ | \#[^\n]* )
  | (?P<newline> \n )
  | (?P<quoted>  """ (?: \\. | (?!""") [^\\] )*+ """ "{0,2}     # up to two quotes may touch the closing three
               | \'\'\' (?: (?!\'\'\') . )*+ \'\'\' \'{0,2}
               | " (?: \\. | [^"\\] )*+ "
               | ' [^']*+ ' )
  | (?P<mark>    [\[\]{},=.] )
  | (?P<bare>    [^\s\[\]{},=.\#"']+ )
    ''',
    re.VERBOSE | re.DOTALL,
)


class Lines:
    """The line (from 1) of each key of a document."""

    def __init__(self, known: Mapping[KeyPath, int]) -> None:
        self._known = known

    def __contains__(self, path: KeyPath) -> bool:
        return path in self._known

    def of(self, path: KeyPath) -> int:
        """The line of the key or, where it is not written, of the innermost table around it; else the first."""
        while path and path not in self._known:
            path = path[:-1]
        return self._known.get(path, 1)


def locate(text: str) -> Lines:
    """The lines of everything in a text that `tomllib` accepts."""
    return Lines(_Reader(_tokens(text)).read())


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def _tokens(text: str) -> list[_Token]:
    found = []
    line = 1
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup or "", match.group()
        if kind != "gap":
            found.append(_Token(kind, token, line))
        line += token.count("\n")
    return [*found, _Token("newline", "\n", line)]


class _Reader:
    """Walks the tokens once and notes where each key is written."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._lengths: dict[KeyPath, int] = {}  # of the arrays of tables
        self._known: dict[KeyPath, int] = {}

    def read(self) -> Mapping[KeyPath, int]:
        table: KeyPath = ()
        while self._at < len(self._tokens):
            if self._token.kind == "newline":
                self._at += 1
            elif self._token.text == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._known

    @property
    def _token(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _header(self) -> KeyPath:
        line = self._take().line
        repeated = self._token.text == "["
        self._at += repeated
        *parents, last = self._key()
        self._at += 1 + repeated
        path: KeyPath = ()
        for parent in parents:
            path = self._inside((*path, parent), line)
        return self._open((*path, last), line, repeated=repeated)

    def _inside(self, path: KeyPath, line: int) -> KeyPath:
        """A header that goes through an array of tables means its latest element."""
        self._known.setdefault(path, line)
        return (*path, self._lengths[path] - 1) if path in self._lengths else path

    def _open(self, path: KeyPath, line: int, *, repeated: bool) -> KeyPath:
        if not repeated:
            self._known[path] = line  # over what a header of a table inside it may have implied
            return path
        index = self._lengths.get(path, 0)
        self._lengths[path] = index + 1
        self._known.setdefault(path, line)
        self._known[(*path, index)] = line
        return (*path, index)

    def _pair(self, table: KeyPath) -> None:
        line = self._token.line
        path = table
        for part in self._key():
            path = (*path, part)
            self._known.setdefault(path, line)
        self._at += 1  # the sign =
        self._value(path)

    def _key(self) -> list[str]:
        parts = [_plain(self._take())]
        while self._token.text == ".":
            self._at += 1
            parts.append(_plain(self._take()))
        return parts

    def _value(self, path: KeyPath) -> None:
        if self._token.text == "[":
            self._array(path)
        elif self._token.text == "{":
            self._inline_table(path)
        else:
            while self._token.kind != "newline" and self._token.text not in {",", "]", "}"}:
                self._at += 1

    def _array(self, path: KeyPath) -> None:
        index = 0
        self._at += 1
        while self._more("]"):
            self._known[(*path, index)] = self._token.line
            self._value((*path, index))
            index += 1
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while self._more("}"):
            self._pair(path)
        self._at += 1

    def _more(self, end: str) -> bool:
        while self._token.kind == "newline" or self._token.text == ",":
            self._at += 1
        return self._token.text != end


def _plain(token: _Token) -> str:
    if token.kind == "bare":
        return token.text
    key: str = tomllib.loads(f"key = {token.text}")["key"]
    return key
