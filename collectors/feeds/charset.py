"""Bytes from the web to text, whatever they claim to be written in."""

import codecs
import re
from collections.abc import Iterator

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_KNOWN = re.compile(
    r"ascii|utf-(8|16|32)(-[bl]e)?|iso8859-\d+|cp(125\d|874|932|949|950)|koi8-[rtu]|mac-\w+|shift_jis\w*|"
    r"euc_\w+|iso2022_\w+|gb2312|gbk|gb18030|big5\w*|tis-620"
)
"""Written systems of the world. Python knows others, which take quadratic time (punycode) or are no charset."""
_SEVEN_BIT = "iso2022"
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE | re.ASCII)
_IN_XML = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.ASCII)
_NEVER_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def decode(body: bytes, content_type: str = "") -> str:
    """The text, without what XML forbids. Never fails: what no charset explains is read as Windows-1252.

    Bytes that are UTF-8 are read as such whatever the header says: other writing does not look like it by chance.
    """
    for encoding in _candidates(body, content_type):
        try:
            return _NEVER_IN_XML.sub("", body.decode(encoding))
        except (UnicodeError, LookupError):
            continue
    return _NEVER_IN_XML.sub("", body.decode("cp1252", "replace"))


def _candidates(body: bytes, content_type: str) -> Iterator[str]:
    yield from (encoding for mark, encoding in _MARKS if body.startswith(mark))
    said = _IN_HEADER.search(content_type)
    written = _IN_XML.match(body)
    names = ([said[1]] if said else []) + ([written[1].decode("ascii")] if written else [])
    claimed = [name for name in map(_known, names) if name]
    yield from (name for name in claimed if name.startswith(_SEVEN_BIT))
    yield "utf-8"
    yield from claimed


def _known(name: str) -> str:
    try:
        name = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return name if _KNOWN.fullmatch(name) else ""
