"""What staff say of a mention counts in its story, outlives the model, and teaches it."""

from collections.abc import Iterator
from contextlib import closing
from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from pipeline_world import FURIOUS, PLAIN, PLEASED, World, alike, config, desk, mention, said, withdrawn

from earshot.clock import to_us
from earshot.errors import Stale
from earshot.handling import SIGNS, Change
from earshot.model import Intent, Score, Story
from earshot.staff import STAFF, Polarity
from earshot.store import brands, corrections, mentions
from earshot.store.retention import purge
from earshot.topics import STORIES
from processors import corrected
from processors.calibration import Taught, fit
from processors.measure import seat_hash
from processors.negativity.opinion import Opinion
from processors.pipeline import Pipeline
from processors.rescore import Rescore
from processors.score import Finding, Scorer
from processors.turn import Desk

MINUTE = timedelta(minutes=1)
SAME = Opinion(0.3, 0.4, 0.3)
LEAVING = "Third invoice for a contract that I cancelled in spring, I am leaving you for another company"
HANDLINGS = st.fixed_dictionaries(
    {},
    optional={
        "signs": st.lists(st.sampled_from(SIGNS), unique=True).map(tuple),
        "dangers": st.sampled_from([(), ("self_harm",), ("discrimination",)]),
    },
)
DANGER = "The heater gave off smoke last night and the carpet is burnt, this is dangerous"


class Staffed(World):
    """Its scorer learns, so it has one of its own."""

    def restart(self) -> None:
        self.desk = fresh()
        self.pipeline = Pipeline(self.context, self.desk)

    def label(
        self,
        native: str,
        polarity: Polarity,
        intents: list[Intent] | None = None,
        handling: Change | None = None,
        *,
        unsay: bool = False,
        by: str = "console",
    ) -> int:
        with self.store.begin() as connection:
            row = brands.load(connection, "Acme")
            n = corrections.find(connection, row, f"x:{native}") if row else None
            kept = corrections.heard(connection, n) if n else None
            assert kept
            at = to_us(self.clock.now())
            return corrections.add(connection, kept, polarity, at, by, intents, handling, unsay=unsay)

    def later(self, by: timedelta = MINUTE) -> None:
        self.clock.advance(by)
        self.drain()

    def score(self, native: str) -> Score:
        found = (each for story in self.stories() for each in self.kept(story))
        return next(each.score for each in found if each.mention.id == f"x:{native}")

    def standing(self) -> list[corrections.Correction]:
        with self.store.read() as connection:
            return corrections.standing(connection)

    def check_whole(self) -> None:
        """Each story is the sum of its rows, and the brand of all."""
        with self.store.read() as connection:
            (row,) = brands.every(connection)
            every = [each for story in self.stories() for each in mentions.of_story(connection, story.id)]
        for story in self.stories():
            assert alike(self.rebuilt(story), story)
        votes = [each.vote for each in every if each.vote is not None]
        assert (row.votes, row.voters) == (sum(votes), len(votes))
        seats = {each.hash: each for story in self.stories() for each in self.seats(story).values()}
        for each in every:
            assert seat_hash(each.story, each.author) in seats


def fresh() -> Desk:
    own = copy(desk())
    own.scorer = Scorer(own._workers)
    return own


@pytest.fixture
def world(tmp_path: Path) -> Staffed:
    return Staffed(tmp_path)


@pytest.fixture
def rescorer(world: Staffed) -> Iterator[Rescore]:
    with closing(Rescore(config(), world.store, fresh())) as opened:
        yield opened


# --- the mention and its story --------------------------------------------------------------------------


def test_within_a_minute_it_counts_in_its_story(world: Staffed) -> None:
    world.hear(said("1"), said("2", 1, FURIOUS + " indeed", parent="x:1"))
    before = world.story()
    world.label("1", "pos", ["praise"])
    world.drain()
    assert world.score("1").basis == "text"
    world.later()
    score, after = world.score("1"), world.story()
    assert (score.basis, score.positive, score.intents, score.uncertain) == (
        STAFF,
        0.97,
        {"praise": 1.0},
        False,
    )
    assert after.votes < before.votes
    assert after.negative_authors == before.negative_authors - 1
    assert after.risk < before.risk
    world.check_whole()


