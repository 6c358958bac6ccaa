"""Texts as tokens: what is made alike, where tokens begin and end, and that lines keep apart."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from processors.negativity.tokens import ADDRESSES, HANDLES, bare, tokenize


def spelled(text: str) -> list[str]:
    """The tokens of one text, as they are read."""
    tokens = tokenize([text])
    distinct = "".join(map(chr, tokens.letters)).split(" ")[1:-1]
    return [distinct[which] for which in tokens.which]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Non è male!", ["non", "è", "male", "!"]),
        ("NOOOO, ma che... dite?!", ["noo", ",", "ma", "che", "...", "dite", "?", "!"]),
        ("Bravi… due ore……", ["bravi", "...", "due", "ore", "......"]),
        ("Ordine 48213 del 3/4", ["ordine", "0", "del", "0", "/", "0"]),
        ("l’assistenza c'era", ["l'assistenza", "c'era"]),
        ("@acme_help vedi https://a.example/b?c=d", ["\ue002", "vedi", "\ue001"]),
        ("@anna@toot.example ciao", ["\ue002", "ciao"]),
        ("bello 😂😂👍🏽", ["bello", "😂😂", "👍"]),
        ("Tom &amp; Ann &lt;3", ["tom", "&", "ann", "<", "0"]),
        ("perche\u0301", ["perch\u00e9"]),
        ("un\ndue\u2028tre\x1equattro", ["un", "due", "tre", "quattro"]),
        ("&#10;uno&NewLine;due", ["uno", "due"]),
        ("", []),
        (" \0\n ", []),
        ("Ottimo.<br/>Molto <b>bello</b>, 3 < 4", ["ottimo", ".", "molto", "bello", ",", "0", "<", "0"]),
        ("届かない 배송 late", ["届", "か", "な", "い", "배", "송", "late"]),
    ],
)
def test_what_a_text_is_read_as(text: str, tokens: list[str]) -> None:
    assert spelled(text) == tokens


@given(st.lists(st.text(max_size=40), max_size=6))
def test_texts_keep_apart_and_in_order(texts: list[str]) -> None:
    together = tokenize(texts)
    assert together.texts == len(texts)
    hashes = together.hashes[together.which]
    for place, text in enumerate(texts):
        alone = tokenize([text])
        assert np.array_equal(hashes[together.text == place], alone.hashes[alone.which])


@given(st.text(max_size=80))
def test_each_distinct_token_stands_between_blanks(text: str) -> None:
    tokens = tokenize([text])
    assert len(tokens.letters) == tokens.lengths.sum() + len(tokens.lengths) + 1
    assert (tokens.letters == 32).sum() == len(tokens.lengths) + 1
    assert len(set(tokens.hashes.tolist())) == len(tokens.hashes)


@given(st.text(max_size=80))
def test_a_bare_text_stays_as_it_is(text: str) -> None:
    assert bare(bare(text)) == bare(text)


def test_copies_with_other_links_and_handles_are_one_text() -> None:
    assert (
        bare("@a see https://t.co/1 NOW")
        == bare("@bb_7 see http://x.example/?q=2 NOW")
        == "@user see http NOW"
    )


@given(
    st.lists(
        st.sampled_from(["http", "HTTPS", "://", "WWW.", "ww", "a.b", "@ada", " ", "ſ", "İ", "\n"]),
        max_size=9,
    )
)
@example(["@ada", "@ada", "a.b", "@ada", "a.b"])
def test_addresses_and_handles_are_taken_out_wherever_they_are(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert bare(text) == HANDLES.sub("@user", ADDRESSES.sub("http", text))
    assert bare(bare(text)) == bare(text)
