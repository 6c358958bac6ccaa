from hypothesis import given
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE, SPECIAL_CASES, SentimentIntensityAnalyzer

from processors.negativity.vader import Vader, _Analyzer

LIBRARY, OURS, VADER = SentimentIntensityAnalyzer(), _Analyzer(), Vader()
WORDS = st.sampled_from(
    [
        *sorted(NEGATE),
        *BOOSTER_DICT,
        *SPECIAL_CASES,
        "no",
        "or",
        "nor",
        "never",
        "so",
        "this",
        "without",
        "doubt",
    ]
    + [
        "least",
        "at",
        "but",
        "kind",
        "of",
        "good",
        "GOOD",
        "bad",
        "horrible",
        "love",
        "HATE!!!",
        "the",
        "a",
        "😡",
        ":(",
    ]
)


@given(st.lists(WORDS, max_size=14).map(" ".join) | st.text(st.characters(max_codepoint=127), max_size=60))
def test_ours_gives_what_the_library_gives(text: str) -> None:
    assert OURS.polarity_scores(text) == LIBRARY.polarity_scores(text)


@given(st.text(max_size=200))
def test_any_text_has_three_probabilities_that_sum_to_one(text: str) -> None:
    opinion = VADER.opinion(text)
    assert abs(sum(opinion) - 1) < 1e-9
    assert min(opinion) > 0


def test_bad_words_are_negative_and_good_ones_positive() -> None:
    assert VADER.opinion("This is horrible, I hate it").negative > 0.8
    assert VADER.opinion("Thank you, I love it, wonderful").positive > 0.8
    assert VADER.opinion("The office opens at nine").neutral > 0.5