def test_its_snapshot_goes_out(world: Staffed) -> None:
    world.hear(said("1"))
    subscription = world.bus.subscribe(STORIES.name, "test")
    while batch := subscription.poll(0):
        subscription.commit(batch)
    world.label("1", "pos")
    world.later()
    told = subscription.poll(0)
    assert told
    (record,) = told.records
    assert STORIES.decode(record.value).story == world.story()


def test_it_is_put_right_once_and_what_comes_after_is_counted(world: Staffed) -> None:
    world.hear(said("1"))
    world.label("1", "pos")
    world.later()
    version = world.story().version
    world.later()
    world.restart()
    world.later()
    assert world.story().version == version
    world.hear(said("2", 5, parent="x:1"))
    assert world.story().mentions == 2
    world.check_whole()


def test_a_restarted_service_does_what_was_said_while_it_was_away(world: Staffed) -> None:
    world.hear(said("1"))
    world.label("1", "neu")
    world.restart()
    world.drain()
    assert world.score("1").neutral == 0.96


def test_what_was_said_last_holds(world: Staffed) -> None:
    world.hear(said("1"))
    world.label("1", "pos")
    world.later()
    world.label("1", "neg")
    world.later()
    assert world.score("1").negative == 0.97
    assert [each.shown and each.shown.negative for each in world.standing()] == [
        pytest.approx(0.98, abs=0.03)
    ]  # the model's, not the first person's
    world.check_whole()


def test_an_edit_is_read_anew_and_still_teaches(world: Staffed) -> None:
    world.hear(said("1"))
    world.label("1", "pos")
    world.later()
    world.hear(said("1", 9, PLEASED, edited_at=mention("1", 9).collected_at))
    world.restart()
    world.later()
    assert world.score("1").basis == "text"
    (left,) = world.standing()
    assert (left.mention, left.polarity) == (0, "pos")


def test_what_was_withdrawn_is_left_alone(world: Staffed) -> None:
    world.hear(said("1"))
    world.label("1", "pos")
    world.hear(withdrawn("1", 3))
    world.later()
    assert world.story().withdrawn == 1
    assert [each.mention for each in world.standing()] == [0]


def test_retention_takes_the_link_and_leaves_what_it_taught(world: Staffed) -> None:
    world.hear(said("1", text=PLAIN))
    world.label("1", "pos")
    purge(world.store, 2**62)
    assert world.stories() == []
    (left,) = world.standing()
    assert (left.mention, left.read is not None) == (0, True)


def test_a_text_that_cannot_be_read_gets_a_voice(world: Staffed) -> None:
    world.hear(said("1", text="配送が遅れて最悪です。二度と使いません。"))
    assert world.story().voters == 0
    world.label("1", "neg")
    world.later()
    assert (world.story().voters, world.story().unread) == (1, 0)
    world.check_whole()


