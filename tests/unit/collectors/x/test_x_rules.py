"""Brands' terms as X's rules."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.x.rules import (
    QUERY,
    RULE,
    Held,
    Rule,
    diff,
    parts,
    queries,
    rules,
    story_queries,
    story_rules,
    term_operators,
)
from earshot.config import Brand
from earshot.errors import ConfigError


def brand(**terms: object) -> Brand:
    return Brand.model_validate({"name": "Ronvia"} | terms)


def only(**terms: object) -> str:
    (rule,) = rules([brand(**terms)])
    assert rule.tag == "earshot:Ronvia:1"
    return rule.value


def test_a_name_is_asked_for_as_a_word_and_as_a_hashtag() -> None:
    assert only() == '("ronvia" OR #ronvia)'


def test_terms_by_their_form() -> None:
    assert term_operators("#ronvia") == ["#ronvia"]
    assert term_operators("@ronvia_it") == ["@ronvia_it"]
    assert term_operators("$RNV") == ["$rnv"]
    assert term_operators("coca-cola") == ['"coca-cola"']
    assert term_operators("parcel  post") == ['"parcel post"']
    assert term_operators("or") == ['"or"', "#or"]
    assert term_operators("24") == ['"24"']


def test_accents_are_asked_for_both_ways() -> None:
    assert term_operators("Caffè") == ['"caffè"', "#caffè", '"caffe"', "#caffe"]


def test_its_own_accounts_write_and_are_written_to() -> None:
    assert only(accounts=["@ronvia"]) == "(@ronvia OR from:ronvia OR to:ronvia)"


def test_an_account_elsewhere_is_a_text() -> None:
    assert only(accounts=["@ronvia@social.example"]) == '"@ronvia@social.example"'
    assert only(accounts=["mastodon:@ronvia@social.example"]) == '"@ronvia@social.example"'


def test_an_account_of_another_platform_is_named_here_but_does_not_write() -> None:
    assert only(accounts=["X:@ronvia"]) == "(@ronvia OR from:ronvia OR to:ronvia)"
    assert only(accounts=["forum:@ronvia"]) == "@ronvia"


def test_all_and_none_stand_beside() -> None:
    assert only(any=["#a1", "#b1"], all=["x y"], none=["c d", "e"]) == '(#a1 OR #b1) "x y" -"c d" -"e" -#e'
    assert only(all=["x y", "z z"]) == '"x y" "z z"'


def test_languages_by_the_codes_of_x() -> None:
    (rule,) = rules([brand(any=["#a1"])], ["it", "he"])
    assert rule.value == "#a1 (lang:it OR lang:iw)"


def test_many_terms_take_several_rules() -> None:
    found = rules([brand(any=[f"#term{number}" for number in range(400)], all=["must"])])
    assert [rule.tag for rule in found] == [f"earshot:Ronvia:{number}" for number in range(1, len(found) + 1)]
    assert all(len(rule.value) <= RULE and rule.value.endswith(') ("must" OR #must)') for rule in found)
    asked = [term for rule in found for term in re.findall(r"#term\d+", rule.value)]
    assert asked == [f"#term{number}" for number in range(400)]


def test_too_many_forbidden_terms_are_left_to_the_matcher() -> None:
    (rule,) = rules([brand(any=["#a1"], none=[f"#no{number}" for number in range(500)])])
    assert rule.value.startswith("#a1 -#no0 -#no1 ")
    assert len(rule.value) < RULE


def test_what_cannot_fit_names_its_brand() -> None:
    brands = [brand(), Brand(name="Acme", all=("w " * 300, "v " * 400)), Brand(name="Mute", any=('"',))]
    with pytest.raises(ConfigError) as caught:
        rules(brands)
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["brand Acme", "brand Mute"]
    with pytest.raises(ConfigError, match="Acme"):
        queries([Brand(name="Acme", all=("w " * 200, "v " * 200))])


def test_stories_are_followed_by_what_refers_to_them() -> None:
    assert [rule.value for rule in story_rules(["12", "13", "12"])] == [
        "(conversation_id:12 OR conversation_id:13)",
        "(retweets_of_tweet_id:12 OR retweets_of_tweet_id:13)",
        '(url:"12" OR url:"13")',
    ]
    many = [str(10**18 + number) for number in range(200)]
    assert all(len(rule.value) <= RULE and rule.tag.startswith("earshot:") for rule in story_rules(many))
    assert all(len(query) <= QUERY and "retweets_of" not in query for query in story_queries(many))


def test_only_what_changed_is_changed_and_only_of_ours() -> None:
    held = [
        Held("1", "#a1", "earshot:Ronvia:1"),
        Held("2", "#gone", "earshot:Ronvia:2"),
        Held("3", "#theirs", "campaign"),
        Held("4", "#shared", ""),
        Held("5", "#a1", "earshot:Ronvia:9"),
    ]
    wanted = [Rule("#a1", "t"), Rule("#b1", "t"), Rule("#shared", "t")]
    assert diff(held, wanted) == ([Rule("#b1", "t")], ["2", "5"])
    assert diff([], []) == ([], [])


TERMS = st.lists(st.text(min_size=1, max_size=60).filter(lambda text: text.strip()), max_size=12)


@given(any_=TERMS, every=st.lists(st.text("ab \"'()-", min_size=1, max_size=9), max_size=2), none=TERMS)
def test_whatever_the_terms_each_rule_fits_and_each_term_is_asked_for(
    any_: list[str], every: list[str], none: list[str]
) -> None:
    watched = Brand.model_construct(
        name="Ronvia",
        any=tuple(any_),
        all=tuple(every),
        none=tuple(none),
        accounts=(),
        competitors=(),
        voices=(),
    )
    for limit in (RULE, QUERY):
        try:
            found = parts(watched, ["it"], limit)
        except ConfigError:
            continue
        assert all(0 < len(value) <= limit for value in found)
        for value in found:
            assert value.count('"') % 2 == 0
            bare = re.sub(r'"[^"]*"', '""', value)  # outside of quotes nothing but our own operators
            assert re.fullmatch(r'[^"\\\x00-\x1f]*', bare.replace('""', ""))
            assert bare.count("(") == bare.count(")")
            assert not re.search(r"(^|[( ])(OR|AND)($|\))|\(\)|-\(|  ", bare)
        asked = {operator for value in found for operator in re.findall(r'#\w+|@\w+|\$\w+|"[^"]*"', value)}
        for term in any_:
            assert set(term_operators(term)) <= asked
