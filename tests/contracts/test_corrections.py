"""What staff said of mentions, as it is kept: the same in a file and on a server."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from sqlalchemy import make_url

from earshot.handling import AsRead, Change, Handling, changed
from earshot.model import Author, Intent, Mention, Score
from earshot.seams import Shares
from earshot.staff import POLARITIES, Polarity
from earshot.store import Store, brands, corrections, mentions, readings
from earshot.store.corrections import Correction
from earshot.store.mentions import Kept
from earshot.store.moving import move

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
N = brands.number(1, 1)
READ = Score(language="en", negative=0.7, neutral=0.2, positive=0.1, basis="text", model="negativity-1")


def kept(n: int = N, score: Score = READ, source: str = "x") -> Kept:
    said = Mention(
        id=f"{source}:{n}",
        brand="Acme",
        author=Author(id="ada"),
        created_at=NOW,
        collected_at=NOW,
        text="No!",
    )
    return Kept(n, said, score, "new", withdrawn=False)


def add(
    store: Store,
    of: Kept,
    polarity: Polarity = "neg",
    at: int = 5,
    by: str = "console",
    intents: list[Intent] | None = None,
    handling: Change | None = None,
    *,
    unsay: bool = False,
) -> int:
    with store.begin() as connection:
        return corrections.add(connection, of, polarity, at, by, intents, handling, unsay=unsay)


def standing(store: Store, brand: int | None = None, after: int = 0) -> list[Correction]:
    with store.read() as connection:
        return corrections.standing(connection, brand, after)


def unlink(store: Store, *numbers: int) -> None:
    with store.begin() as connection:
        corrections.unlink(connection, numbers)


def test_what_is_read_back_is_what_was_said(store: Store) -> None:
    number = add(store, kept(), "neu", 7, "Ada", ["complaint", "churn"])
    shown = Shares(0.7, 0.2, 0.1)
    wanted = Correction(
        number,
        1,
        "x",
        N,
        7,
        "Ada",
        "neu",
        shown,
        "negativity-1",
        shown,
        "negativity-1",
        ("complaint", "churn"),
    )
    assert standing(store) == [wanted]
    with store.read() as connection:
        assert corrections.newest(connection) == number


def test_without_any_there_is_nothing(store: Store) -> None:
    assert standing(store) == []
    with store.read() as connection:
        assert corrections.newest(connection) == 0
        assert corrections.labelled(connection, [N]) == set()
        assert corrections.of_mention(connection, N) == []


def test_the_newest_of_a_mention_counts_and_all_are_kept(store: Store) -> None:
    add(store, kept(), "neg")
    other = add(store, kept(N + 1), "pos")
    newest = add(store, kept(), "neu")
    assert [each.id for each in standing(store)] == [other, newest]
    assert [each.id for each in standing(store, after=other)] == [newest]
    with store.read() as connection:
        assert [each.polarity for each in corrections.of_mention(connection, N)] == ["neu", "neg"]
        assert corrections.labelled(connection, [N, N + 1, N + 2]) == {N, N + 1}


def test_brands_are_told_apart(store: Store) -> None:
    mine = add(store, kept())
    add(store, kept(brands.number(2, 1)))
    assert [each.id for each in standing(store, brand=1)] == [mine]
    assert len(standing(store)) == 2


@pytest.mark.parametrize("changes", [{"basis": "rating, text"}, {"model": "negativity-1+c7"}])
def test_stars_and_calibrated_readings_are_shown_but_teach_nothing(
    store: Store, changes: dict[str, str]
) -> None:
    """Until the model was asked for what it makes of the words alone."""
    score = Score(**({"language": "en", "negative": 0.7, "basis": "text", "model": "negativity-1"} | changes))  # type: ignore[arg-type]
    number = add(store, kept(score=score))
    (found,) = standing(store)
    assert (found.shown, found.read, found.read_model) == (Shares(0.7, 0.0, 0.0), None, "")
    with store.begin() as connection:
        corrections.fill(connection, [(number, READ)])
    (found,) = standing(store)
    assert (found.read, found.read_model) == (Shares(0.7, 0.2, 0.1), "negativity-1")


def test_what_cannot_be_read_can_be_corrected(store: Store) -> None:
    add(store, kept(score=Score(language="unknown", model="negativity-1")))
    assert standing(store)[0].shown is None


def test_a_second_correction_remembers_the_model_and_not_the_first_person(store: Store) -> None:
    add(store, kept())
    (first,) = standing(store)
    add(store, kept(score=corrections.corrected(READ, first)), "pos")
    (second,) = standing(store)
    assert (second.polarity, second.shown, second.model) == ("pos", first.shown, first.model)


def test_what_leads_to_nobody_any_more_still_teaches_once(store: Store) -> None:
    for polarity in POLARITIES:
        add(store, kept(), polarity)
    add(store, kept(N + 1), "neg")
    add(store, kept(N + 2), "neu")
    unlink(store, N, N + 1, N + 9)
    assert [(each.mention, each.polarity) for each in standing(store)] == [
        (0, "pos"),
        (0, "neg"),
        (N + 2, "neu"),
    ]


def test_numbers_are_not_given_twice(store: Store) -> None:
    """What is told by the number of the newest must not go back."""
    add(store, kept())
    newest = add(store, kept())
    unlink(store, N)
    assert add(store, kept(N + 1)) > newest


def test_a_long_name_is_cut(store: Store) -> None:
    add(store, kept(), by="a" * 9_000)
    assert len(standing(store)[0].made_by) == 200


def test_a_mention_is_found_by_its_id_within_its_brand(store: Store) -> None:
    with store.begin() as connection:
        mine = brands.create(connection, "Acme")
        other = brands.create(connection, "Bolt")
        mentions.add(connection, [row(N), row(N + 1, withdrawn=True), row(brands.number(2, 1), 'q"\\')])
    with store.read() as connection:
        assert corrections.find(connection, mine, f"x:{N}") == N
        assert corrections.find(connection, other, f"x:{N}") is None
        assert corrections.find(connection, other, 'q"\\:1') == brands.number(2, 1)
        assert corrections.heard(connection, N)
        assert corrections.heard(connection, N + 1) is None
        assert corrections.heard(connection, N + 2) is None


def test_readings_since_a_time_of_one_source(store: Store) -> None:
    with store.begin() as connection:
        mine = brands.create(connection, "Acme")
        mentions.add(
            connection,
            [
                row(N),
                row(N + 1, heard_at=9),
                row(N + 2, "feed", heard_at=9),
                row(N + 3, heard_at=9, withdrawn=True),
            ],
        )
    with store.read() as connection:
        assert [each.heard_at for each in readings.since(connection, mine, 0)] == [5, 9, 9]
        found = list(readings.since(connection, mine, 6, "x"))
    assert [(each.heard_at, each.reading.negative, each.reading.confidence) for each in found] == [
        (9, 0.7, 0.7)
    ]


def test_a_reading_says_which_version_made_it_but_where_stars_did(store: Store) -> None:
    stars = structs.replace(READ, basis="rating, text")
    learnt = structs.replace(READ, model="negativity-1+c7")
    with store.begin() as connection:
        mine = brands.create(connection, "Acme")
        rows = [row(N + at)._replace(score=mentions.encode(s)) for at, s in enumerate((READ, stars, learnt))]
        mentions.add(connection, rows)
    with store.read() as connection:
        versions = [each.reading.version for each in readings.since(connection, mine, 0)]
    assert versions == ["negativity-1", None, "negativity-1+c7"]


def row(n: int, source: str = "x", *, heard_at: int = 5, withdrawn: bool = False) -> mentions.Row:
    said = kept(n, source=source).mention
    if source.startswith("q"):
        said = Mention(
            id=f"{source}:1", brand="Bolt", author=Author(id="a"), created_at=NOW, collected_at=NOW
        )
    return mentions.Row(
        n,
        n,
        heard_at,
        3,
        1,
        10,
        None,
        None,
        7_000,
        withdrawn,
        "new",
        mentions.encode(said),
        mentions.encode(READ),
    )


def test_what_the_model_made_of_intents_is_kept_beside_what_was_said(store: Store) -> None:
    add(store, kept(), intents=["complaint", "churn"])
    (made,) = standing(store)
    assert (made.read_intents, made.intents_model) == (None, "")
    with store.begin() as connection:
        corrections.fill_intents(connection, [(made, {"complaint": 0.75, "legal": 0.01})], "signs-1")
    (found,) = standing(store)
    assert found == made._replace(read_intents={"complaint": 0.75, "legal": 0.01}, intents_model="signs-1")
    with store.begin() as connection:
        corrections.fill_intents(connection, [(found, {})], "signs-2")
    assert standing(store)[0].read_intents == {}


def test_a_list_is_what_an_older_earshot_kept(store: Store) -> None:
    add(store, kept(), intents=["churn"])
    with store.begin() as connection:
        connection.exec_driver_sql("update corrections set intents = '[\"complaint\"]'")
    (found,) = standing(store)
    assert (found.intents, found.read_intents, found.intents_model) == (("complaint",), None, "")


def test_none_of_the_intents_is_something_else_than_nothing_said(store: Store) -> None:
    add(store, kept(), intents=[])
    add(store, kept(N + 1))
    assert [each.intents for each in standing(store)] == [(), None]


def test_intents_hold_until_others_are_named(store: Store) -> None:
    add(store, kept(), "neg", intents=["complaint"])
    add(store, kept(), "neu")
    add(store, kept(N + 1), "neu")
    assert [each.intents for each in standing(store)] == [("complaint",), None]
    add(store, kept(), "neg", intents=["praise"])
    assert standing(store)[-1].intents == ("praise",)


def test_intents_can_be_taken_back(store: Store) -> None:
    add(store, kept(), "neg", intents=["complaint"])
    add(store, kept(), "neu", unsay=True)
    add(store, kept(), "pos")
    with store.read() as connection:
        assert [each.intents for each in corrections.of_mention(connection, N)] == [
            None,
            None,
            ("complaint",),
        ]


def test_nothing_said_can_be_taken_back_too(store: Store) -> None:
    add(store, kept(), unsay=True)
    assert [each.intents for each in standing(store)] == [None]


def test_once_they_are_taken_back_those_of_the_model_hold_again(store: Store) -> None:
    """Whatever others were named in between."""
    add(store, kept(), intents=["complaint"])
    (made,) = standing(store)
    with store.begin() as connection:
        corrections.fill_intents(connection, [(made, {"request": 0.7512, "legal": 0.01})], "signs-1")
    score = corrections.corrected(READ, made)
    assert score.intents == {"complaint": 1.0}
    add(store, kept(score=score), intents=["praise"])
    add(store, kept(score=score), unsay=True)
    (left,) = standing(store)
    assert left.intents is None
    assert corrections.corrected(score, left).intents == {"request": 0.751}


SAID = Change(signs=("minor", "spam"), dangers=("self_harm",), mood="worry", address="lei")
ASKED = structs.replace(
    READ, signs=("press_interest",), mood="anger", address="tu", grave=("discrimination",)
)


def test_how_it_is_handled_is_kept_with_how_it_was_read(store: Store) -> None:
    add(store, kept(score=ASKED), handling=SAID)
    add(store, kept(N + 1, score=ASKED))
    said, silent = standing(store)
    assert said.handling == Handling(("minor", "spam"), ("self_harm",), "worry", "lei")
    assert said.read_handling == AsRead(("press_interest",), "anger", "tu")
    assert (silent.handling, silent.read_handling) == (Handling(), None)
    score = corrections.corrected(ASKED, said)
    assert (score.signs, score.mood, score.address) == (("minor", "spam"), "worry", "lei")
    assert (score.named, score.grave) == (("self_harm",), ("discrimination",))
    assert score.calls == ("self_harm", "discrimination")


def test_it_holds_until_something_else_is_said_of_it(store: Store) -> None:
    add(store, kept(score=ASKED), handling=SAID)
    add(store, kept(score=ASKED), "neu", intents=["complaint"])
    add(store, kept(score=ASKED), handling=Change(mood="joy"))
    assert standing(store)[0].handling == Handling(("minor", "spam"), ("self_harm",), "joy", "lei")


def test_no_sign_is_something_else_than_none_said(store: Store) -> None:
    add(store, kept(score=ASKED), handling=Change(signs=()))
    (made,) = standing(store)
    assert made.handling.signs == ()
    assert corrections.corrected(ASKED, made).signs == ()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [
                SAID,
                Change(),
                Change(signs=()),
                Change(signs=None),
                Change(dangers=()),
                Change(dangers=("discrimination",), mood=None),
                Change(mood="irony", address="none"),
                Change(address=None),
            ]
        ),
        max_size=6,
    ),
    st.booleans(),
)
def test_whatever_was_said_what_is_taken_back_is_as_it_was_read(
    store: Store, changes: list[Change], applied: bool
) -> None:
    """Whether each was counted before the next was said, or not."""
    score, said = ASKED, Handling()
    with store.begin() as connection:
        connection.exec_driver_sql("delete from corrections")
    for change in [*changes, Change(signs=None, dangers=(), mood=None, address=None)]:
        add(store, kept(score=score), handling=change)
        said = changed(said, change)
        (made,) = standing(store)
        assert made.handling == said
        again = corrections.corrected(score, made)
        assert again.signs == (ASKED.signs if said.signs is None else said.signs)
        assert set(again.calls) == {"discrimination", *said.dangers}
        score = again if applied else score
    last = corrections.corrected(score, made)
    assert (last.signs, last.mood, last.address, last.named) == (ASKED.signs, "anger", "tu", ())


def test_once_it_leads_to_nobody_nothing_of_it_is_kept(store: Store) -> None:
    add(store, kept(score=ASKED), handling=SAID)
    unlink(store, N)
    (left,) = standing(store)
    assert (left.handling, left.read_handling) == (Handling(), None)
    with store.read() as connection:
        assert connection.exec_driver_sql("select handling from corrections").scalar() is None


@pytest.mark.postgres
def test_they_move_with_the_store(tmp_path: Path, postgres_url: str) -> None:
    with (
        closing(Store(tmp_path / "earshot.db")) as file,
        closing(Store(make_url(postgres_url))) as server,
    ):
        add(file, kept(), "neu", 7, "Ada", ["complaint"], SAID)
        add(file, kept(N + 1, Score(language="unknown")), "pos")
        before = standing(file)
        moved = {each.table: each.rows for each in move(file, server, lambda *_: None)}
        assert moved["corrections"] == 2
        assert standing(server) == before
        assert add(server, kept(N + 2)) > before[-1].id