def test_another_writer_that_was_faster_is_waited_for(
    world: Staffed, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.hear(said("1"))
    world.label("1", "pos")
    apply = corrected.apply

    def faster(*_: Any) -> list[Story]:
        raise Stale("another")

    monkeypatch.setattr(corrected, "apply", faster)
    world.later()
    monkeypatch.setattr(corrected, "apply", apply)
    assert world.score("1").basis == "text"
    world.later()
    assert world.score("1").basis == STAFF


# --- rescore --------------------------------------------------------------------------------------------


def test_rescore_does_what_is_not_done_and_changes_no_word_of_staff(
    world: Staffed, rescorer: Rescore
) -> None:
    world.hear(said("1"), said("2", 1, PLAIN))
    world.label("1", "pos")
    with world.store.read() as connection:
        (brand,) = brands.every(connection)
    assert rescorer.correct(brand) == 1
    for _ in rescorer.score(brand, dry=False):
        pass
    assert world.score("1").basis == STAFF
    assert world.score("2").model.endswith("+c1")
    world.check_whole()
    assert rescorer.correct(brand) == 0


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([FURIOUS, PLEASED, PLAIN]),
            st.booleans(),
            st.sampled_from(["", "neg", "neu", "pos"]),
            HANDLINGS,
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_is_corrected_stories_are_the_sum_of_their_mentions(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, bool, Any, Change]]
) -> None:
    world = Staffed(tmp_path_factory.mktemp("staffed"))
    for number, (text, replies, *_) in enumerate(told):
        parent = {"parent": f"x:{number - 1}", "kind": "reply"} if replies and number else {}
        world.hear(said(str(number), number, f"{text} {number}", by=f"u{number % 3}", **parent))
    for number, (_, _, polarity, handling) in enumerate(told):
        if polarity:
            world.label(str(number), polarity, handling=handling)
    world.later()
    world.check_whole()
    for number, (_, _, polarity, handling) in enumerate(told):
        assert not polarity or world.score(str(number)).named == handling.get("dangers", ())
        assert (world.score(str(number)).basis == STAFF) == bool(polarity)
    world.store.close()


# --- what is learnt -------------------------------------------------------------------------------------


def test_what_is_heard_later_is_read_with_what_was_taught(world: Staffed) -> None:
    for number in range(12):
        world.hear(said(str(number), number, f"{PLAIN} {'abcdefghijkl'[number]}"))
    before = world.desk.scorer.score([mention("new", text=PLAIN)])[0]
    newest = [world.label(str(number), "neg") for number in range(12)][-1]
    world.later()
    world.hear(said("new", 20, PLAIN))
    after = world.score("new")
    assert (after.negative or 0) > (before.negative or 0)
    assert (before.model, after.model) == (world.desk.shipped, f"{world.desk.shipped}+c{newest}")


def test_stars_are_no_opinion_of_the_model(world: Staffed) -> None:
    world.hear(said("1", text=PLAIN, stars=1, kind="review"))
    world.label("1", "neu")
    assert world.standing()[0].read is None
    world.later()
    (made,) = world.standing()
    assert made.read_model == world.desk.shipped
    assert made.read
    assert made.read.negative < 0.5 < (made.shown.negative if made.shown else 0)


def test_two_pipelines_that_read_the_same_corrections_score_alike(world: Staffed) -> None:
    world.hear(said("1"), said("2", 1, PLAIN))
    world.label("1", "neg")
    world.label("2", "pos")
    world.later()
    asked = [mention("3", text=PLAIN), mention("4", text=PLEASED), mention("5", text=FURIOUS, stars=5)]
    first = world.desk.scorer.score(asked)
    world.restart()
    world.drain()
    assert world.desk.scorer.score(asked) == first


def test_another_model_is_taught_by_what_it_says_itself(world: Staffed) -> None:
    """The shipped model has changed: what was read before is read again, where there still is a text."""
    world.hear(said("1", text=PLAIN), said("2", 1, PLEASED))
    world.label("1", "neg")
    world.label("2", "neg")
    world.later()
    world.hear(withdrawn("2", 3))
    with world.store.begin() as connection:
        connection.exec_driver_sql("update corrections set read_model = 'negativity-0'")
    world.restart()
    world.drain()
    assert [each.read_model for each in world.standing()] == [world.desk.shipped, "negativity-0"]
    assert world.desk.scorer.calibrations.newest == 1


def test_comparing_writes_nothing(world: Staffed, rescorer: Rescore) -> None:
    world.hear(said("1", text=PLAIN, stars=1, kind="review"), said("2", 1, PLEASED))
    world.label("1", "neg")
    world.label("2", "pos")
    found = rescorer.compare(world.standing())
    assert [each.before is not None and each.after is not None for each in found] == [True, True]
    assert world.standing()[0].read is None


def churn(score: Score) -> float:
    return score.intents.get("churn", 0.0)


