"""`earshot label` and `earshot quality` as they are run, beside a service and without one."""

import json
from contextlib import closing
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
import rescore_world
from cli_world import Earshot
from msgspec import structs
from rescore_world import START
from sqlalchemy import URL, make_url

from earshot.claim import claimed
from earshot.model import Author, Mention, Rating
from earshot.staff import STAFF
from earshot.store import Store, brands, corrections, mentions
from earshot.topics import Said

TEXTS = (
    "The parcel is three weeks late and nobody answers the telephone",
    "Does the shop in the station open at nine on weekdays?",
    "Thank you so much, that was wonderful and very kind",
    "Third invoice for a contract that I cancelled in spring",
    "What time do you open on Sunday, and is there a lift?",
    "Great service again, the technician was on time and cheerful",
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path | URL, tuple[str, ...]]:
    """Where a store is, and the words that lead the command there."""
    if request.param == "sqlite":
        at: Path | URL = tmp_path / "data" / "earshot.db"
        (tmp_path / "data").mkdir()
        words = ("--data-dir", str(tmp_path / "data"))
    else:
        at = make_url(request.getfixturevalue("postgres_url"))
        config = tmp_path / "server.toml"
        shown = at.set(drivername="postgresql").set(password=None).render_as_string(hide_password=False)
        secret = f'password = "{at.password}"\n' if at.password else ""
        config.write_text(f'[store]\nurl = "{shown}"\n{secret}[bus]\nservers = ["127.0.0.1:1"]\n')
        words = ("--config", str(config))
    with closing(Store(at)) as store:
        rescore_world.hear(store, [said(n, text) for n, text in enumerate(TEXTS)], old=False)
    return at, words


def said(number: int, text: str, days: float = 0) -> Said:
    at = START + timedelta(days=days, minutes=number)
    author = Author(id=f"u{number}")
    return Said(
        mention=Mention(
            id=f"x:{number}", brand="Acme", author=author, created_at=at, collected_at=at, text=text
        )
    )


def score(at: Path | URL, number: int) -> mentions.Score:
    with closing(Store(at)) as store, store.read() as connection:
        (brand,) = brands.every(connection)
        n = corrections.find(connection, brand, f"x:{number}") or 0
        return mentions.score_of(mentions.get(connection, [n])[n])


def test_labelled_by_id_and_by_number_and_counted_by_rescore(
    earshot: Earshot, place: tuple[Path | URL, tuple[str, ...]]
) -> None:
    at, words = place
    status, out, _ = earshot(
        "label", "x:3", "neg", "--brand", "Acme", "--intent", "complaint", "--intent", "churn", *words
    )
    assert (status, out.startswith("Noted: neg (negative 0.")) == (0, True)
    n = brands.number(1, 2)
    status, out, _ = earshot("label", n, "neu", "--by", "Ada", "--json", *words)
    nothing = dict.fromkeys(("intents", "signs", "mood", "address"))
    stands = {"correction": 2, "mention": n, "polarity": "neu", "dangers": []}
    assert (status, json.loads(out)) == (0, stands | nothing)
    assert score(at, 3).basis == "text"
    assert earshot("rescore", *words)[0] == 0
    found = score(at, 3)
    assert (found.basis, found.negative, set(found.intents)) == (STAFF, 0.97, {"complaint", "churn"})
    assert score(at, 0).model.endswith("+c2")
    status, out, _ = earshot("label", "x:3", "pos", "--brand", "Acme", *words)
    assert "negative 0.97, by staff until now" in out


def test_it_says_how_a_mention_read_until_now_in_the_word_of_its_page(
    earshot: Earshot, place: tuple[Path | URL, tuple[str, ...]]
) -> None:
    """A neutral one was said to be negative, with the little that it is."""
    at, words = place
    read = {number: score(at, number).strongest for number in range(len(TEXTS))}
    assert {name for name, _ in read.values()} == {"negative", "neutral", "positive"}
    for number, (name, chance) in read.items():
        _, out, _ = earshot("label", f"x:{number}", "neg", "--brand", "Acme", *words)
        assert out.startswith(f"Noted: neg ({name} {chance:.2f} until now).")


