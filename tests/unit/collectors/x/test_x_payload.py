"""What X writes, read as mentions."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from integration.x_payloads import NOW, frame, native, old, post, raw, user, valid

from collectors.x.payload import Frame, next_token, read_ending, read_frame, read_page
from collectors.x.place import time_of
from earshot.errors import Unreadable
from earshot.model import Metrics

HEARD = NOW + timedelta(seconds=5)
ID = native(NOW)
LATER = native(NOW + timedelta(minutes=4))


WRITTEN = {
    "post": frame(
        post(ID, "Ronvia &lt;3 &amp; more", reposts=9, links=["https://news.example/a"]),
        [user(location="Bologna, Italia")],
    ),
    "long": frame(post(ID, "Ronvia lost…", long="Ronvia lost my parcel. " * 100)),
    "repost": frame(
        post(ID, "RT @bob: Ronvia lo…", refers=[("retweeted", ID - 5)], conversation=ID),
        [user(), user(8, "bob", 5_000, verified=True)],
        [
            post(
                ID - 5,
                "Ronvia lost…",
                author=8,
                long="Ronvia lost all of it",
                reposts=70,
                links=["http://a.b/c"],
            )
        ],
    ),
    "reply": frame(post(ID, refers=[("replied_to", ID - 1)], conversation=ID - 1)),
    "quote": frame(
        post(ID, refers=[("replied_to", ID - 1), ("quoted", ID - 2)], conversation=ID - 9, answers=8),
        [user(), user(8, "ronvia")],
    ),
    "edit": frame(post(LATER, "Ronvia lost my two parcels", history=[ID], at=NOW)),
}
PAGE = {
    "data": [post(ID), {"id": "no", "text": "?"}, post(ID - 1, author=8)],
    "includes": {"users": [user(), user(8, "bob")]},
    "meta": {"result_count": 3, "newest_id": str(ID), "oldest_id": str(ID - 1), "next_token": "b26v"},
}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_we_read_here_is_what_x_says_that_it_writes(name: str) -> None:
    valid(WRITTEN[name], "StreamPostsResponse")


def test_so_is_the_page() -> None:
    valid(PAGE, "SearchPostsRecentResponse")


def read(value: Any) -> Frame:
    return read_frame(raw(value), HEARD)


@pytest.mark.parametrize("spelling", [dict, old])
def test_a_post_in_both_spellings(spelling: Any) -> None:
    written = WRITTEN["post"]
    found = read(spelling(written))
    mention = found.post.mention
    assert (mention.id, mention.kind, mention.text) == (f"x:{ID}", "post", "Ronvia <3 & more")
    assert mention.url == f"https://x.com/anna_b/status/{ID}"
    assert (mention.created_at, mention.collected_at, mention.edited_at) == (NOW, HEARD, None)
    assert mention.metrics == Metrics(at=HEARD, likes=2, reposts=9, replies=1, quotes=3, views=500)
    assert (mention.author.id, mention.author.handle, mention.author.followers) == ("7", "anna_b", 321)
    assert (mention.author.url, mention.author.place) == ("https://x.com/anna_b", "Bologna, Italia")
    assert (mention.language, mention.root, mention.links) == ("en", None, ("https://news.example/a",))
    assert (found.posts, found.users) == ({str(ID)}, {"7"})


@pytest.mark.parametrize("spelling", [dict, old])
def test_a_long_post_is_read_whole(spelling: Any) -> None:
    written = WRITTEN["long"]
    assert read(spelling(written)).post.mention.text == "Ronvia lost my parcel. " * 100


@pytest.mark.parametrize(
    ("location", "place"), [("Bo" * 5_000, "Bo" * 100), (None, ""), ("Bo\0logna", "Bologna")]
)
def test_whatever_stands_as_a_place_no_post_is_lost_for_it(location: str | None, place: str) -> None:
    found = read(frame(post(ID), [user(location=location)]))
    assert found.post.mention.author.place == place


@pytest.mark.parametrize("spelling", [dict, old])
def test_a_repost_says_what_the_original_says_in_full(spelling: Any) -> None:
    written = WRITTEN["repost"]
    found = read(spelling(written))
    mention = found.post.mention
    assert (mention.kind, mention.reposted, mention.text) == (
        "repost",
        f"x:{ID - 5}",
        "Ronvia lost all of it",
    )
    assert mention.links == ("http://a.b/c",)
    assert mention.metrics is None  # X repeats the original's
    (other,) = found.referenced
    assert (other.mention.id, other.mention.author.handle, other.mention.author.verified) == (
        f"x:{ID - 5}",
        "bob",
        True,
    )
    assert other.mention.metrics is not None
    assert other.mention.metrics.reposts == 70
    assert (found.posts, found.users) == ({str(ID), str(ID - 5)}, {"7", "8"})


@pytest.mark.parametrize("spelling", [dict, old])
def test_replies_and_quotes_say_to_what(spelling: Any) -> None:
    written = WRITTEN["quote"]
    found = read(spelling(written)).post
    mention = found.mention
    assert (mention.kind, found.replied_to) == ("quote", "ronvia")
    assert found.mention.id == f"x:{ID}"
    assert read(spelling(WRITTEN["quote"])).users == {"7", "8"}
    assert (mention.parent, mention.quoted, mention.root) == (f"x:{ID - 1}", f"x:{ID - 2}", f"x:{ID - 9}")
    reply = read(spelling(WRITTEN["reply"])).post.mention
    assert (reply.kind, reply.parent, reply.root) == ("reply", f"x:{ID - 1}", f"x:{ID - 1}")


@pytest.mark.parametrize("spelling", [dict, old])
def test_an_edit_keeps_the_first_id_and_says_when(spelling: Any) -> None:
    written = WRITTEN["edit"]
    edited = read_frame(raw(spelling(written)), NOW + timedelta(minutes=5)).post
    assert (edited.version, edited.mention.id) == (str(LATER), f"x:{ID}")
    assert (edited.mention.created_at, edited.mention.edited_at) == (time_of(ID), time_of(LATER))
    assert edited.mention.root is None
    assert edited.mention.url.endswith(str(LATER))


def test_what_refers_to_an_edit_refers_to_the_post() -> None:
    edited = post(ID - 2, history=[ID - 3], author=8)
    found = read(frame(post(ID, refers=[("quoted", ID - 2)]), [user(), user(8, "bob")], [edited]))
    assert found.post.mention.quoted == f"x:{ID - 3}"


def test_only_links_that_lead_elsewhere() -> None:
    links = [
        "javascript:alert(1)",
        "https://x.com/a/status/1/photo/1",
        "http://twitter.com/a/status/2",
        "https://xx.com/",
    ]
    assert read(frame(post(ID, links=links))).post.mention.links == ("https://xx.com/",)
    many = [f"https://news.example/{number}" for number in range(150)]
    assert len(read(frame(post(ID, links=many))).post.mention.links) == 100


def test_an_unknown_author_is_still_one() -> None:
    written = frame(post(ID, author=99))
    mention = read(written).post.mention
    assert (mention.author.id, mention.author.handle, mention.author.followers) == ("99", "", None)
    assert mention.url == f"https://x.com/i/status/{ID}"


@pytest.mark.parametrize(
    ("code", "language"), [("it", "it"), ("und", None), ("qme", None), ("iw", "he"), ("zh-TW", "zh")]
)
def test_languages(code: str, language: str | None) -> None:
    assert read(frame(post(ID) | {"lang": code})).post.mention.language == language


def test_without_a_date_the_id_says_when() -> None:
    written = post(ID)
    del written["created_at"]
    assert read(frame(written)).post.mention.created_at == time_of(ID)


def test_a_page_of_the_search() -> None:
    found = read_page(raw(PAGE), HEARD)
    assert [each.post.version for each in found.frames] == [str(ID), str(ID - 1)]
    assert found.frames[1].post.mention.author.handle == "bob"
    assert next_token(raw(PAGE)) == "b26v"
    ((fault, reason),) = found.faults
    assert (json.loads(fault)["text"], "digits" in reason) == ("?", True)


def test_an_empty_page() -> None:
    assert read_page(b'{"meta":{"result_count":0}}', HEARD).frames == ()
    assert next_token(b'{"meta":{"result_count":0}}') is None


@pytest.mark.parametrize(
    ("line", "kind", "nature"),
    [
        (
            b'{"errors":[{"title":"operational-disconnect","disconnect_type":"UpstreamOperationalDisconnect"}]}',
            "UpstreamOperationalDisconnect",
            "network",
        ),
        (
            b'{"title":"ConnectionException","detail":"at the maximum","connection_issue":"TooManyConnections"}',
            "TooManyConnections",
            "limit",
        ),
        (b'{"errors":[{"title":"something new"}]}', "stream_error", "network"),
    ],
)
def test_x_says_why_it_ends_a_connection(line: bytes, kind: str, nature: str) -> None:
    fault = read_ending(line)
    assert fault is not None
    assert (fault.kind, fault.nature) == (kind, nature)


def test_a_post_with_faults_beside_it_is_no_end() -> None:
    assert read_ending(raw({"errors": [{"title": "Not Found Error"}]} | frame(post(ID)))) is None
    assert read_ending(b'{"da') is None


def test_nul_and_lone_surrogates_are_washed_away() -> None:
    line = raw(frame(post(ID, "Ronvia\x00 \ud83d!")))
    assert read_frame(line, HEARD).post.mention.text == "Ronvia !"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
KEYS = sorted(
    {*post(ID, refers=[("quoted", 1)], answers=1, long="x", links=["y"]), "referenced_tweets", "note_tweet"}
)


@given(st.dictionaries(st.sampled_from(KEYS), JSON), JSON)
def test_whatever_comes_is_read_or_unreadable(changes: dict[str, Any], includes: Any) -> None:
    for value in (
        frame(post(ID) | changes),
        {"data": post(ID) | changes, "includes": includes},
        changes,
        includes,
    ):
        line = json.dumps(value).encode()
        read_ending(line)
        for reading in (read_frame, read_page, lambda line, _: next_token(line)):
            try:
                reading(line, HEARD)
            except Unreadable:
                continue


@given(st.binary(max_size=200))
def test_so_is_whatever_is_no_json(line: bytes) -> None:
    read_ending(line)
    for reading in (read_frame, read_page, lambda line, _: next_token(line)):
        try:
            reading(line, HEARD)
        except Unreadable:
            continue


def test_a_message_without_end_is_not_read() -> None:
    with pytest.raises(Unreadable, match="at most"):
        read_frame(raw(frame(post(ID, "Ronvia " * 200_000))), HEARD)