def odds(p: float) -> float:
    return p / (1 - p)


def test_intents_that_were_named_teach_what_is_heard_later(world: Staffed) -> None:
    """Twelve say that these texts are no churn but a request; the polarity is what the model says."""
    texts = [f"{LEAVING} {letter}" for letter in "abcdefghijkl"]
    for number, text in enumerate(texts):
        world.hear(said(str(number), number, text))
    asked = [mention("new", text=LEAVING)]
    (before,) = world.desk.scorer.score(asked)
    for number in range(12):
        world.label(str(number), "neg", ["request"])
    world.later()
    (after,) = world.desk.scorer.score(asked)
    assert odds(churn(after)) < odds(churn(before)) / 2
    assert after.intents.get("complaint", 0.0) < before.intents["complaint"]
    world.hear(said("new", 20, LEAVING))
    assert world.score("new").intents == after.intents
    (alone,) = world.desk.scorer.alone(asked)
    assert churn(alone) == pytest.approx(churn(before), abs=0.001)


def test_who_only_said_whether_it_tells_of_danger_teaches_that_and_no_mood(
    world: Staffed, rescorer: Rescore
) -> None:
    for number in range(12):
        world.hear(said(str(number), number, f"{LEAVING} {'abcdefghijkl'[number]}"))
    asked = [mention("new", text=LEAVING)]
    (before,) = world.desk.scorer.score(asked)
    for number in range(12):
        world.label(str(number), "neg", ["safety"], by=corrections.LOOKED_AT)
    world.later()
    (after,) = world.desk.scorer.score(asked)
    assert after.negative == before.negative
    assert odds(churn(after)) < odds(churn(before)) / 2
    compared = rescorer.compare(world.standing())
    assert all(each.before is each.after is None for each in compared)
    assert all(each.intents_after["churn"] < each.intents_before["churn"] for each in compared)


def test_rescore_reads_the_past_with_them(world: Staffed) -> None:
    world.hear(*(said(str(number), number, f"{LEAVING} {'abcd'[number]}") for number in range(4)))
    before = world.score("3")
    for number in range(3):
        world.label(str(number), "neg", ["request"])
    with world.store.read() as connection:
        (brand,) = brands.every(connection)
    with closing(Rescore(config(), world.store, fresh())) as rescorer:
        rescorer.correct(brand)
        for _ in rescorer.score(brand, dry=False):
            pass
    assert 0 < churn(world.score("3")) < churn(before)
    world.check_whole()


def test_without_named_intents_they_are_read_as_shipped(world: Staffed) -> None:
    world.hear(said("1", text=LEAVING))
    (before,) = world.desk.scorer.score([mention("2", text=PLAIN)])
    world.label("1", "neg")
    world.later()
    (after,) = world.desk.scorer.score([mention("2", text=PLAIN)])
    assert after.model.endswith("+c1")
    assert (after.intents, after.grave, after.evidence) == (before.intents, before.grave, before.evidence)


def test_a_danger_calls_whatever_was_taught_of_it(world: Staffed) -> None:
    for number in range(12):
        world.hear(said(str(number), number, f"{DANGER} {'abcdefghijkl'[number]}"))
    before = world.score("0")
    for number in range(12):
        world.label(str(number), "neg", ["complaint"])
    world.later()
    (after,) = world.desk.scorer.score([mention("new", text=f"{DANGER} z")])
    assert "safety" in before.grave
    assert after.grave == before.grave
    assert after.intents["safety"] >= before.intents["safety"] - 0.1


def test_what_the_model_made_of_intents_outlives_the_text(world: Staffed) -> None:
    """It is asked before an edit, and what it said stays, once, and leads to nobody."""
    world.hear(said("1", text=LEAVING))
    world.label("1", "neg", ["request"])
    world.later()
    learnt = world.desk.scorer.calibrations
    world.hear(withdrawn("1", 9))
    world.restart()
    world.later()
    (left,) = world.standing()
    assert (left.mention, left.intents) == (0, ("request",))
    assert len(left.read_intents or {}) == 9
    assert world.desk.scorer.calibrations == learnt


