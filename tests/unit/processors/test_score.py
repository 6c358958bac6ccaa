"""What a mention says, in words and stars; what cannot be read is unknown."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_world import FURIOUS, PLEASED, desk, mention

from earshot.model import Author, Rating, Score
from processors.language import _FUNCTION_WORDS, LanguageGuesser
from processors.negativity.model import shipped
from processors.negativity.opinion import Opinion
from processors.score import Finding, Reader, Scorer, Text, contradicts

GUESSER = LanguageGuesser(("it", "en", "es", "fr", "de", "pt", "ar", "hi"))


def test_no_function_word_stands_for_two_languages() -> None:
    words = [word for each in _FUNCTION_WORDS.values() for word in each.split()]
    assert len(words) == len(set(words))


def score(text: str, **values: object) -> Score:
    (found,) = desk().scorer.score([mention("1", text=text, **values)])
    return found


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("The train was late and nobody told us anything", None, "en"),
        ("Il treno era in ritardo e nessuno ci ha detto niente", None, "it"),
        ("Der Zug war zu spät und niemand hat uns etwas gesagt", None, "de"),
        ("El tren llegó tarde y nadie nos dijo nada de eso", None, "es"),
        ("Ma non è giusto che il tracking is sempre fermo", None, "it"),
        ("配送が遅れて最悪です。二度と使いません。", None, "unknown"),
        ("Поезд опоздал, и никто нам ничего не сказал", None, "unknown"),
        ("الطلب لم يصل منذ أسبوعين ولا أحد يرد على الهاتف", None, "ar"),
        ("سفارش من هنوز نرسیده و کسی پاسخ نمی‌دهد", None, "unknown"),
        ("मेरा ऑर्डर अभी तक नहीं आया और कोई जवाब नहीं देता", None, "hi"),
        ("ok", None, "unknown"),
        ("ok", "it", "it"),
        ("ok", "it-IT", "it"),
        ("The train was late and nobody told us anything", "ja", "unknown"),
        ("The train was late and nobody told us anything", "und", "en"),
        ("@united https://t.co/abc", None, "unknown"),
    ],
)
def test_language(text: str, declared: str | None, language: str) -> None:
    assert GUESSER.guess(text, declared) == language


def test_every_language_of_the_model_is_read_and_the_score_says_by_what() -> None:
    found = score("Sono furioso, il numero verde cade sempre e il pacco non arriva")
    assert (found.language, found.basis, found.model) == ("it", "text", shipped().version)
    assert found.negative is not None
    assert found.negative > 0.6


def test_what_the_brand_itself_says_is_no_complaint_about_it() -> None:
    ours, theirs = Author(id="1", handle="@Acme_Help"), Author(id="2", handle="anna")
    statement = (
        "Cards are blocked since last night, the lines are overloaded: we are sorry, this is a terrible day"
    )
    own, carried = (score(statement, author=author) for author in (ours, theirs))
    assert carried.negative is not None
    assert own.negative is not None
    assert (own.basis, own.negative <= 0.2 < carried.negative) == ("own", True)
    assert score("Our lawyers will sue whoever says that we burn people", author=ours).grave == ()


def test_a_lawyer_calls_but_for_who_is_glad_and_danger_only_where_it_is_bad() -> None:
    assert score("My lawyer will write to you and I will sue your company").grave == ("legal",)
    stars = {"kind": "review", "rating": Rating(value=5.0)}
    assert score("My lawyer will write to you and I will sue your company", **stars).grave == ()
    assert score("The staff gave first aid at once when my son got burns, we thank them").grave == ()


@pytest.mark.parametrize(
    "text", ["配送が遅れて最悪です。二度と使いません。", "Поезд опоздал, и никто нам ничего не сказал", "ok"]
)
def test_what_cannot_be_read_is_unknown_and_never_fine(text: str) -> None:
    found = score(text)
    assert (found.language, found.negative, found.vote) == ("unknown", None, None)


def test_a_language_that_is_configured_but_was_never_learnt_is_not_read() -> None:
    (found,) = Reader(("nl", "en")).read([("De trein was weer te laat en niemand zei iets", "nl")])
    assert (found.language, found.opinion) == ("nl", None)


def test_vader_is_asked_about_english_and_a_strong_disagreement_is_uncertain() -> None:
    bad = Opinion(0.8, 0.1, 0.1)
    assert contradicts(bad, Opinion(0.1, 0.2, 0.7))
    assert not contradicts(bad, Opinion(0.2, 0.6, 0.2))
    assert not score(FURIOUS).uncertain


def test_a_text_that_differs_in_an_address_or_a_handle_is_read_once() -> None:
    reader = Counting()
    scorer = Scorer(reader)
    scores = scorer.score(
        [mention(str(n), text=f"@user{n} my parcel is lost https://t.example/{n}") for n in range(9)]
    )
    assert scorer.score([mention("9", text="@z my parcel is lost http://other.example")]) == scores[:1]
    assert len(set(map(str, scores))) == 1
    assert reader.read_so_far == 1


class Counting:
    """The real reader, counted."""

    def __init__(self) -> None:
        self._reader, self.read_so_far = Reader(("it", "en")), 0

    def read(self, texts: Sequence[Text]) -> list[Finding]:
        self.read_so_far += len(texts)
        return self._reader.read(texts)


def test_english_is_read() -> None:
    bad, good = score(FURIOUS), score(PLEASED)
    assert bad.negative is not None
    assert good.positive is not None
    assert bad.negative > 0.8 < good.positive


@pytest.mark.parametrize(("stars", "negative"), [(1, True), (2, True), (3, False), (5, False)])
def test_stars_are_evidence_in_every_language(stars: int, *, negative: bool) -> None:
    found = score("配送が遅れて", stars=stars)
    assert found.negative is not None
    assert (found.negative >= 0.8) is negative


def test_words_that_contradict_the_stars_make_the_score_uncertain() -> None:
    assert score(PLEASED, stars=1).uncertain
    assert not score(FURIOUS, stars=1).uncertain


@given(
    st.lists(st.sampled_from([FURIOUS, PLEASED, "", "ok", "😡😡😡", "Il treno era in ritardo"]), max_size=8)
)
def test_neighbours_have_no_influence(texts: list[str]) -> None:
    together = desk().scorer.score([mention(str(i), text=text) for i, text in enumerate(texts)])
    assert together == [score(text) for text in texts]


@given(st.text(max_size=400))
def test_any_text_has_a_score_whose_parts_sum_to_one_or_none(text: str) -> None:
    found = score(text)
    parts = (found.negative, found.neutral, found.positive)
    assert parts == (None, None, None) or sum(part or 0 for part in parts) == pytest.approx(1, abs=2e-4)


def test_a_hundred_thousand_characters_are_scored_in_passing() -> None:
    assert score("terrible but horrible " * 5_000, language="en").negative is not None
