"""What linking costs with 100,000 live stories, beside MinHash-LSH and a TF-IDF nearest neighbour; spread and risk too.

    python bench/speed_linking.py [--live 100000] [--queries 5000] [--closed] [--alone] [--json]

CPU-µs a mention, seconds to take over, MB. The texts are drawn: 12 words each, Zipf's law over 200,000; of the
queries half are new texts, a quarter near-duplicates, a quarter share five words with a live story. --closed feeds as
many stories again first, which are closed by then: they must cost nothing. First the words alone, as the peers do it;
then all of linking, by what ties the mention, in batches of 500 on a SQLite store, and reading a brand back from it:
each tie leads to any of the live stories, nearly none of which is cached. Peers get an environment of their own in
.servers/peers. Read bench/README.md with it.
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import argparse
import gc
import json
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import machine
import numpy as np
from linkers import PEERS
from spread_and_risk import spread_and_risk

from earshot.config import from_dict
from earshot.model import Author, Mention, Score
from earshot.recent import Recent
from earshot.store import Store, brands
from earshot.topics import Said
from processors import owner
from processors.likeness import Heard, Likeness, take_over
from processors.linking import Linking
from processors.turn import Desk, Turn
from processors.words import words

_VOCABULARY, _WORDS = 200_000, 12
_GAP = 5_000_000  # µs between two mentions: 100,000 in six days
_BATCH = 500
_START = datetime(2026, 3, 2, tzinfo=UTC)
_SCORE = Score(language="en", negative=0.2, neutral=0.5, positive=0.3)

_SCRIPT = Path(__file__).with_name("peers_linking.py")


def main() -> None:
    options = _options()
    draw = np.random.default_rng(5)
    live = _drawn(draw, options.live)
    queries = _queries(draw, live, options.queries)
    found = {"live": options.live, "machine": _ticks(), "ours": _ours(live, queries, closed=options.closed)}
    found["peers"] = (
        {} if options.alone else {name: _peer(name, live, queries) for name in ("minhash", "sklearn")}
    )
    del live, queries
    found["ties"] = _ties(options.live, options.queries)
    found["spread and risk"] = spread_and_risk()
    print(json.dumps(found, indent=1) if options.json else _for_people(found))


def _ours(live: list[str], queries: list[str], *, closed: bool) -> dict[str, float]:
    gc.collect()
    before, first, likeness = _resident(), 1, Likeness()
    if closed:
        first += len(live)
        likeness = take_over(Heard(n, n, text, n * _GAP) for n, text in enumerate(live, 1))
    shift = (1 + first) * _GAP * (100 if closed else 1)
    started = process_time()
    for n, text in enumerate(live, first):
        likeness.add(n, n, words(text), shift + n * _GAP)
    built, memory = process_time() - started, _resident() - before
    stages = _stages(likeness, queries, first + len(live), shift)
    found = {"us": sum(stages.values()), **stages, "rebuild_s": built, "memory_mb": memory}
    return found | _parts(likeness, queries) | {"live stories": likeness.rarity.stories}


def _stages(likeness: Likeness, queries: list[str], n: int, shift: int) -> dict[str, float]:
    """µs a mention, by stage, as the pipeline does it."""
    spent = dict.fromkeys(("words", "find", "add", "sweep"), 0.0)
    for at, text in enumerate(queries, n):
        marks = [process_time()]
        said = words(text)
        marks.append(process_time())
        found = likeness.find(said, shift + at * _GAP)
        marks.append(process_time())
        likeness.add(at, found.story if found else at, said, shift + at * _GAP)
        marks.append(process_time())
        likeness.sweep(at)
        marks.append(process_time())
        for stage, begin, end in zip(spent, marks, marks[1:], strict=False):
            spent[stage] += 1e6 * (end - begin) / len(queries)
    return spent


def _parts(likeness: Likeness, queries: list[str]) -> dict[str, float]:
    """µs a query of each index alone, without words and weights."""
    weighed = [likeness.rarity.weigh(words(text)) for text in queries]
    near, centroids = likeness._near, likeness._centroids  # noqa: SLF001
    return {
        "near alone": _each(near.find, weighed),
        "centroid alone": _each(lambda each: centroids.find(each, likeness._hour), weighed),  # noqa: SLF001
    }


def _each(call: Callable[[Any], object], given: Iterable[Any]) -> float:
    given = list(given)
    started = process_time()
    for each in given:
        call(each)
    return 1e6 * (process_time() - started) / len(given)


def _peer(name: str, live: list[str], queries: list[str]) -> dict[str, Any]:
    try:
        python = machine.python_with(*PEERS)
    except machine.NotInstallable as error:
        return {"missing": str(error)}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({"live": live, "queries": queries}, file)
        file.flush()
        ran = subprocess.run([python, _SCRIPT, name, file.name], check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(ran.stdout)
    return result


# --- all of linking -----------------------------------------------------------------------------------------


def _ties(live: int, count: int) -> dict[str, Any]:
    """CPU-µs a mention, by what ties it, and s to take the brand over."""
    draw = np.random.default_rng(5)
    texts = _drawn(draw, live)
    fresh, like = _drawn(draw, 2 * count), _queries(draw, texts, count)
    told = draw.integers(live, size=3 * count).tolist()
    kinds: dict[str, Callable[[int], dict[str, Any]]] = {
        "id": lambda n: {"text": fresh[n], "parent": f"x:{told[n]}"},
        "address": lambda n: {"text": fresh[count + n], "links": (_page(told[count + n]) + "?utm_source=x",)},
        "hash": lambda n: {"text": texts[told[2 * count + n]]},
        "words": lambda n: {"text": like[n]},
    }
    with tempfile.TemporaryDirectory() as folder, closing(Store(Path(folder) / "earshot.db")) as store:
        brand = _Brand(store)
        brand.hear([{"id": f"x:{n}", "text": text, "links": (_page(n),)} for n, text in enumerate(texts)])
        taken = min(brand.take_over() for _ in range(3))
        gc.collect()
        gc.freeze()
        spent = {kind: brand.hear([given(n) for n in range(count)]) for kind, given in kinds.items()}
    return {"take_over_s": taken, "us": spent}


def _page(n: int) -> str:
    return f"https://site.example/page/{n}"


class _Brand:
    """Linked as the pipeline does it; each batch once more than that, which is told the same, to be timed alone."""

    def __init__(self, store: Store) -> None:
        self._store, self._config = store, from_dict({"brands": [{"name": "Acme", "any": ["acme"]}]})
        self._desk, self._heard = Desk(self._config), 0
        with store.begin() as connection:
            brands.create(connection, "Acme")
        self.take_over()

    def take_over(self) -> float:
        """s."""
        with self._store.read() as connection:
            started, row = process_time(), brands.load(connection, "Acme")
            assert row
            settings = self._config.alerts
            self._owner = owner.take_over(connection, row, Recent(2_000), settings)
            return process_time() - started

    def hear(self, given: list[dict[str, Any]]) -> float:
        """µs a mention in the median batch: others use this machine too."""
        events = [self._said(**each) for each in given]
        spent = [self._turn(events[at : at + _BATCH]) for at in range(0, len(events), _BATCH)]
        return 1e6 * float(np.median(spent)) / _BATCH

    def _said(self, **given: Any) -> Said:
        self._heard += 1
        at = _START + timedelta(microseconds=self._heard * _GAP)
        who: dict[str, Any] = {
            "id": f"y:{self._heard}",
            "brand": "Acme",
            "author": Author(id=f"u{self._heard}"),
        }
        return Said(mention=Mention(**(who | {"created_at": at, "collected_at": at} | given)))

    def _turn(self, events: list[Said]) -> float:
        scores = [_SCORE] * len(events)
        with self._store.read() as connection:
            started = process_time()
            Linking(self._owner, connection, events).tasks(events, scores)
            spent = process_time() - started
            turn = Turn(self._desk, self._owner, connection)
            turn.hear(events, scores)
        with self._store.begin() as connection:
            turn.save(connection)
        turn.absorb()
        return spent


# --- texts --------------------------------------------------------------------------------------------------


def _drawn(draw: np.random.Generator, count: int) -> list[str]:
    ranks = np.exp(draw.random((count, _WORDS)) * np.log(_VOCABULARY)).astype(int)
    return [" ".join([f"w{rank:x}" for rank in row]) for row in ranks]


def _queries(draw: np.random.Generator, live: list[str], count: int) -> list[str]:
    fresh = _drawn(draw, count)
    for n in range(0, count, 2):
        old, new = live[int(draw.integers(len(live)))].split(), fresh[n].split()
        fresh[n] = " ".join([*old[:-1], new[0]] if n % 4 else [*old[:5], *new[:6]])
    return fresh


def _ticks() -> float:
    """µs for 1,000 look-ups in a dictionary: how fast this machine is in these minutes."""
    known, spent = dict.fromkeys(range(1_000), 0), []
    for _ in range(200):
        started = process_time()
        for key in range(1_000):
            known.get(key)
        spent.append(1e6 * (process_time() - started))
    return float(np.median(spent))


def _resident() -> float:
    """MB (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def _for_people(found: dict[str, Any]) -> str:
    lines = [
        f"{found['live']:,} live stories; CPU-µs a mention (1,000 look-ups take {found['machine']:.0f} µs here)"
    ]
    lines += ["", "| | µs | x ours | take-over, s | MB |", "|---" * 5 + "|"]
    base = found["ours"]["us"]
    for name, each in {"ours": found["ours"], **found["peers"]}.items():
        if "missing" in each:
            lines.append(f"| {name} cannot be installed here: {each['missing']} | | | | |")
            continue
        cells = f"{each['us']:,.0f} | {each['us'] / base:.1f} | {each['rebuild_s']:.1f} | {each['memory_mb']:,.0f}"
        lines.append(f"| {name} | {cells} |")
    parts = ", ".join(f"{name} {found['ours'][name]:.0f}" for name in ("words", "find", "add", "sweep"))
    alone = ", ".join(f"{name} {found['ours'][name]:.0f}" for name in ("near alone", "centroid alone"))
    ties = ", ".join(f"{kind} {us:.0f}" for kind, us in found["ties"]["us"].items())
    risk = ", ".join(f"{kind} {us:.1f}" for kind, us in found["spread and risk"].items())
    lines += ["", f"ours, by stage: {parts}; a query of {alone}"]
    lines.append(
        f"all of linking, tied by: {ties}; a brand is taken over in {found['ties']['take_over_s']:.1f} s"
    )
    return "\n".join([*lines, f"spread and risk, of a story that is: {risk}"])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--live", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=5_000)
    parser.add_argument("--closed", action="store_true", help="As many stories before, closed by now.")
    parser.add_argument("--alone", action="store_true", help="Without peers.")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
