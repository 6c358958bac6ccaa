"""The page of a mention: how it reads, which words carried that, and what is never said of it."""

import asyncio
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from console_world import ENGLISH, ITALIAN, NOW, PATIENT, Words, World
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from test_console_pages import HOSTILE, Parsed, ask

from console import mention_view
from console.mention import Reasons
from console.mention_view import MentionPage, pieces
from console.reading_mentions import Found
from earshot.clock import to_us
from earshot.config import Brand, from_dict
from earshot.model import Address, Author, Mention, Metrics, Rating, Score, Story
from earshot.seams import Asked, Carried, Explanation, SecondOpinion, Shares
from earshot.store import mentions
from earshot.store.mentions import Kept

READ = Score(
    language="en", negative=0.7167, neutral=0.0372, positive=0.2461, basis="text", model="negativity-1"
)
TEXT = "Parcel broken, thanks"
TOKENS = (
    Carried("parcel", 0.001, 0.1, 0, 6),
    Carried("broken", 0.31, 0.9, 7, 13),
    Carried(",", -0.02, 0.0, 13, 14),
    Carried("thanks", -0.09, -0.4, 15, 21),
)
WHY = Explanation("en", "negativity-1", Shares(0.72, 0.04, 0.24), TOKENS)


def page(
    score: Score = READ,
    why: Explanation | None = WHY,
    *,
    say: Any = ENGLISH,
    withdrawn: bool = False,
    link: str = "reply",
    brand: Brand = Brand(name="Ronvia"),  # noqa: B008 - frozen
    **changes: Any,
) -> MentionPage:
    said: dict[str, Any] = {
        "id": "x:1", "brand": "Ronvia", "author": Author(id="1", handle="@ada"), "created_at": NOW,
        "collected_at": NOW, "text": TEXT,
    }  # fmt: skip
    kept = Kept(1, Mention(**(said | changes)), score, link, withdrawn)
    story = Story(id=1, brand="Ronvia", first="x:1", opened_at=NOW, last_at=NOW, mentions=2, authors=1)
    return mention_view.mention_page(say, Found(kept, to_us(NOW), story, kept), why, NOW, brand)


def test_words_are_tinted_by_what_they_do() -> None:
    shown = page()
    assert [(piece.text, piece.tint) for piece in shown.pieces] == [
        ("Parcel ", ""),
        ("broken", "up-3"),
        (", ", ""),
        ("thanks", "down-2"),
    ]
    assert [piece.said for piece in shown.pieces if piece.said] == [
        "more negative: +0.31",
        "less negative: −0.09",
    ]
    assert shown.weighed
    assert [(each.token, each.points) for each in shown.weighed.more] == [("broken", "+0.31")]
    assert [(each.token, each.points) for each in shown.weighed.less] == [("thanks", "−0.09")]


@PATIENT
@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(-3, 70), st.integers(-3, 70), st.floats(-1, 1)), max_size=12),
)
def test_tinted_pieces_are_the_text_again(text: str, places: list[tuple[int, int, float]]) -> None:
    """Whatever a scorer claims."""
    tokens = [Carried("x", effect, 0.0, start, end) for start, end, effect in places if start >= 0]
    assert "".join(piece.text for piece in pieces(ENGLISH, text, tokens)) == text


def test_the_numbers_sum_up_and_are_explained() -> None:
    shown = page()
    assert [(share.word, share.number) for share in shown.shares] == [
        ("negative", "0.72"),
        ("neutral", "0.03"),
        ("positive", "0.25"),
    ]
    assert (
        shown.meaning
        == "Of 100 texts that read like this one, about 72 are negative, 3 neutral and 25 positive."
    )
    assert (shown.basis, shown.language, shown.model, shown.uncertain, shown.unread) == (
        "the words",
        "English",
        "negativity-1",
        "",
        "",
    )


def test_how_its_author_speaks_is_told_in_both_languages() -> None:
    loud = structs.replace(
        READ, intents={"complaint": 0.9}, mood="anger", address="tu", emphasis=("capitals", "repeats")
    )
    assert page(loud).about == [
        ("Intents", "complaint 90 %"),
        ("Sounds", "angry"),
        ("Emphasis", "capital letters, letters or marks over and over"),
        ("Way of speaking", "says “tu”"),
    ]  # in English there is but one way to answer
    assert ("Enfasi", "maiuscole, lettere o segni ripetuti") in page(loud, say=ITALIAN).about
    assert "Emphasis" not in dict(page(structs.replace(loud, emphasis=())).about)


def answered(language: str, address: Address, brand: Brand, say: Any = ENGLISH, **changes: Any) -> str:
    score = structs.replace(READ, language=language, address=address, intents={"complaint": 0.9})
    rows = dict(page(score, say=say, brand=brand, **changes).about)
    return rows.get("To be answered", rows.get("Si risponde", ""))


