import html
import re
import time
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.markup import LONGEST, calm, to_text

PIECES = st.sampled_from(
    ["<", ">", "</", "<!--", "-->", "<script>", "</script>", "<style", "<p>", "<br/>", "&lt;", "&amp;", "&#", "&#x", ";",
     '"', "'", "=", " ", "\n", "\0", "a", "0", "9" * 9, "<![CDATA[", "]]>", "<?", "?>", "<iframe", "\ud800", "\u202e"]
)  # fmt: skip
MARKUP = st.lists(PIECES | st.text(max_size=5), max_size=60).map("".join)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("Ronvia non va", "Ronvia non va"),
        ("<p>uno</p><p>due</p>", "uno\ndue"),
        ("uno<br>due<br/>qui", "uno\ndue\nqui"),
        ("<b>uno</b><i>due</i>", "unodue"),
        ("  uno \n\n\t due  ", "uno due"),
        ("<ul><li>uno<li>due</ul>qui", "uno\ndue\nqui"),
        ("<tr><td>uno</td><td>due</td></tr>", "uno due"),
        ("AT&amp;T &egrave; gi&ugrave; &#8364;5 &#x1F600;", "AT&T è giù €5 😀"),
        ("&amp;lt;b&amp;gt; resolved once", "&lt;b&gt; resolved once"),
        ("uno&nbsp;&nbsp;due&shy;qui", "uno duequi"),
        ("uno<script>alert('<p>')</script>due", "unodue"),
        ("uno<SCRIPT src=x>a</SCRIPT >due<style>p{}</style>qui", "unoduequi"),
        ("uno<script>never ends <p>", "uno"),
        ("uno</script>due", "unodue"),
        ("uno<!-- <p>x --> due<!-- no end <p>", "uno due"),
        ("uno<!DOCTYPE html><?php echo 1 ?>due", "unodue"),
        ('<a title="a > b" href=x>uno</a>', "uno"),
        ("<a title='\">'>uno</a>", "uno"),
        ("2 < 3 and I <3 you", "2 < 3 and I <3 you"),
        ("a <broken tag", "a < broken tag"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "< script>alert(1)< /script>"),
        ("<img src=x onerror=alert(1)>uno<svg><title>x</title></svg>", "uno"),
        ("&#0;&#xD800;&#x110000;&#99999999999999999999;", "\ufffd" * 4),
        ("&#" + "9" * 5_000 + ";", "\ufffd"),
        ("&#0000000000000000000038;", "&"),
        ("uno\x00\x07due", "unodue"),
    ],
)
def test_what_a_reader_sees(markup: str, text: str) -> None:
    assert to_text(markup) == text


@given(MARKUP)
def test_whatever_comes_it_is_bounded_and_inert(markup: str) -> None:
    with warnings.catch_warnings():
        text = to_text(markup, 50)
    assert len(text) <= 50
    assert not re.search(r"<[a-zA-Z/!?]", text)
    assert not re.search("[\x00-\x08\x0b\x0c\r\x0e-\x1f\ud800-\udfff]", text)
    assert text == text.strip()
    assert "\n\n" not in text
    assert "  " not in text.replace("< ", "<")


@given(st.text())
def test_plain_text_that_was_escaped_reads_as_it_was(text: str) -> None:
    assert to_text(html.escape(text).replace("\n", "<br>").replace("\r", "<br>")) == calm(text)


@given(MARKUP)
def test_calm_text_stays_as_it_is(markup: str) -> None:
    once = calm(markup)
    assert calm(once) == once


@pytest.mark.parametrize(
    "unit",
    ["<", "<a ", '<a "', "<a '", "<a \"<a'", "<!--", "<!", "<?", "</", "<script", "<script>", "<style></styl", "&", "&#", "&#x",
     "&#0", "&a", " \n", "<p>", "<a b=c ", "<a\"'", "]]>", "<b"],
)  # fmt: skip
def test_time_grows_with_length_and_not_with_its_square(unit: str) -> None:
    """Thirty times as long takes thirty times, not nine hundred times; the machine is shared, so with much slack."""

    def seconds(size: int) -> float:
        markup = unit * (size // len(unit))
        best = 1e9
        for _ in range(3):
            began = time.perf_counter()
            to_text(markup)
            best = min(best, time.perf_counter() - began)
        return best

    assert seconds(300_000) < 200 * seconds(10_000) + 0.2


def test_endless_text_is_cut() -> None:
    assert len(to_text("parola " * 100_000)) <= LONGEST