def test_intents_can_be_taken_back(earshot: Earshot, place: tuple[Path | URL, tuple[str, ...]]) -> None:
    at, words = place
    before = score(at, 3).intents
    earshot("label", "x:3", "neg", "--brand", "Acme", "--intent", "praise", *words)
    assert earshot("rescore", *words)[0] == 0
    assert score(at, 3).intents == {"praise": 1.0}
    assert earshot("label", "x:3", "neg", "--brand", "Acme", "--intent", "none", *words)[0] == 0
    assert "Intents" not in earshot("quality", *words)[1]
    assert earshot("rescore", *words)[0] == 0
    found = score(at, 3)
    assert (found.basis, found.intents) == (STAFF, pytest.approx(before, abs=0.001))


def test_how_it_is_to_be_handled_is_said_and_taken_back(
    earshot: Earshot, place: tuple[Path | URL, tuple[str, ...]]
) -> None:
    at, words = place
    of = ("label", "x:6", "neg", "--brand", "Acme", "--json", *words)
    with closing(Store(at)) as store:
        rescore_world.hear(
            store, [said(6, "Sono tre settimane che aspetto il pacco, nessuno risponde")], old=False
        )
    before = score(at, 6)
    handling = ("--sign", "press_interest", "--sign", "minor", "--danger", "self_harm", "--mood", "worry")
    status, out, _ = earshot(*of, *handling, "--address", "lei")
    assert (status, json.loads(out)["signs"]) == (0, ["press_interest", "minor"])
    earshot("rescore", *words)
    found = score(at, 6)
    assert (found.signs, found.calls) == (("press_interest", "minor"), ("self_harm",))
    assert (found.mood, found.address) == ("worry", "lei")
    out = earshot(*of, "--sign", "empty", "--danger", "none", "--mood", "none", "--address", "empty")[1]
    stands = json.loads(out)
    assert [stands[key] for key in ("signs", "dangers", "mood", "address")] == [[], [], None, "none"]
    earshot(*of, "--sign", "none", "--address", "none")
    earshot("rescore", *words)
    found = score(at, 6)
    assert (found.signs, found.mood, found.address) == (before.signs, before.mood, before.address)
    assert found.calls == before.calls


def test_the_most_useful_can_be_pasted_and_are_not_asked_again(
    earshot: Earshot, place: tuple[Path | URL, tuple[str, ...]]
) -> None:
    _, words = place
    status, out, _ = earshot("label", "next", "--limit", 3, *words)
    assert (status, out.count("earshot label ")) == (0, 3)
    command = next(line for line in out.splitlines() if line.startswith("  earshot label "))
    pasted = command.strip().partition(" neg|neu|pos")[0].removeprefix("earshot ").split(" ")
    assert earshot(*pasted, "neu")[0] == 0
    _, out, _ = earshot("label", "next", "--json", "--brand", "Acme", *words)
    asked = json.loads(out)
    assert len(asked) == len(TEXTS) - 1
    assert pasted[1] not in {str(each["n"]) for each in asked}
    for each in asked:
        earshot("label", each["n"], "pos", *words)
    assert "Nothing to label" in earshot("label", "next", *words)[1]


