"""Why a text scores as it does: each token's part, exact for the linear part, by leaving it out for the whole."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.config import from_dict
from earshot.seams import Asked
from processors.asked import NegativityScorer
from processors.negativity.explanation import explain, spelled
from processors.negativity.features import extract
from processors.negativity.model import Negativity
from processors.negativity.tokens import tokenize


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
    tokens = explain(model(), "the parcel is broken")
    whole, without = model().probabilities(["the parcel is broken", "the parcel is"])[:, 0]
    assert [each.token for each in tokens] == ["the", "parcel", "is", "broken"]
    assert tokens[-1].effect == pytest.approx(whole - without)
    assert tokens[-1].effect > 0


def test_the_linear_parts_are_of_the_right_sign() -> None:
    by_token = {each.token: each.linear for each in explain(model(), "terrible service but wonderful food")}
    assert by_token["terrible"] > 0 > by_token["wonderful"]


@pytest.mark.parametrize("text", ["", "\0", "a" * 99_999, "no " * 30_000, "\ud800", "@a https://b.example"])
def test_any_text_is_explained(text: str) -> None:
    assert len(explain(model(), text)) == len(extract([text]).tokens.which)
    assert scorer().explain(Asked(text))


def test_a_score_is_ready_for_json_and_an_unread_language_is_null() -> None:
    italian, japanese = scorer().score([Asked("Il pacco non arriva mai"), Asked("配送が遅れて最悪です")])
    assert list(italian) == ["language", "negative", "neutral", "positive", "uncertain", "model"]
    assert italian["language"] == "it"
    assert italian["negative"] + italian["neutral"] + italian["positive"] == pytest.approx(1, abs=2e-4)
    assert (japanese["language"], japanese["negative"]) == ("unknown", None)


def test_an_explanation_of_english_names_the_words_that_vader_knows() -> None:
    lines = dict(scorer().explain(Asked("This is a HORRIBLE company, thanks for nothing!")))
    assert "HORRIBLE -2.5" in lines["VADER"]
    assert "horrible" in lines["more negative"]
    assert "VADER" not in dict(scorer().explain(Asked("Questa azienda è orribile, mai più")))