@pytest.mark.parametrize(
    ("language", "address", "how"),
    [
        ("it", "tu", "with “tu”, as its author does"),
        ("it", "lei", "with “Lei”, as its author does"),
        ("it", "voi", "with “Lei”, as the brand does: its author leaves it open"),
        ("it", "none", "with “Lei”, as the brand does: its author leaves it open"),
        ("de", "informal", "informally, as its author does"),
        ("fr", "none", "formally, as the brand does: its author leaves it open"),
        ("en", "none", ""),
    ],
)
def test_in_which_form_to_answer(language: str, address: Address, how: str) -> None:
    assert answered(language, address, Brand(name="Ronvia")) == how


def test_a_brand_may_say_tu_and_otherwise_on_some_sources() -> None:
    brand = Brand(name="Ronvia", address="tu", address_differs_on=("feeds",))
    assert answered("it", "voi", brand, ITALIAN).startswith("dando del «tu», come fa il brand")
    assert answered("it", "voi", brand, id="feeds:1").startswith("with “Lei”")
    assert answered("it", "lei", brand).startswith("with “Lei”, as its author")


def test_what_nobody_answers_says_no_form() -> None:
    brand = Brand(name="Ronvia", accounts=("@ada",))
    assert answered("it", "tu", brand) == ""
    elsewhere = Brand(name="Ronvia", accounts=("elsewhere:@ada",))
    assert answered("it", "tu", elsewhere) == "with “tu”, as its author does"
    assert answered("it", "tu", Brand(name="Ronvia"), kind="article") == ""


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_is_shown_of_the_chances_sums_to_one(one: float, part: float) -> None:
    score = Score(language="en", negative=one, neutral=(1 - one) * (1 - part), positive=(1 - one) * part)
    shown = [round(100 * float(share.number)) for share in page(score, None).shares]
    assert sum(shown) == 100
    assert min(shown) >= 0


def test_stars_decide_and_the_words_are_heard_apart() -> None:
    stars = Score(
        language="it", negative=0.05, neutral=0.15, positive=0.8, uncertain=True, basis="rating, text", model="m"
    )  # fmt: skip
    shown = page(stars, rating=Rating(5))
    assert shown.meaning.startswith("Set by the stars")
    assert "opposite of the stars" in shown.uncertain
    assert [share.number for share in shown.alone] == ["0.72", "0.04", "0.24"]
    assert shown.basis == "the stars and the words"
    assert page(Score(language="unknown", negative=0.85, basis="rating"), None).basis == "the stars alone"


@pytest.mark.parametrize("basis", ["target", "victim", "own", "staff", "text"])
def test_what_the_words_explain_is_told_where_other_numbers_are_shown(basis: str) -> None:
    """Where several brands are named, where it is spared, and where staff said or taught otherwise."""
    score = Score(language="en", negative=0.84, neutral=0.1, positive=0.06, basis=basis, model="negativity-1")
    shown = page(score)
    assert [share.number for share in shown.shares] == ["0.84", "0.10", "0.06"]
    assert [share.number for share in shown.alone] == ["0.72", "0.04", "0.24"]
    assert page(score, None).alone == []


def test_what_was_stored_is_not_told_twice() -> None:
    """But for its last digits, as another machine may add up otherwise."""
    assert page().alone == []
    assert page(why=WHY._replace(shares=Shares(0.71, 0.04, 0.25))).alone == []


def test_the_page_says_which_number_the_words_explain(world: World) -> None:
    texts = [
        Words("The parcel is broken", negative=0.02, language="en"),
        Words("Il pacco è rotto", negative=0.02),
    ]
    story = world.tell("Ronvia", texts)
    shown = [answer.text for answer in ask(world, f"/mentions/{story}", f"/mentions/{story + 1}")]
    for text in shown:
        assert "What the words alone say" in text
        assert "The weights of single words on this page explain these numbers" in text
        told = text.partition('"t-negative"')[2].partition("What the words alone say")[2]
        number = re.search(r'class="num">(0\.\d\d)', told)
        assert number
        assert f"“negative” that the words alone give, {number[1]}, would fall" in text


def test_a_disagreement_of_vader_is_named_and_its_words_shown() -> None:
    score = Score(language="en", negative=0.7, neutral=0.2, positive=0.1, uncertain=True, basis="text")
    second = SecondOpinion("VADER", Shares(0.1, 0.2, 0.7), (("thanks", 1.9), ("broken", -2.1)))
    shown = page(score, WHY._replace(second=second))
    assert "VADER" in shown.uncertain
    assert shown.second
    assert [(each.token, each.points) for each in shown.second.words] == [
        ("thanks", "+1.90"),
        ("broken", "−2.10"),
    ]
    assert page().second is None


def test_another_version_is_said_and_the_stored_score_stays() -> None:
    shown = page(why=WHY._replace(model="negativity-9"))
    assert "negativity-9" in shown.other_model
    assert (shown.model, shown.shares[0].number) == ("negativity-1", "0.72")
    assert page().other_model == ""


