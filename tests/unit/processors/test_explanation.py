"""Why a text scores as it does: each token's part, exact for the linear part, by leaving it out for the whole."""

import json
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.config import from_dict
from earshot.seams import Asked
from processors.asked import NegativityScorer
from processors.negativity.explanation import LONGEST, explain, spelled
from processors.negativity.features import extract
from processors.negativity.model import Negativity
from processors.negativity.tokens import bare, tokenize


@cache
def model() -> Negativity:
    return Negativity()


@cache
def scorer() -> NegativityScorer:
    return NegativityScorer(from_dict({"brands": [{"name": "Acme"}]}))


@given(st.text(max_size=80))
def test_tokens_joined_are_read_as_the_same_tokens(text: str) -> None:
    read = tokenize([text])
    again = tokenize([" ".join(spelled(read))])
    assert np.array_equal(read.hashes[read.which], again.hashes[again.which])


def test_each_effect_is_what_leaving_the_token_out_does() -> None:
    tokens, left = explain(model(), "the parcel is broken")
    whole, without = model().probabilities(["the parcel is broken", "the parcel is"])[:, 0]
    assert [each.token for each in tokens] == ["the", "parcel", "is", "broken"]
    assert tokens[-1].effect == pytest.approx(whole - without)
    assert tokens[-1].effect > 0
    assert left == 0


def test_the_linear_parts_are_of_the_right_sign() -> None:
    by_token = {
        each.token: each.linear for each in explain(model(), "terrible service but wonderful food")[0]
    }
    assert by_token["terrible"] > 0 > by_token["wonderful"]


@pytest.mark.parametrize("text", ["", "\0", "a" * 99_999, "no " * 30_000, "\ud800", "@a https://b.example"])
def test_any_text_is_explained_as_far_as_is_worth_it(text: str) -> None:
    tokens, left = explain(model(), text)
    assert len(tokens) <= LONGEST
    assert len(tokens) + left == len(extract([bare(text)]).tokens.which)
    assert scorer().explain(Asked(text)).model == model().version


def test_each_token_knows_what_it_stands_for() -> None:
    text = "@Ada_B NON arrivaaaa: https://a.example/x?y=1 &amp; l’ho pagato 39,90 € 👎🏽!!"
    tokens, _ = explain(model(), text)
    assert [(each.token, text[each.start : each.end]) for each in tokens] == [
        ("[handle]", "@Ada_B"),
        ("non", "NON"),
        ("arrivaa", "arrivaaaa"),
        (":", ":"),
        ("[address]", "https://a.example/x?y=1"),
        ("&", "&amp;"),
        ("l'ho", "l’ho"),
        ("pagato", "pagato"),
        ("0", "39"),
        (",", ","),
        ("0", "90"),
        ("€", "€"),
        ("👎", "👎🏽"),
        ("!!", "!!"),
    ]


@given(st.text(st.sampled_from("aà0 1.\n@:/&;hHtTpPwWİΣ’_'e\u0301👍🏽\u200d\ue001\ud800"), max_size=80))
def test_places_are_in_order_and_in_the_text(text: str) -> None:
    end = 0
    for each in explain(model(), text)[0]:
        assert end <= each.start <= each.end <= len(text)
        end = each.end


@given(st.lists(st.from_regex(r"[a-zà-ü]{1,12}|[!?.,:;€]|[0-9]{1,4}", fullmatch=True), max_size=40))
def test_no_ordinary_word_is_without_a_place(words: list[str]) -> None:
    assert all(each.start < each.end for each in explain(model(), " ".join(words))[0])


def test_a_score_is_ready_for_json_and_an_unread_language_is_null() -> None:
    italian, japanese = scorer().score([Asked("Il pacco non arriva mai"), Asked("配送が遅れて最悪です")])
    assert list(italian)[:5] == ["language", "negative", "neutral", "positive", "uncertain"]
    assert {"basis", "intents", "model"} <= italian.keys()
    assert json.dumps(italian)
    assert italian["language"] == "it"
    assert italian["negative"] + italian["neutral"] + italian["positive"] == pytest.approx(1, abs=2e-4)
    assert (japanese["language"], japanese["negative"]) == ("unknown", None)


def test_an_explanation_of_english_names_the_words_that_vader_knows() -> None:
    why = scorer().explain(Asked("This is a HORRIBLE company, thanks for nothing!"))
    assert why.second
    assert ("HORRIBLE", -2.5) in why.second.words
    assert sum(why.second.shares) == pytest.approx(1)
    assert max(why.tokens, key=lambda each: each.effect).token == "horrible"
    assert scorer().explain(Asked("Questa azienda è orribile, mai più")).second is None


def test_what_is_explained_is_what_is_scored() -> None:
    text = "Sono furioso, @ada: il pacco è arrivato rotto https://a.example"
    why, (scored,) = scorer().explain(Asked(text)), scorer().score([Asked(text)])
    assert why.shares
    assert why.shares.negative == pytest.approx(scored["negative"], abs=1e-4)
    assert (why.language, why.model) == (scored["language"], scored["model"])


def test_what_is_explained_is_the_whole_text_whoever_is_asked_about() -> None:
    text = "Acme saved my day after Bolt lost my parcel"
    assert scorer().explain(Asked(text, "en", "Bolt")) == scorer().explain(Asked(text, "en", "Acme"))


def test_what_cannot_be_read_has_no_reasons() -> None:
    why = scorer().explain(Asked("配送が遅れて最悪です"))
    assert (why.language, why.shares, why.tokens) == ("unknown", None, ())