def test_the_words_of_a_label_are_not_asked_again_whoever_carries_them(
    earshot: Earshot,
    place: tuple[Path | URL, tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at, words = place
    again = [
        Said(mention=structs.replace(said(n, TEXTS[n % 2]).mention, kind="repost", parent=f"x:{n % 2}"))
        for n in range(10, 16)
    ]
    with closing(Store(at)) as store:
        rescore_world.hear(store, again, old=False)
    asked = [each["text"] for each in json.loads(earshot("label", "next", "--json", *words)[1])]
    assert sorted(asked) == sorted(TEXTS)
    earshot("label", "x:0", "neg", "--brand", "Acme", *words)
    asked = [each["text"] for each in json.loads(earshot("label", "next", "--json", *words)[1])]
    assert sorted(asked) == sorted(TEXTS[1:])
    monkeypatch.setattr(import_module("earshot.cli.label"), "_LOOKED_AT", len(again) - 1)
    asked = [each["text"] for each in json.loads(earshot("label", "next", "--json", *words)[1])]
    assert asked == [TEXTS[1]], "however long ago it was labelled"


def test_a_doubtful_danger_is_asked_with_what_to_answer(
    earshot: Earshot, place: tuple[Path | URL, tuple[str, ...]]
) -> None:
    at, words = place
    doubtful = structs.replace(score(at, 3), negative=0.99, intents={"complaint": 0.9, "safety": 0.3})
    with closing(Store(at)) as store, store.begin() as connection:
        mentions.rescore(connection, [(brands.number(1, 4), doubtful, 0)])
    _, out, _ = earshot("label", "next", *words)
    asked = out.split(f"{TEXTS[3]}\n")
    assert asked[0].endswith("danger? 0.30, negative 0.99: ")
    assert asked[1].splitlines()[0].endswith("neg|neu|pos --intent …")
    assert "--intent safety" in out.splitlines()[-1]
    found = {each["id"]: each for each in json.loads(earshot("label", "next", "--json", *words)[1])}
    assert (found["x:3"]["why"], found["x:3"]["danger"], found["x:3"]["law"]) == (["danger"], 0.3, 0.0)


def test_of_reviews_the_words_are_weighed_and_not_the_stars(
    earshot: Earshot, place: tuple[Path | URL, tuple[str, ...]]
) -> None:
    at, words = place
    stars = Rating(value=3, best=5)
    rated = [
        Said(mention=structs.replace(said(n, text).mention, rating=stars))
        for n, text in enumerate(
            (
                "Terrible courier, parcel smashed again, never using them again",
                "It was late, then it was quick",
                "配送が遅れて最悪です。",
            ),
            20,
        )
    ]
    with closing(Store(at)) as store:
        rescore_world.hear(store, rated, old=False)
    found = {each["id"]: each for each in json.loads(earshot("label", "next", "--json", *words)[1])}
    sure, undecided = found["x:20"], found["x:21"]
    assert sure["negative"] == undecided["negative"] == 0.35
    assert sure["negative_by_words"] > 0.8
    assert sure["worth"] < undecided["worth"]
    assert "x:22" not in found, "no words that the model reads"
    assert found["x:0"]["negative_by_words"] == found["x:0"]["negative"]
    assert (
        f"negative 0.35 by its stars, {sure['negative_by_words']:.2f} by its words"
        in earshot("label", "next", *words)[1]
    )


def test_what_the_company_says_itself_is_not_asked(
    earshot: Earshot, place: tuple[Path | URL, tuple[str, ...]]
) -> None:
    at, words = place
    own = structs.replace(score(at, 2), basis="own", negative=0.2)
    with closing(Store(at)) as store, store.begin() as connection:
        mentions.rescore(connection, [(brands.number(1, 3), own, 0)])
    assert score(at, 2).basis == "own"
    asked = {each["id"] for each in json.loads(earshot("label", "next", "--json", *words)[1])}
    assert asked == {"x:0", "x:1", "x:3", "x:4", "x:5"}


def test_what_the_model_learnt_between_two_months_is_no_change_of_mood(
    earshot: Earshot, place: tuple[Path | URL, tuple[str, ...]]
) -> None:
    at, words = place
    for number, polarity in enumerate(("neg", "neu", "pos")):
        earshot("label", f"x:{number}", polarity, "--brand", "Acme", *words)
    with closing(Store(at)) as store:
        rescore_world.hear(store, [said(n, text, days=33) for n, text in enumerate(TEXTS, 10)], old=False)
    assert "earshot rescore" in earshot("quality", *words)[1]
    drift = json.loads(earshot("quality", "--json", *words)[1])["drift"]
    now, before = drift["last_30_days"]["models"], drift["30_days_before"]["models"]
    assert [f"{model}+c3" for model in before] == now
    earshot("rescore", *words)
    out = earshot("quality", *words)[1]
    assert "no more than chance would do" in out
    assert "earshot rescore" not in out


def test_quality_is_told_before_and_after(
    earshot: Earshot, place: tuple[Path | URL, tuple[str, ...]]
) -> None:
    at, words = place
    with closing(Store(at)) as store:
        rescore_world.hear(store, [said(n, text, days=33) for n, text in enumerate(TEXTS, 10)], old=False)
    _, out, _ = earshot("quality", *words)
    assert "Nobody has labelled a mention yet" in out
    for number, polarity in enumerate(("neg", "neu", "pos", "neg", "neu", "pos")):
        earshot("label", f"x:{number}", polarity, "--brand", "Acme", *words)
    status, out, _ = earshot("quality", "--json", *words)
    found = json.loads(out)
    assert (status, found["corrections"], found["shown"]["labels"]) == (0, 6, 6)
    assert sum(map(sum, found["shown"]["confusion"])) == 6
    assert [found["drift"][key]["mentions"] for key in ("last_30_days", "30_days_before")] == [6, 6]
    low, high = found["shown"]["accuracy_interval"]
    assert low <= found["shown"]["accuracy"] <= high
    assert 0 < found["calibrated"]["calibration_error"] < 1
    _, out, _ = earshot("quality", "--brand", "Acme", "--source", "x", *words)
    for part in ("6 mentions were labelled", "as shipped", "calibrated", "Fewer than 50", "thirty before"):
        assert part in out
    status, _, err = earshot("quality", "--source", "feed", *words)
    assert (status, "--source feed: nothing was heard from it; known: x" in err) == (1, True)


def test_intents_that_were_named_are_told_before_and_after(
    earshot: Earshot, place: tuple[Path | URL, tuple[str, ...]]
) -> None:
    _, words = place
    assert "Intents" not in earshot("quality", *words)[1]
    for number in (0, 3):
        earshot("label", f"x:{number}", "neg", "--brand", "Acme", "--intent", "request", *words)
    earshot("label", "x:1", "neu", "--brand", "Acme", *words)
    _, out, _ = earshot("quality", "--json", *words)
    found = json.loads(out)["intents"]
    assert (found["labels"], found["request"]["named"], found["complaint"]["named"]) == (2, 2, 0)
    assert found["request"]["expected_after"] > found["request"]["expected_before"]
    assert found["complaint"]["error_after"] < found["complaint"]["error_before"]
    for when in ("before", "after"):  # two labels move next to nothing
        assert (found["request"][f"missed_{when}"], found["request"][f"false_{when}"]) == (2, 0)
        assert (found["complaint"][f"missed_{when}"], found["complaint"][f"false_{when}"]) == (0, 2)
    _, out, _ = earshot("quality", *words)
    assert "Intents, of 2 labels that name them" in out
    mistakes = out.split("(false alarms)")[1]
    assert ["request", "0", "0", "2", "2"] in [line.split() for line in mistakes.splitlines()]


def test_beside_a_running_service_it_only_notes(earshot: Earshot, tmp_path: Path) -> None:
    at = tmp_path / "data" / "earshot.db"
    at.parent.mkdir()
    with closing(Store(at)) as store:
        rescore_world.hear(store, [said(0, TEXTS[0])], old=False)
        with claimed(tmp_path / "data", ["processors"]):
            assert earshot("label", "x:0", "neg", "--brand", "Acme", "--data-dir", at.parent)[0] == 0
            assert earshot("quality", "--data-dir", at.parent)[0] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["x:1", "neg"], "an id needs its brand"),
        (["x:1", "neg", "--brand", "Akme"], "known: Acme"),
        (["x:99", "neg", "--brand", "Acme"], "there is none, or it was withdrawn"),
        (["99999999999999999999999", "neg"], "there is none"),
        (["1099511627777", "bad"], "is none of neg, neu and pos"),
        (["1099511627777"], "'nothing': is none of neg, neu and pos"),
        (["1099511627777", "neg", "--intent", "anger"], "--intent anger: is none that is known: complaint"),
        (["1099511627777", "neg", "--intent", "churn", "--intent", "none"], "name no other beside it"),
        (["1099511627777", "neg", "--sign", "rude"], "--sign rude: is none that is known: confirmation"),
        (["1099511627777", "neg", "--sign", "spam", "--sign", "empty"], "--sign empty: says that none holds"),
        (["1099511627777", "neg", "--sign", "none", "--sign", "spam"], "--sign none: takes back"),
        (["1099511627777", "neg", "--danger", "safety"], "safety and legal are said by --intent"),
        (["1099511627777", "neg", "--mood", "rage"], "--mood rage: is none that is known: anger, irony"),
        (["1099511627777", "neg", "--address", "sir"], "--address sir: is none that is known: tu, lei, voi"),
        (["1099511627777", "neg", "--address", "lei"], "no form of the mention's language (en): empty, none"),
        (["next", "--brand", "Akme"], "known: Acme"),
    ],
)
def test_what_cannot_be_done_is_said(earshot: Earshot, tmp_path: Path, words: list[str], told: str) -> None:
    at = tmp_path / "data" / "earshot.db"
    at.parent.mkdir()
    with closing(Store(at)) as store:
        rescore_world.hear(store, [said(1, TEXTS[0])], old=False)
    status, _, err = earshot("label", *words, "--data-dir", at.parent)
    assert (status, told in err) == (1, True)


def test_without_a_database_there_is_nothing_to_label(earshot: Earshot, tmp_path: Path) -> None:
    for words in (["label", "next"], ["quality"]):
        status, _, err = earshot(*words, "--data-dir", tmp_path / "none")
        assert (status, "there is no database" in err) == (1, True)