def test_what_could_not_be_read_says_so_and_is_never_fine() -> None:
    for say, word in ((ENGLISH, "Could not be read"), (ITALIAN, "Non leggibile")):
        shown = page(Score(language="unknown"), None, say=say)
        assert shown.unread.startswith(word)
        assert (shown.shares, shown.meaning, shown.weighed, shown.row.mood) == ([], "", None, "unknown")


def test_words_that_were_not_weighed_are_counted() -> None:
    weighed = page(why=WHY._replace(left=541)).weighed
    assert weighed
    assert weighed.left == "541 more words were read too, but are not weighed one by one."


def test_a_long_text_is_cut_and_says_so() -> None:
    shown = page(text="wort " * 20_000)
    assert sum(len(piece.text) for piece in shown.pieces) == 10_000
    assert "89,999 more characters" in shown.more
    assert page(text="a\n" * 5_000).more


def test_what_the_source_counted() -> None:
    at = NOW - timedelta(hours=2)
    shown = page(metrics=Metrics(at=at, likes=1_200, views=0))
    assert shown.counted == [("likes", "1,200"), ("views", "0")]
    assert shown.counted_at
    assert shown.counted_at.ago == "2 hrs ago"


@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_withdrawn_mention_says_only_that(world: World, withdrawn: bool) -> None:
    story = world.tell("Ronvia", [Words("segreto", url="https://x.example/segreto", withdrawn=withdrawn)])
    (answer,) = ask(world, f"/mentions/{story}")
    assert ("This mention was withdrawn" in answer.text) == withdrawn
    for told in ("segreto", "How it reads", "negative 0.90"):
        assert (told in answer.text) != withdrawn


def test_a_mention_is_explained_and_leads_back_to_its_story(world: World) -> None:
    told = [
        Words("Carta bloccata", who="@giulia"),
        Words("Sono furioso, il pacco è arrivato rotto", link="reply"),
    ]
    story = world.tell("Ronvia", told)
    of_story, of_mention = ask(world, f"/stories/{story}", f"/mentions/{story + 1}")
    assert ("a", {"href": f"/mentions/{story + 1}"}) in Parsed(of_story.text).elements
    shown = Parsed(of_mention.text)
    assert f"/stories/{story}#m{story + 1}" in [
        attrs.get("href") for tag, attrs in shown.elements if tag == "a"
    ]
    for said in (
        "It replies to a mention that was known already.",
        "Italian",
        "The words that weigh most",
        "0.90",
    ):
        assert said in shown.text
    tinted = [attrs for tag, attrs in shown.elements if tag == "mark" and attrs.get("title")]
    assert tinted
    assert all("negative: " in (attrs["title"] or "") for attrs in tinted)
    links = [attrs for _, attrs in shown.elements if (attrs.get("href") or "").startswith("http")]
    assert [each["rel"] for each in links] == ["noopener noreferrer nofollow"]


def test_what_nobody_could_read_is_not_explained(world: World) -> None:
    story = world.tell("Ronvia", [Words("配送が遅れて最悪です", negative=None)])
    (answer,) = ask(world, f"/mentions/{story}")
    assert "Could not be read" in answer.text
    assert "<mark" not in answer.text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_tinted_and_never_obeyed(world: World, text: str) -> None:
    words = Words(text, who=text, title=text, url=f"javascript:{text}", link=text, language="en")
    story = world.tell("Ronvia", [words])
    with world.store.begin() as connection:
        (row,) = mentions.of_story(connection, story)
        raw = json.loads(row.score) | {"basis": text, "model": text, "language": text}
        mentions.replace(connection, [row._replace(score=json.dumps(raw))])
    (answer,) = ask(world, f"/mentions/{story}")
    shown = Parsed(answer.text)
    assert text in shown.text
    assert {tag for tag, _ in shown.elements} & {"img", "b onmouseover", "iframe", "style"} == set()
    assert [attrs for tag, attrs in shown.elements if tag == "script" and "src" not in attrs] == []
    assert not any(name.startswith("on") for _, attrs in shown.elements for name in attrs)
    assert "javascript:" not in " ".join(attrs.get("href") or "" for _, attrs in shown.elements)


@pytest.mark.parametrize("n", ["0", "7", "x", "+1", "1_0", "9" * 19, "9" * 30, "１"])
def test_there_is_no_such_mention(world: World, n: str) -> None:
    (answer,) = ask(world, f"/mentions/{n}")
    assert answer.status_code == 404


def test_reasons_are_loaded_when_first_asked_and_kept() -> None:
    async def ask_twice() -> None:
        reasons = Reasons(from_dict({"brands": [{"name": "Ronvia"}]}))
        assert reasons._scorers is None
        asked = Asked("Il pacco è arrivato rotto", "it")
        one, other = await asyncio.gather(reasons.of(asked), reasons.of(asked))
        assert one is other
        assert one
        assert one.tokens

    asyncio.run(ask_twice())
