from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pipeline_world import START, World, alike, config, mention, said, withdrawn

from earshot.config import Outlet
from earshot.model import Author
from earshot.store import mentions
from processors.judge import Judge
from processors.reach import Reach
from processors.rebuild import rebuild

REACH = Reach(
    config().risk,
    (
        Outlet(domain="daily.example", **{"class": "national"}),
        Outlet(domain="echo.example", **{"class": "local"}, audience=12_000, accounts=("@TheEcho",)),
    ),
)


def test_followers_count_up_to_a_million_and_an_unknown_account_reaches_a_hundred() -> None:
    assert REACH.followers(mention("1", followers=5_000_000)) == 1_000_000
    assert REACH.followers(mention("1", author=Author(id="u"))) == 100


def test_the_brands_own_account_reaches_nobody_with_a_complaint() -> None:
    judge = Judge(config())
    assert judge.followers(mention("1", author=Author(id="1", handle="Acme_Help", followers=90_000))) == 0
    assert judge.followers(mention("1", author=Author(id="2", handle="anna", followers=90_000))) == 90_000


def test_the_brands_own_answer_adds_nobody_to_what_a_complaint_reached(tmp_path: Path) -> None:
    answer = said("2", 1, parent="x:1", by="acme_help", followers=21_000)
    assert World(tmp_path).hear(said("1"), answer).story().reach == 200


def test_an_outlet_counts_its_audience_not_its_account() -> None:
    article = mention("1", kind="article", url="https://sport.daily.example/a")
    assert (REACH.followers(article), REACH.outlet(article)) == (0, ("daily.example", "national"))


def test_an_outlet_that_nobody_configured_is_other_news() -> None:
    assert REACH.outlet(mention("1", kind="article", url="https://www.unknown.example/a")) == (
        "unknown.example",
        "news",
    )


def test_an_article_found_through_a_search_is_its_outlets() -> None:
    found = mention(
        "1",
        kind="article",
        url="https://news.google.com/rss/articles/CBMi",
        author=Author(id="d", handle="daily.example"),
    )
    assert REACH.outlet(found) == ("daily.example", "national")


def test_a_configured_audience_wins_over_its_class_and_each_outlet_counts_once() -> None:
    assert REACH.audience({"daily.example": "national", "echo.example": "local"}, {}) == 1_012_000


@pytest.mark.parametrize(("followers", "people"), [(2_000, 12_000), (12_000, 12_000), (50_000, 50_000)])
def test_who_follows_an_outlet_is_no_further_reader(followers: int, people: int) -> None:
    assert REACH.audience({"echo.example": "local"}, {"echo.example": followers}) == people


def test_an_outlet_that_only_its_account_spoke_for_reaches_who_follows_it() -> None:
    assert REACH.audience({"daily.example": "national"}, {"echo.example": 50}) == 1_000_050


def test_an_outlets_own_account_is_known_by_its_handle_on_any_source() -> None:
    post = mention("1", author=Author(id="7", handle="theecho"))
    assert (REACH.speaker(post), REACH.outlet(post)) == ("echo.example", None)
    assert REACH.speaker(mention("2", author=Author(id="theecho", handle="anna"))) is None
    assert REACH.speaker(mention("3", kind="article", by="theecho")) is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    order=st.permutations(range(5)),
    follow=st.tuples(*[st.sampled_from([50, 400_000, 1_000_000])] * 3),
    cut=st.integers(1, 7),
)
def test_an_outlets_article_and_all_its_accounts_count_as_the_largest_in_any_order(
    order: list[int], follow: tuple[int, int, int], cut: int
) -> None:
    """Also after an account's post is edited and taken back, as for every account; and folded again from the store."""
    told = (
        {"kind": "article", "url": "https://daily.example/1", "by": "desk"},
        {"by": "d", "followers": follow[0]},
        {"by": "d", "followers": follow[1]},
        {"by": "anna", "followers": 300},
        {"by": "d_too", "followers": follow[2]},
    )
    log = [said("0", by="eva"), *(said(str(n + 1), n + 1, parent="x:0", **told[n]) for n in order)]
    log.append(said("2", 10, "All is well", parent="x:0", edited_at=START, **told[1]))
    log.append(withdrawn("3", 11))
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.hear(*log[:cut]).hear(*log[cut:])
        story = world.story()
        assert (story.reach, story.outlet_followers) == (1_000_500, {"daily.example": max(follow)})
        with world.store.read() as connection:
            assert alike(rebuild(story, mentions.of_story(connection, story.id))[0], story)


def test_accounts_alone_are_no_outlet_that_took_it_up_and_count_once(tmp_path: Path) -> None:
    posts = [
        said("2", 1, parent="x:1", by="d", followers=70_000),
        said("3", 2, parent="x:1", by="d_too", followers=90_000),
        said("4", 3, parent="x:1", by="d", followers=80_000),
    ]
    story = World(tmp_path).hear(said("1"), *posts).story()
    assert (story.reach, story.outlets) == (90_200, {})


def test_a_post_has_no_outlet() -> None:
    assert REACH.outlet(mention("1")) is None
