"""The fuzzers, each for a time, in a process of its own. `EARSHOT_TEST_FUZZ_SECONDS` gives them more."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SECONDS = int(os.environ.get("EARSHOT_TEST_FUZZ_SECONDS", "15"))
RSS = b"""\0<rss version='2.0'><channel><title>t</title><item><title>a &amp;amp; &lt;b&gt;</title><link>http://x/</link>
<guid>1</guid><pubDate>Mon, 02 Mar 2026 11:00:00 GMT</pubDate><description>&nbsp;<![CDATA[<p>x]]></description>
<source url='http://y/'>y</source></item></channel></rss>"""
ATOM = b"""\2<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://x/'><entry><id>tag:1</id>
<title type='html'>&lt;b></title><link href='https://www.google.com/url?url=http://x/'/><updated>2026-03-02T11:00:00Z</updated>
<content type='xhtml'><div><p>x</p></div></content><author><name>a</name></author></entry></feed>"""
RDF = b"\1<rdf:RDF xmlns:rdf='r' xmlns='http://purl.org/rss/1.0/'><item rdf:about='x'><title>x &#xD800; &#99999999;</title></item>"
JSON = b'\3{"feed": {"entry": [{"id": {"label": "1"}, "im:rating": {"label": "1"}}]}}'
BROKEN = b"\0<!DOCTYPE rss PUBLIC 'x' 'y'><rss><channel><item><title>&bogus; <b"
MARKUP = (
    b'<p class="a>b">x &amp;lt; &#0; &#xD800; &#9999999999; <br/><script>a</script><!-- x --><![CDATA[y]]>'
)
MORE = b"<style>p{}</style><td>1</td><a href='x'>2 < 3 <3</a><?php x ?>&nbsp;&shy;"
SEEDS = {"fuzz_feed.py": [RSS, ATOM, RDF, JSON, BROKEN], "fuzz_markup.py": [MARKUP, MORE]}


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="atheris is not installed: it is there for Linux on x86-64 only",
)
@pytest.mark.timeout(SECONDS * 4 + 120)
@pytest.mark.parametrize("target", SEEDS)
def test_fuzzed_for_a_time(target: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(SEEDS[target]):
        (corpus / str(number)).write_bytes(seed)
    limits = [
        f"-max_total_time={SECONDS}",
        "-timeout=20",
        "-rss_limit_mb=2000",
        "-max_len=4000",
        f"-artifact_prefix={tmp_path}/",
    ]
    # By way of a shell: Linux counts the peak of who starts a process as its own, and a worker of ours may be large.
    ended = subprocess.run(
        ["sh", "-c", '"$@"; exit $?', "sh", sys.executable, str(HERE / target), *limits, str(corpus)],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout[-4_000:] + ended.stderr[-4_000:]
    assert "Done" in ended.stderr, ended.stderr[-4_000:]
