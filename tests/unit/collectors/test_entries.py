"""From the bytes of a feed to what its items say."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from feeds_world import REVIEWS, item, rss
from hypothesis import given
from hypothesis import strategies as st

from collectors.feeds.appstore import addresses
from collectors.feeds.dates import read_date
from collectors.feeds.items import Item, read_items
from collectors.feeds.links import canonical, unwrapped
from collectors.feeds.presets import Feed, apple_apps, google_alert, google_news, plain
from earshot.errors import Unreadable
from earshot.model import Mention, Rating

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
URL = "https://news.example/feed.xml"
FEED = plain(URL, "news")
(STORE,) = apple_apps(("99",), ("it",))


def read(body: str | bytes, content_type: str = "", feed: Feed = FEED) -> Sequence[Item]:
    return read_items(body.encode() if isinstance(body, str) else body, content_type, feed.addresses[0], feed)


def mentions(body: str | bytes, content_type: str = "", feed: Feed = FEED) -> list[Mention]:
    return [found.event(NOW, brand="Ronvia").mention for found in read(body, content_type, feed)]


def one(*args: Any, **kwargs: Any) -> Mention:
    (found,) = mentions(*args, **kwargs)
    return found


# --- articles ---------------------------------------------------------------------------------------------


def test_an_article() -> None:
    found = one(rss(item(1, "<p>Ronvia <b>non</b> risponde</p>", author="anna@news.online (Anna Neri)")))
    assert found.id == "news:https://news.example/?p=1"
    assert (found.kind, found.brand, found.why) == ("article", "Ronvia", "configured source")
    assert (found.title, found.text) == ("Title 1", "Ronvia non risponde")
    assert (found.url, found.links) == ("https://news.example/1", ("https://news.example/1",))
    assert (found.author.id, found.author.handle) == ("news.example/Anna Neri", "news.example")
    assert found.author.name == "Anna Neri"
    assert (found.created_at, found.collected_at) == (NOW - timedelta(hours=1), NOW)
    assert found.edited_at is None


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("a@b.online", "Il Corriere"),
        ("Anna &lt;a@b.it&gt;", "Anna"),
        ("a@b.it (Anna)", "Anna"),
        ("Anna", "Anna"),
    ],
)
def test_an_author_is_a_name_and_no_address(written: str, name: str) -> None:
    assert one(rss(item(author=written))).author.name == name


def test_an_article_without_an_author_is_the_outlets() -> None:
    author = one(rss(item())).author
    assert (author.id, author.name) == ("news.example", "Il Corriere")


def test_atom() -> None:
    found = one(
        """<feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title><entry><id>tag:blog,1</id>
        <title type="text">1 &lt; 2 &amp;amp; 3</title><link href="/a"/><link rel="edit" href="/edit"/>
        <published>2026-03-02T10:00:00Z</published><updated>2026-03-02T11:30:00+01:00</updated>
        <summary>short</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Ronvia</p><p>giù</p></div>
        </content><author><name>Anna</name><uri>https://blog.example/anna</uri></author></entry></feed>"""
    )
    assert (found.id, found.title, found.text) == ("news:tag:blog,1", "1 < 2 &amp; 3", "Ronvia\ngiù")
    assert (found.url, found.author.url) == ("https://news.example/a", "https://blog.example/anna")
    assert (found.created_at.hour, found.edited_at) == (10, datetime(2026, 3, 2, 10, 30, tzinfo=UTC))


