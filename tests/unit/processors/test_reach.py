from pipeline_world import config, mention

from earshot.config import Outlet
from earshot.model import Author
from processors.judge import Judge
from processors.reach import Reach

REACH = Reach(
    config().risk,
    (
        Outlet(domain="daily.example", **{"class": "national"}),
        Outlet(domain="echo.example", **{"class": "local"}, audience=12_000),
    ),
)


def test_followers_count_up_to_a_million_and_an_unknown_account_reaches_a_hundred() -> None:
    assert REACH.followers(mention("1", followers=5_000_000)) == 1_000_000
    assert REACH.followers(mention("1", author=Author(id="u"))) == 100


def test_the_brands_own_account_reaches_nobody_with_a_complaint() -> None:
    judge = Judge(config())
    assert judge.followers(mention("1", author=Author(id="1", handle="Acme_Help", followers=90_000))) == 0
    assert judge.followers(mention("1", author=Author(id="2", handle="anna", followers=90_000))) == 90_000


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
    assert REACH.audience({"daily.example": "national", "echo.example": "local"}) == 1_012_000


def test_a_post_has_no_outlet() -> None:
    assert REACH.outlet(mention("1")) is None
