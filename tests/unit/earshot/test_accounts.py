"""Accounts by handle, on the platform that stands in front of it, or on every one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.accounts import Account, Accounts, account, readable
from earshot.attribution import Attribution
from earshot.config import Brand, Outlet, RiskSettings, Rules, from_dict
from earshot.errors import ConfigError
from earshot.model import Author, Mention, Score
from processors.own import OwnAccounts
from processors.reach import Reach
from processors.rules import MentionRules

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLATFORMS = st.sampled_from(["x", "mastodon", "google-news", "App.Store", "forum_2"])
HANDLES = st.text(
    st.characters(categories=["L", "N"], include_characters="_.-@: "), min_size=1, max_size=12
).filter(lambda handle: handle.strip().removeprefix("@") and handle == handle.strip())


def mention(source: str, handle: str = "", text: str = "We are sorry", **values: str) -> Mention:
    """By somebody with this handle; without one, by who has it as an id."""
    who = Author(id="u-1", handle=handle) if handle else Author(id=values.pop("by"))
    return Mention(
        id=f"{source}:1", author=who, text=text, created_at=AT, collected_at=AT, **{"brand": ""} | values
    )


def either_case(text: str, *, upper: bool) -> str:
    """In other capitals, where these fold back: ß and its like are compared as two letters."""
    turned = text.upper() if upper else text.lower()
    return turned if turned.casefold() == text.casefold() else text


# --- how they are written ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "platform", "handle"),
    [
        ("acme", "", "acme"),
        ("@Acme", "", "Acme"),
        ("x:@Acme", "x", "Acme"),
        ("x:acme", "x", "acme"),
        ("google-news: @acme", "google-news", "acme"),
        ("mastodon:@acme@social.example", "mastodon", "acme@social.example"),
        ("@acme@social.example", "", "acme@social.example"),
        ("bluesky:did:plc:1", "bluesky", "did:plc:1"),
        ("@did:plc:1", "", "did:plc:1"),
        ("did:plc:1", "", "did:plc:1"),
        ("https://social.example/@acme", "", "https://social.example/@acme"),
        ("appstore:https://apps.example/u/1", "appstore", "https://apps.example/u/1"),
    ],
)
def test_a_platform_stands_before_a_colon(written: str, platform: str, handle: str) -> None:
    assert account(readable(written)) == Account(platform, handle)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("x:", "'x:' has no handle: write it in full, like x:@acme"),
        ("mastodon: @", "'mastodon: @' has no handle: write it in full, like mastodon:@acme"),
        ("@", "'@' has no handle: write it in full, like x:@acme"),
        ("my forum:@acme", "'my forum' cannot be a platform: write letters, digits, - _ . before the colon"),
        (":@acme", "'' cannot be a platform"),
        ("acme@social.example:8443", "or an @ before it all, where the colon is the handle's own"),
    ],
)
@pytest.mark.parametrize("key", ["accounts", "voices"])
def test_what_names_nobody_is_refused_with_its_place_and_the_mend(written: str, said: str, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_dict({"brands": [{"name": "Acme", key: ["acme", written]}]})
    (fault,) = caught.value.faults
    assert fault.startswith(f"brands[0].{key}[1]: ")
    assert said in fault


# --- whose they are ---------------------------------------------------------------------------------------------


@given(
    platform=PLATFORMS, other=PLATFORMS, handle=HANDLES, at=st.sampled_from(["", "@"]), upper=st.booleans()
)
def test_on_a_platform_that_is_named_it_is_nobodys_elsewhere(
    platform: str, other: str, handle: str, at: str, *, upper: bool
) -> None:
    handle = handle.removeprefix("@")
    accounts = Accounts([(f"{platform}:@{handle}", "Acme")])
    author = at + either_case(handle, upper=upper)
    source = either_case(other, upper=upper)
    expected = ["Acme"] if platform == other else []
    assert list(accounts.of(mention(source, author))) == expected
    assert list(accounts.of(mention(source, by=author))) == expected
    assert list(accounts.named(author, mention(source, "somebody"))) == expected


@given(platform=PLATFORMS, handle=HANDLES, at=st.sampled_from(["", "@"]), upper=st.booleans())
def test_without_a_platform_it_is_the_same_everywhere(
    platform: str, handle: str, at: str, *, upper: bool
) -> None:
    handle = handle.removeprefix("@")
    accounts = Accounts([(f"@{handle}", "Acme")])
    assert list(accounts.of(mention(platform, at + either_case(handle, upper=upper)))) == ["Acme"]
    assert list(accounts.of(mention(platform, f"{handle}_too"))) == []


def test_of_several_owners_each_is_told_once_and_in_order() -> None:
    owned = [
        ("acme", "A"),
        ("x:acme", "B"),
        ("X:@ACME", "B"),
        ("forum:acme", "C"),
        ("@Acme", "A"),
        ("acme", "D"),
    ]
    accounts = Accounts(owned)
    assert list(accounts.of(mention("x", "acme"))) == ["A", "B", "D"]
    assert list(accounts.of(mention("forum", "acme"))) == ["A", "C", "D"]
    assert list(accounts.of(mention("news", "acme"))) == ["A", "D"]
    assert list(Accounts([("x:acme", "B")]).of(mention("news", "acme"))) == []


# --- what follows from it ---------------------------------------------------------------------------------------

ACME = Brand(name="Acme", accounts=("x:@acme", "mastodon:@acme@social.example"), voices=("x:@watchdog",))
SCORE = Score(language="en", negative=0.9)


@pytest.mark.parametrize(
    ("source", "handle", "own"),
    [
        ("x", "Acme", True),
        ("forum", "Acme", False),
        ("mastodon", "@acme@social.example", True),
        ("mastodon", "@acme", False),
        ("x", "acme@social.example", False),
    ],
)
def test_a_namesake_elsewhere_is_not_the_brand(source: str, handle: str, *, own: bool) -> None:
    """Nor is it heard for that alone, nor excused from being a complaint."""
    said = mention(source, handle)
    assert Attribution([ACME]).of(said, lambda _: ()) == ({"Acme": "own account"} if own else {})
    assert OwnAccounts([ACME]).wrote(mention(source, handle, brand="Acme")) is own


def test_whom_a_text_names_is_looked_for_by_the_handle_alone() -> None:
    assert Attribution([ACME]).of(mention("forum", "anna", "ask @acme"), lambda _: ()) == {"Acme": "term"}


def test_a_namesake_of_a_newspaper_is_no_newspaper() -> None:
    config = from_dict({"rules": {"lists": ["italy", "english"]}})
    reach = Reach(config.risk, config.outlets)
    assert reach.speaker(mention("x", "Agenzia_Ansa")) == "ansa.it"
    assert reach.speaker(mention("forum", "agenzia_ansa")) is None
    outlets = (
        Outlet(domain="a.example", accounts=("x:news",)),
        Outlet(domain="b.example", accounts=("news",)),
    )
    mixed = Reach(RiskSettings(), outlets)
    assert [mixed.speaker(mention(source, "news")) for source in ("x", "forum")] == ["a.example", "b.example"]


def test_a_namesake_of_a_voice_is_none() -> None:
    rules = Rules(voices=("forum:@ombudsman",))
    fire = MentionRules(rules, (ACME,), OwnAccounts([ACME]), Reach(RiskSettings(), ())).fire

    def called(source: str, handle: str, brand: str = "Acme") -> bool:
        return ("voice", 2) in fire(mention(source, handle, brand=brand), SCORE)

    assert [called("x", "watchdog"), called("forum", "watchdog"), called("x", "watchdog", "Bolt")] == [
        True,
        False,
        False,
    ]
    assert [called("forum", "Ombudsman", "Bolt"), called("x", "ombudsman", "Bolt")] == [True, False]