def test_rdf() -> None:
    found = one(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title></channel>
        <item rdf:about="https://news.example/1"><title>Ronvia</title><link>https://news.example/1</link>
        <dc:date>2026-03-02T10:00:00Z</dc:date><dc:creator>Anna</dc:creator></item></rdf:RDF>"""
    )
    assert (found.id, found.title, found.created_at.hour) == ("news:https://news.example/1", "Ronvia", 10)


def test_the_whole_text_rather_than_its_summary() -> None:
    whole = '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/"><![CDATA[<p>all of it</p>]]></content:encoded>'
    assert one(rss(item().replace("</item>", whole + "</item>"))).text == "all of it"


def test_markup_is_text_and_scripts_are_gone() -> None:
    found = one(
        rss(
            item(
                1,
                "<script>alert(1)</script>ok <img src=x onerror=alert(1)>",
                title="&lt;b&gt;AT&amp;amp;T&lt;/b&gt;",
            )
        )
    )
    assert (found.title, found.text) == ("AT&T", "ok")


# --- identity ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guid", "link", "native"),
    [
        ("https://news.example/?p=1", "https://news.example/1", "https://news.example/?p=1"),
        ("tag:news.example,2026:1", "https://news.example/1", "tag:news.example,2026:1"),
        ("17", "https://news.example/1", "news.example/17"),
        ("", "HTTPS://News.example:443/1?utm_source=rss&id=2#top", "https://news.example/1?id=2"),
        ("  ", "/1?fbclid=x", "https://news.example/1"),
    ],
)
def test_identity_is_the_guid_or_the_page(guid: str, link: str, native: str) -> None:
    written = link.replace("&", "&amp;")
    assert one(rss(item(guid=guid, link=written))).id == f"news:{native}"


def test_guids_of_two_sites_are_not_the_same() -> None:
    other = plain("https://blog.example/feed", "news")
    body = rss(item(guid="17"))
    assert one(body).id != one(body, feed=other).id


def test_without_guid_and_link_the_words_are_the_identity() -> None:
    first, second = (one(rss(item(guid="", link="", title=title))) for title in ("a", "b"))
    assert first.id != second.id
    assert first.url == ""
    assert first.links == ()


def test_a_long_guid_is_hashed() -> None:
    found = one(rss(item(guid="https://news.example/" + "a" * 5_000)))
    assert found.id.startswith("news:sha256-")
    assert len(found.id) < 100


def test_one_identity_once() -> None:
    assert len(read(rss(item(1), item(1, "again"), item(2)))) == 2


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "data:text/html,x", "mailto:a@b.example", "JaVaScRiPt:x", "//"],
)
def test_only_web_links_live(link: str) -> None:
    found = one(rss(item(link=link)))
    assert "news.example/?p=1" in found.id
    assert not found.url or found.url.startswith("https://news.example/")
    assert "javascript" not in "".join((found.url, *found.links))


def test_an_item_without_a_word_says_nothing() -> None:
    assert read(rss(item(1, "", title=""), item(2, "<img src='x'>", title=" "))) == []


def test_what_is_new_comes_first() -> None:
    hours = [read_date(f"2026-03-02T0{hour}:00:00Z") for hour in (3, 9, 6)]
    items = [item(n, at=at.isoformat()) for n, at in enumerate(hours) if at]
    assert [found.id[-1] for found in read(rss(*items, item(7, at="")))] == ["7", "1", "2", "0"]


# --- times ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("Mon, 02 Mar 2026 11:00:00 GMT", "11:00"),
        ("Mon, 02 Mar 2026 11:00:00 +0100", "10:00"),
        ("Mon, 02 Mar 2026 11:00:00 CET", "10:00"),
        ("Mon, 02 Mar 2026 05:00:00 EST", "10:00"),
        ("Mon, 02 Mar 2026 11:00:00", "11:00"),
        ("2 Mar 2026 11:00", "11:00"),
        ("2026-03-02T11:00:00", "11:00"),
        ("2026-03-02 11:00:00", "11:00"),
        ("2026-03-02T11:00:00.123+01:00", "10:00"),
        ("2026-03-02", "00:00"),
        ("20260302T110000Z", "11:00"),
    ],
)
def test_dates_and_without_zone_they_are_utc(written: str, utc: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        found = read_date(written)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found is not None
    assert f"{found:%Y-%m-%d %H:%M}" == f"2026-03-02 {utc}"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "00",
        "Mon, 32 Mar 2026 11:00:00 GMT",
        "9" * 1_000,
        "0000-00-00T00:00:00Z",
        "1 Mar 2026 11:00:00 +9999999",
    ],
)
def test_no_date(written: str) -> None:
    assert read_date(written) is None


@given(
    st.text(max_size=60)
    | st.from_regex(r"[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,6} [\d:]{0,9} [+-]?\w{0,6}", fullmatch=True)
)
def test_whatever_is_written_it_is_a_moment_or_none(written: str) -> None:
    found = read_date(written)
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize("at", ["", "yesterday", "domani"])
def test_without_a_date_it_was_said_when_we_heard_it(at: str) -> None:
    assert one(rss(item(at=at))).created_at == NOW


def test_from_the_future_it_is_clamped_and_from_long_ago_it_is_backfill() -> None:
    late = one(rss(item(at="Mon, 02 Mar 2027 11:00:00 GMT")))
    assert (late.created_at, late.claimed_at) == (NOW, datetime(2027, 3, 2, 11, tzinfo=UTC))
    assert one(rss(item(at="Sun, 01 Mar 2026 11:00:00 GMT"))).backfill


# --- what is no feed --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not a feed: it is empty"),
        (" \n", "not a feed: it is empty"),
        ("<!doctype html><html><body>Sign in</body></html>", "not a feed but a web page"),
        ("<!-- x --><HTML>", "not a feed but a web page"),
        ('{"version": "https://jsonfeed.org/version/1.1"}', "not a feed but JSON"),
        ("Service unavailable", "not a feed: begins with 'Service unavailable'"),
        ("<?xml version='1.0'?><svg/>", "not a feed: begins with '<svg/>'"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not a feed: begins with"),
        ("<!--" * 10_000, "not a feed"),
    ],
)  # fmt: skip
def test_what_is_no_feed_says_what_it_is(body: str | bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=f"^{reason}"):
        read(body)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "head",
    [
        f'<?xml version="1.0"?>\n<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>\n',
        f'<?xml version="1.0"?><!DOCTYPE rss [\n<!ENTITY l0 "ha">\n{LAUGHS}]>',
        f'<!-- <a> --><!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>',
        f'<!doctype rss PUBLIC "x" "y" [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE rss [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
def test_billion_laughs_are_not_laughed(head: str, encoding: str) -> None:
    with pytest.raises(Unreadable, match="entities of its own"):
        read((head + rss(item(text="&l9;")).partition("?>\n")[2]).encode(encoding))


def test_a_document_type_that_declares_nothing_is_passed_over() -> None:
    kind = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
    body = rss(item(1, title="caff&egrave;")).replace("\n", f"\n{kind}\n", 1)
    assert one(body).title == "caffè"


def test_entities_in_a_text_about_them_are_no_declarations() -> None:
    assert one(rss(item(1, "how <!ENTITY works"))).title == "Title 1"


# --- charsets ---------------------------------------------------------------------------------------------

ITALIAN = rss(item(1, title="Perché è giù"))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (ITALIAN.encode(), ""),
        (ITALIAN.encode(), "text/xml"),
        (ITALIAN.encode(), "text/xml; charset=iso-8859-1"),
        (ITALIAN.encode(), "text/xml; charset=nonsense"),
        (ITALIAN.encode(), "application/rss+xml; charset=punycode"),
        (ITALIAN.replace("1.0", '1.0" encoding="iso-8859-1').encode(), ""),
        (ITALIAN.encode("utf-8-sig"), ""),
        (ITALIAN.encode("utf-16"), ""),
        (ITALIAN.encode("utf-16"), "text/xml; charset=utf-8"),
        (ITALIAN.encode("utf-16-le"), ""),
        (ITALIAN.encode("utf-32"), ""),
        (ITALIAN.encode("cp1252"), "text/xml; charset=utf-8"),
        (ITALIAN.encode("cp1252"), "text/xml; charset='windows-1252'"),
        (ITALIAN.replace("1.0", '1.0" encoding="iso-8859-1').encode("iso-8859-1"), "text/xml; charset=utf-8"),
        (ITALIAN.replace("1.0", '1.0" encoding="undefined').encode("cp1252"), "text/xml; charset=idna"),
        (ITALIAN.replace("1.0", '1.0" encoding="utf-7').encode(), ""),
    ],
)
def test_wrong_charsets(body: bytes, content_type: str) -> None:
    assert one(body, content_type).title == "Perché è giù"


def test_a_charset_of_seven_bits() -> None:
    body = rss(item(1, title="カード")).replace("1.0", '1.0" encoding="iso-2022-jp')
    assert one(body.encode("iso-2022-jp")).title == "カード"


def test_bytes_that_are_nothing() -> None:
    found = one(rss(item(1, title="caff\x00e\x0b")).encode()[:-1] + b"\xff\xfe>")
    assert found.title == "caffe"


# --- broken feeds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reference", ["&#xD800;", "&#99999999999;", "&#" + "9" * 5_000 + ";", "&#0;", "&bogus;", "&"]
)
def test_a_reference_to_nothing_costs_no_feed(reference: str) -> None:
    assert [found.id[-1] for found in mentions(rss(item(1, title=f"a{reference}b"), item(2)))] == ["1", "2"]


@given(
    st.integers(0x80, 0x10FFFF) | st.integers(0xD000, 0xE100),
    st.sampled_from(["&#{};", "&#x{:x};", "&#x{:X};", "&#x00{:X};"]),
)
def test_references_are_what_they_refer_to_unless_that_is_no_character(number: int, written: str) -> None:
    title = one(rss(item(1, title=f"a{written.format(number)}b"))).title
    surrogate = 0xD800 <= number <= 0xDFFF
    if surrogate:
        assert title == "a\ufffdb"
    elif chr(number).isalpha():
        assert title == f"a{chr(number)}b"


def test_a_feed_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    assert one(rss(item(1, title="first"), item(2))[:220]).title == "first"


@pytest.mark.parametrize("unit", ["<a>", "<a></b>", "<item>", "<a b='>'>"])
def test_elements_without_end_fill_no_memory(unit: str) -> None:
    with pytest.raises(Unreadable, match="elements within each other"):
        read(f"<rss><channel>{unit * 30_000}")


def test_tags_without_number_take_no_time() -> None:
    with pytest.raises(Unreadable, match="tags: not read"):
        read("<rss><channel>" + "<a></a>" * 600_000)


def test_markup_that_is_quoted_may_leave_open_what_it_likes() -> None:
    assert (
        one(
            rss(item(1, "")).replace(
                "<link>", "<description><![CDATA[a" + "<br>" * 30_000 + "]]></description><link>"
            )
        ).text
        == "a"
    )


def test_ten_thousand_items() -> None:
    assert len(read(rss(*(item(n, "") for n in range(10_000))))) == 10_000


@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda s: f"<rss><channel><item>{s}".encode("utf-8", "replace"))
)
def test_whatever_the_bytes_a_feed_or_a_reason(body: bytes) -> None:
    try:
        found = mentions(body)
    except Unreadable as error:
        assert str(error)
    else:
        assert all(1 <= len(mention.id) <= 1_000 and "\0" not in mention.text for mention in found)


# --- presets ----------------------------------------------------------------------------------------------


def test_google_news() -> None:
    feed = google_news("ronvia -corso", "it", "IT")
    assert feed.addresses == (
        "https://news.google.com/rss/search?q=ronvia+-corso+when%3A1d&hl=it-IT&gl=IT&ceid=IT%3Ait",
    )
    assert "when%3A3h&" in google_news("ronvia when:3h", "it", "IT").addresses[0]
    link = "https://news.google.com/rss/articles/CBMi?oc=5"
    body = rss(
        item("x", '<a href="y">Ronvia giù</a>', title="Ronvia giù - Il Corriere", link=link, guid="CBMi")
        .replace("</item>", '<source url="https://www.corriere.example">Il Corriere</source></item>'),
        title="Google News",
    )  # fmt: skip
    found = one(body, feed=feed)
    assert (found.id, found.title, found.text) == ("news:news.google.com/CBMi", "Ronvia giù", "")
    assert (found.author.id, found.author.handle, found.author.name) == (
        *["corriere.example"] * 2,
        "Il Corriere",
    )
    assert found.url == link


def test_google_alerts() -> None:
    feed = google_alert("https://www.google.com/alerts/feeds/0123/456")
    found = one(
        """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:google.com,2013:googlealerts/feed:77</id>
        <title type="html">&lt;b&gt;Ronvia&lt;/b&gt; gi&#249;</title>
        <link href="https://www.google.com/url?rct=j&amp;sa=t&amp;url=https://corriere.example/a%3Fid%3D1%26utm_source%3Dx&amp;ct=ga"/>
        <published>2026-03-02T11:00:00Z</published><updated>2026-03-02T11:00:00Z</updated>
        <content type="html">da ieri &lt;b&gt;Ronvia&lt;/b&gt; non&amp;nbsp;va</content></entry></feed>""",
        feed=feed,
    )
    assert (found.id, found.title) == ("news:tag:google.com,2013:googlealerts/feed:77", "Ronvia giù")
    assert (found.url, found.author.handle) == ("https://corriere.example/a?id=1", "corriere.example")
    assert (found.text, found.edited_at) == ("da ieri Ronvia non va", None)


@pytest.mark.parametrize(
    "link",
    ["https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?", "https://evil.example/url?url=https://x.example/", "https://google.com.evil.example/url?url=https://x.example/"],
)  # fmt: skip
def test_other_links_are_not_unwrapped(link: str) -> None:
    assert unwrapped(link) == link


def test_a_review_in_xml() -> None:
    found = one(REVIEWS, feed=STORE)
    assert (found.id, found.kind, found.rating) == ("appstore:7001", "review", Rating(1, 5))
    assert (found.title, found.text) == ("Non funziona", "L'app si blocca < subito & sempre")
    assert (found.author.id, found.author.name) == ("https://itunes.apple.com/it/reviews/id77", "anna_84")
    assert found.created_at == datetime(2026, 3, 2, 9, 10, tzinfo=UTC)
    assert found.links == (), "all reviews of an app share one page, and are not one story"


def test_an_author_whose_page_has_an_endless_address_is_known_by_the_review() -> None:
    found = one(REVIEWS.replace("/id77", "/id" + "7" * 2_000), feed=STORE)
    assert (found.author.id, len(found.author.url) > 2_000) == ("appstore:7001", True)


def review(number: int, **more: Any) -> dict[str, Any]:
    fields = {"id": str(number), "title": "Giù", "content": "non va", "im:rating": "2"} | more
    return {name: {"label": value} for name, value in fields.items()} | {
        "author": {"name": {"label": "anna"}}
    }


@pytest.mark.parametrize(
    "entries", [review(1), [review(1)], [{"id": {"label": "99"}, "im:name": {"label": "app"}}, review(1)]]
)
def test_a_review_in_json(entries: Any) -> None:
    found = one(json.dumps({"feed": {"entry": entries}}), feed=STORE)
    assert (found.id, found.rating, found.created_at) == ("appstore:1", Rating(2, 5), NOW)


def test_reviewers_of_one_nickname_are_not_one_person() -> None:
    first, second = mentions(json.dumps({"feed": {"entry": [review(1), review(2)]}}), feed=STORE)
    assert first.author.id != second.author.id


@pytest.mark.parametrize(
    "body",
    [
        '{"feed": {}}',
        '{"feed": {"entry": []}}',
        '{"feed": {"entry": [1, {"id": 2}, {"im:rating": {"label": "six"}}]}}',
        '{"feed": {"entry": [{"im:rating": {"label": "5.01"}}, {"im:rating": {"label": "0"}}]}}',
    ],
)
def test_no_reviews(body: str) -> None:
    assert not read(body, feed=STORE)


@pytest.mark.parametrize(
    "body", ["{", "{}", '{"feed": []}', '{"feed": null}', "{" + "[" * 100_000, '{"a":' * 50_000]
)
def test_json_that_is_no_feed(body: str) -> None:
    with pytest.raises(Unreadable):
        read(body, feed=STORE)


def test_every_spelling_of_an_address() -> None:
    found = addresses("99", "it")
    assert len(set(found)) == 8
    assert found[0] == "https://itunes.apple.com/it/rss/customerreviews/page=1/id=99/sortby=mostrecent/xml"
    assert [address.rpartition("/")[2] for address in found] == ["xml"] * 4 + ["json"] * 4


# --- links ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("https://x.example", "https://x.example/"),
        ("https://anna:pw@x.example/a", "https://x.example/a"),
        ("http://x.example:80/a?", "http://x.example/a"),
        ("http://x.example:8080/a?b=1&&gclid=2&UTM_Medium=3", "http://x.example:8080/a?b=1"),
        ("  https://x.example/a b  ", "https://x.example/a%20b"),
        ('https://x.example/"><script>', "https://x.example/%22%3E%3Cscript%3E"),
        ("/a", "https://news.example/a"),
        ("https://a%3Eb/", ""), ("https://a b/", ""), ("https://perché.example/è", "https://perché.example/è"),
        ("https://[::1/", ""), ("https://x.example:99999/", ""), ("file:///etc/passwd", ""),
        ("java\nscript:alert(1)", "https://news.example/java%0Ascript:alert(1)"),
        ("https://x.example/" + "a" * 9_000, ""),
    ],
)  # fmt: skip
def test_links(link: str, found: str) -> None:
    assert canonical(link, URL) == found


@given(st.text(max_size=100) | st.text(max_size=50).map(lambda s: "https://" + s))
def test_a_link_is_of_the_web_and_in_its_one_form(link: str) -> None:
    found = canonical(link, URL)
    assert found == "" or found.startswith(("http://", "https://"))
    assert not set(found) & set("<>\"' \n\0") - {"'"}
    assert canonical(found, URL) in {found, "https://news.example/feed.xml"}