def test_a_click_on_the_polarity_unsays_no_intents(world: Staffed) -> None:
    world.hear(said("1", text=LEAVING))
    world.label("1", "neg", ["request"])
    world.label("1", "neu")
    world.later()
    (made,) = world.standing()
    assert (made.polarity, made.intents) == ("neu", ("request",))
    assert world.score("1").intents == {"request": 1.0}


def test_intents_that_are_taken_back_teach_nothing(world: Staffed) -> None:
    world.hear(said("1", text=LEAVING))
    before = world.score("1").intents
    world.label("1", "neg", ["request"])
    world.later()
    assert world.score("1").intents == {"request": 1.0}
    world.label("1", "neg", unsay=True)
    world.later()
    assert world.score("1").intents == pytest.approx(before, abs=0.001)
    (asked,) = world.desk.scorer.score([mention("new", text=LEAVING)])
    assert asked.intents == pytest.approx(before, abs=0.001)


def test_intents_are_compared_before_and_after(world: Staffed, rescorer: Rescore) -> None:
    world.hear(said("1", text=LEAVING), said("2", 1, LEAVING + " b"), said("3", 2, PLEASED))
    world.label("1", "neg", ["request"])
    world.label("2", "neg", ["request"])
    world.label("3", "pos")
    one, other, unnamed = rescorer.compare(world.standing())
    for each in (one, other):
        assert each.intents_after["churn"] < each.intents_before["churn"]
        assert each.intents_after["request"] > each.intents_before["request"]
    assert (unnamed.intents_before, unnamed.intents_after) == ({}, {})
    assert unnamed.after is not None
    assert world.standing()[0].read_intents is None


class Fixed:
    """A reader that always says the same."""

    def read(self, texts: Any) -> list[Finding]:
        return [Finding("en", SAME, uncertain=False, model="m") for _ in texts]


def test_only_the_words_are_calibrated_and_by_brand_and_source() -> None:
    scorer = Scorer(Fixed())
    scorer.calibrations = fit([Taught("Acme", "x", SAME, 0)] * 50, 9)
    asked = [mention("1"), structs.replace(mention("2"), brand="Bolt"), mention("3", stars=5)]
    own, other, stars = scorer.score(asked)
    assert (own.negative or 0) > (other.negative or 0) > 0.3
    assert stars.positive == 0.8
    assert {each.model for each in (own, other, stars)} == {"m+c9"}
    assert [each.negative for each in scorer.alone(asked)] == [0.3] * 3
    assert scorer.calibrations.newest == 9


def test_what_staff_say_decides_whether_a_danger_counts(world: Staffed) -> None:
    world.hear(said("1", text=DANGER))
    before = world.story()
    world.label("1", "pos")
    world.later()
    assert (before.grave, world.story().grave) == (1, 0)
    assert world.story().risk < before.risk
    world.label("1", "neg")
    world.later()
    assert world.story().grave == 1
    world.check_whole()


def test_a_danger_that_staff_name_counts_and_no_longer_once_they_take_it_back(world: Staffed) -> None:
    world.hear(said("1"))
    before = world.story()
    world.label("1", "neg", ["complaint", "safety"])
    world.later()
    assert (before.grave, world.story().grave) == (0, 1)
    world.label("1", "neg", ["complaint"])
    world.later()
    assert world.story().grave == 0
    world.check_whole()


def test_a_label_counts_within_a_minute_of_the_sample_too_whose_time_is_before_the_machines(
    world: Staffed,
) -> None:
    world.hear(said("1", text=DANGER))
    world.clock.advance(timedelta(days=-1))
    world.label("1", "pos")
    world.later()
    assert world.score("1").basis == "staff"


# --- how it is to be handled ----------------------------------------------------------------------------


