"""The shipped model: what it promises of every text, whatever it was trained on."""

import subprocess
import sys
from functools import cache
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.fingerprint import fingerprint
from processors.negativity.features import extract
from processors.negativity.model import MODEL_FILE, Negativity

TEXTS = [
    "Non è male, lo ricomprerei!",
    "Still waiting for my refund 😡",
    "",
    "ok",
    "a" * 5_000,
    "\ud800 \0 \n",
]
ANY = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(TEXTS), max_size=5).map(" ".join))
HOSTILE = [
    "\0", "😀", "a", "&#1", "&amp;", "http", "@a", "@", "\u0301", "a\u0301\u0316", "\n", "İ", "x ", "!?", "non ", "\ue001",
    "www.", "\u2028", "&NewLine;", "ﷺ", "\U000e0067", "\ud83d", "配送",
]  # fmt: skip


@cache
def model() -> Negativity:
    return Negativity()


@settings(max_examples=60)
@given(st.lists(ANY, max_size=12))
def test_a_text_scores_the_same_in_any_company_to_the_last_bit(texts: list[str]) -> None:
    together = model().opinions(texts)
    assert together == [model().opinions([text])[0] for text in texts]


@given(ANY)
def test_three_probabilities_sum_to_one(text: str) -> None:
    (opinion,) = model().opinions([text])
    assert sum(opinion) == pytest.approx(1, abs=1e-9)
    assert min(opinion) >= 0


def test_large_batches_are_read_in_parts_and_give_the_same() -> None:
    texts = [f"{text} {number}" for number in range(300) for text in TEXTS]
    together = model().probabilities(texts)
    assert np.array_equal(together, np.concatenate([model().probabilities([text]) for text in texts]))


@given(
    st.sampled_from(["@{} the parcel is late {}", "Grazie {} per {} tutto", "{}"]),
    st.from_regex(r"[A-Za-z0-9_]{1,15}", fullmatch=True),
    st.from_regex(r"https?://[a-z0-9./?=&-]{3,30}", fullmatch=True),
)
def test_who_is_addressed_and_what_is_linked_says_nothing(form: str, handle: str, url: str) -> None:
    swapped = form.replace("{}", "@" + handle).replace("@@", "@") + " " + url
    usual = form.replace("{}", "@bob").replace("@@", "@") + " https://a.example"
    assert model().opinions([swapped]) == model().opinions([usual])


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hundred_thousand_characters_of_anything_are_read_in_passing(piece: str) -> None:
    long = piece * (100_000 // len(piece))
    model().opinions([long[:1_000]])
    started = process_time()
    (opinion,) = model().opinions([long])
    assert process_time() - started < 2  # quadratic would be minutes
    assert sum(opinion) == pytest.approx(1)


def test_bad_and_good_are_told_apart_in_italian_and_english() -> None:
    bad, good = (
        ["Servizio pessimo, sono furioso: il pacco non arriva mai", "Worst service ever, I am furious"],
        ["Grazie mille, servizio fantastico!", "Thank you so much, wonderful service!"],
    )
    assert all(opinion.negative > 0.6 for opinion in model().opinions(bad))
    assert all(opinion.positive > 0.6 for opinion in model().opinions(good))


def test_the_linear_part_is_the_sum_of_what_its_tokens_contribute() -> None:
    features = extract(["Non è male, ma il pacco è arrivato rotto"])
    linear = model()._linear
    sums = linear.contributions(features).sum(axis=0) + linear._bias
    assert sums == pytest.approx(linear.scores(features)[0])


def test_the_file_is_small_and_says_what_it_is() -> None:
    assert MODEL_FILE.stat().st_size <= 10_000_000
    assert model().version == f"{MODEL_FILE.stem}@{fingerprint()}"
    assert {"it", "en", "es", "fr", "de", "pt"} <= set(model().languages)


def test_at_run_time_only_numpy_is_needed() -> None:
    code = (
        "import sys; from processors.negativity.model import Negativity; Negativity().opinions(['ok']);"
        "print([m for m in ('scipy', 'sklearn', 'jax', 'torch') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"
