"""Plain reposts are folded below what they pass on, and none is lost."""

from datetime import timedelta

from console_world import NOW, PATIENT, Words, World
from hypothesis import given
from hypothesis import strategies as st
from test_console_pages import Parsed, ask

from console.shares import folded
from earshot.model import Author, Kind, Mention, Score
from earshot.store.mentions import Kept


def kept(n: int, kind: Kind = "repost", of: int | None = None, text: str = "basta") -> Kept:
    said = Mention(
        id=f"x:{n}",
        brand="Ronvia",
        author=Author(id=str(n)),
        created_at=NOW - timedelta(minutes=n),
        collected_at=NOW,
        kind=kind,
        text=text,
        reposted=None if of is None else f"x:{of}",
    )
    return Kept(n, said, Score(language="it"), "new", withdrawn=False)


def numbers(said: list[Kept]) -> list[tuple[int, list[int]]]:
    return [(each.kept.n, [share.n for share in each.shares]) for each in folded(said)]


def test_reposts_stand_below_their_original_also_through_other_reposts() -> None:
    said = [kept(5, of=4), kept(4, of=1), kept(3, "reply", text="anch'io"), kept(2, of=1), kept(1, "post")]
    assert numbers(said) == [(3, []), (1, [5, 4, 2])]


def test_a_repost_without_words_is_not_folded_below_others_without_words() -> None:
    assert numbers([kept(3, of=7, text=""), kept(2, "reply", text=""), kept(1, "post")]) == [
        (3, []),
        (2, []),
        (1, []),
    ]


def test_where_no_original_is_shown_the_newest_repost_leads() -> None:
    assert numbers([kept(9, of=1), kept(8, of=1), kept(7, of=2), kept(6, of=1)]) == [(9, [8, 6]), (7, [])]


def test_without_an_id_the_words_tell() -> None:
    said = [kept(5), kept(4, text="altro"), kept(3, text="altro"), kept(2, "quote"), kept(1, "post")]
    assert numbers(said) == [(4, [3]), (2, [5]), (1, [])]


def test_a_repost_of_which_nothing_is_left_stands_for_itself() -> None:
    assert numbers([kept(2, text=""), kept(1, text="")]) == [(2, []), (1, [])]


@PATIENT
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["post", "repost", "quote"]),
            st.none() | st.integers(0, 12),
            st.sampled_from(["", "a", "b"]),
        ),
        max_size=12,
    )
)
def test_every_mention_is_there_once_and_only_reposts_are_folded(
    drawn: list[tuple[Kind, int | None, str]],
) -> None:
    """Also where reposts pass one another on in a circle."""
    said = [kept(n, kind, of, text) for n, (kind, of, text) in enumerate(drawn)]
    shown = folded(said)
    assert sorted(n for each in shown for n in (each.kept.n, *(s.n for s in each.shares))) == list(
        range(len(said))
    )
    assert [each.kept.n for each in shown] == sorted(each.kept.n for each in shown)
    assert all(share.mention.kind == "repost" for each in shown for share in each.shares)


def test_the_page_says_how_many_and_when_in_both_languages(world: World) -> None:
    shares = [Words("cade la linea", ago=60 - n, who=f"u{n}", kind="repost") for n in range(24)]
    story = world.tell("Ronvia", [Words("cade la linea", ago=90), *shares])
    for language, said in (
        ("en", "+ 24 shares, 25 Nov, 18:51–19:14"),
        ("it", "+ 24 condivisioni, 25 nov, 18:51–19:14"),
    ):
        (answer,) = ask(world, f"/stories/{story}", language=language)
        assert answer.text.count('class="text"') == 1
        assert said in Parsed(answer.text).text
        assert all(f'id="m{story + n}"' in answer.text for n in range(25))