def test_a_danger_that_is_no_intent_counts_in_its_story_and_calls_nobody(world: Staffed) -> None:
    world.hear(said("1", text=PLAIN))
    before = world.story()
    world.label("1", "neg", handling=Change(dangers=("discrimination",)))
    world.later()
    assert (before.grave, world.story().grave, world.score("1").calls) == (0, 1, ("discrimination",))
    assert world.story().risk > before.risk
    assert "discrimination" not in [step.reason for each in world.story().episodes for step in each.steps]
    world.label("1", "neu")
    world.later()
    assert world.score("1").calls == ()
    world.label("1", "neg", handling=Change(dangers=()))
    world.later()
    assert (world.story().grave, world.score("1").calls) == (0, ())
    world.check_whole()


def test_self_harm_that_is_named_counts_whatever_the_polarity(world: Staffed) -> None:
    world.hear(said("1", text=PLAIN))
    world.label("1", "pos", handling=Change(dangers=("self_harm",)))
    world.later()
    assert (world.score("1").calls, world.story().grave) == (("self_harm",), 1)


def test_no_word_of_staff_takes_a_danger_that_was_read(world: Staffed) -> None:
    world.hear(said("1", text=DANGER))
    world.label("1", "neg", handling=Change(dangers=("self_harm",)))
    world.later()
    assert world.score("1").calls == ("self_harm", "safety")
    world.label("1", "neg", handling=Change(dangers=()))
    world.later()
    assert world.score("1").calls == ("safety",)


def test_signs_that_staff_name_count_in_the_story_until_they_are_taken_back(world: Staffed) -> None:
    world.hear(said("1"), said("2", 1, f"{PLAIN} there", parent="x:1", kind="reply"))
    before = world.story()
    read = world.score("2").signs
    world.label("2", "neg")
    world.later()
    alone = world.story()
    world.label("2", "neg", handling=Change(signs=("confirmation", "sensitive")))
    world.later()
    after = world.story()
    assert (before.confirmations, after.confirmations) == (0, 1)
    assert (before.sensitive, after.sensitive) == (0, 1)
    assert after.terms.audience > alone.terms.audience
    world.label("2", "neg", handling=Change(signs=None))
    world.later()
    assert (world.story().confirmations, world.story().sensitive) == (0, 0)
    assert world.score("2").signs == read
    world.check_whole()


def test_an_edit_keeps_nothing_of_how_the_older_words_were_handled(world: Staffed) -> None:
    world.hear(said("1"))
    world.label("1", "neg", handling=Change(signs=("minor",), dangers=("self_harm",), mood="worry"))
    world.later()
    world.hear(said("1", 9, PLEASED, edited_at=mention("1", 9).collected_at))
    world.later()
    score = world.score("1")
    assert (score.basis, score.named, "minor" in score.signs) == ("text", (), False)
    (left,) = world.standing()
    assert (left.mention, left.handling.dangers, left.read_handling) == (0, (), None)
    world.check_whole()


def test_what_is_withdrawn_keeps_nothing_of_it_either(world: Staffed) -> None:
    world.hear(said("1"))
    world.label("1", "neg", handling=Change(signs=("minor",), dangers=("self_harm",)))
    world.later()
    assert world.story().grave == 1
    world.hear(withdrawn("1", 9))
    assert (world.score("1").named, world.score("1").signs, world.story().grave) == ((), (), 0)


def test_nothing_is_learnt_of_how_it_is_handled(world: Staffed) -> None:
    world.hear(said("1", text=PLAIN))
    world.label("1", "neg")
    world.later()
    learnt = world.desk.scorer.calibrations
    world.label("1", "neg", handling=Change(signs=("spam",), dangers=("self_harm",), mood="anger"))
    world.later()
    now = world.desk.scorer.calibrations
    asked = [mention("2", text=PLAIN)]
    (after,) = world.desk.scorer.score(asked)
    world.desk.scorer.calibrations = learnt
    (before,) = world.desk.scorer.score(asked)
    assert now.newest > learnt.newest
    assert structs.replace(after, model="") == structs.replace(before, model="")
