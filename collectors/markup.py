"""HTML to the text that a reader sees: in linear time, bounded, and inert wherever it is shown.

A parser of the whole of HTML is not needed, and the one in the standard library takes quadratic time on some
broken markup. Here every character is passed once; a tag that does not end is text.
"""

import html
import re
from collections.abc import Iterator

LONGEST = 50_000  # characters of text that are kept
_LONGEST_MARKUP = 1_000_000  # characters of HTML that are looked at

_TAG = re.compile(
    r"<(?:!--(?:.*?--!?>|.*+)|(/?)([a-zA-Z][a-zA-Z0-9:-]*+)(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>|[!?/][^<>]*+>)",
    re.DOTALL,
)
"""A comment, a tag with its slash and name, or a declaration.

Linear: of all the `<` from which a quote is still open at some place, no two can be in the same quote, and
there are two quotes; so no character is passed more than a few times.
"""
_HIDDEN = frozenset(
    "script style template iframe noframes noembed noscript svg object textarea select".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote br caption center dd details div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol option p pre section summary table tbody tfoot"
    " thead tr ul".split()
)
_CELLS = frozenset(("td", "th"))
_ZEROS = re.compile(r"(&#[xX]?)0++(?=[0-9a-fA-F])")
_BEYOND = re.compile(r"&#(?:[xX][0-9a-fA-F]{7,}|[0-9]{8,});?")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\ud800-\udfff\ufeff\ufffe\uffff]")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")
_TAG_LIKE = re.compile(r"<(?=[a-zA-Z/!?])")


def to_text(markup: str, longest: int = LONGEST) -> str:
    r"""What a reader sees of it; blocks are lines. Entities are resolved once.

    >>> to_text("<p>AT&amp;T <b>is</b> down<p>again<script>alert(1)</script>")
    'AT&T is down\nagain'
    """
    text = "".join(_pieces(markup[:_LONGEST_MARKUP]))
    return calm(html.unescape(countable(text)), longest)


def countable(markup: str) -> str:
    """The same, where no reference is to a number beyond Unicode (and beyond what `int` takes)."""
    return _BEYOND.sub("\N{REPLACEMENT CHARACTER}", _ZEROS.sub(r"\1", markup))


def calm(text: str, longest: int = LONGEST) -> str:
    """Plain text with its white space in order, at most `longest` characters, without what could be a tag.

    A `<` before a letter gets a space behind it: nothing is lost, and no page that forgets to escape can run it.
    """
    text = _CONTROLS.sub("", text[: 20 * longest].replace("\r", "\n"))
    text = _LINES.sub("\n", _SPACES.sub(" ", text)).strip()
    return _TAG_LIKE.sub("< ", text)[:longest].rstrip()


def _pieces(markup: str) -> Iterator[str]:
    """The text between tags, and what the tags mean for it."""
    at = 0
    while tag := _TAG.search(markup, at):
        yield _own_breaks(markup[at : tag.start()])
        at, name = tag.end(), (tag[2] or "").lower()
        if name in _HIDDEN and not tag[1]:
            at = _end_of(name, markup, at)
        elif name in _BLOCKS:
            yield "\n"
        elif name in _CELLS:
            yield " "
    yield _own_breaks(markup[at:])


def _own_breaks(text: str) -> str:
    """In HTML a line break is a space."""
    return text.replace("\r", " ").replace("\n", " ")


def _end_of(name: str, markup: str, at: int) -> int:
    """Behind the end of an element that is not shown; one without an end hides all that follows."""
    end = re.compile(rf"</{name}(?![a-zA-Z0-9])[^>]*+(?:>|\Z)", re.IGNORECASE).search(markup, at)
    return end.end() if end else len(markup)
