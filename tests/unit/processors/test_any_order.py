"""What proves that two mentions belong together does so whichever of them is heard first in a batch."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pipeline_world import World, said

from earshot.topics import Said

OTHERS = st.integers(0, 9).map("x:{}".format)
PAGES = st.lists(st.integers(0, 5).map("https://daily.example/{}".format), max_size=2).map(tuple)
WORDS = "kettle lantern bicycle umbrella violin harbour pepper marble candle anchor".split()


def own_words(n: int) -> str:
    word = WORDS[n]
    return f"{word} {word[::-1]} {word}ish un{word}"


REFERENCES = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("reposted", "quoted", "parent", "root"), OTHERS)
)
ADDRESSES = st.fixed_dictionaries({"links": PAGES})
COPIES = st.fixed_dictionaries({"text": st.integers(0, 3).map(own_words)})
BOTH = st.one_of(
    REFERENCES,
    st.fixed_dictionaries({"links": PAGES}, optional=dict.fromkeys(("reposted", "quoted", "root"), OTHERS)),
)
"""References and addresses, but no address in an answer: see `test_an_address_in_an_answer_leads_but_proves_nothing`."""

any_order = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def batches(ties: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[tuple[list[Said], Sequence[Said]]]:
    """The same mentions twice, in two orders; but for their ties they have nothing in common."""
    logs = st.lists(ties, min_size=2, max_size=10).map(
        lambda each: [said(str(n), **({"text": own_words(n)} | given)) for n, given in enumerate(each)]
    )
    return logs.flatmap(lambda log: st.tuples(st.just(log), st.permutations(log)))


def stories(batch: Sequence[Said]) -> set[frozenset[str]]:
    """Which mentions lie together."""
    with TemporaryDirectory() as folder:
        world = World(Path(folder)).hear(*batch)
        return {frozenset(kept.mention.id for kept in world.kept(story)) for story in world.stories()}


def holds(ties: st.SearchStrategy[dict[str, Any]]) -> Callable[[], None]:
    @any_order
    @given(batches(ties))
    def same(orders: tuple[list[Said], Sequence[Said]]) -> None:
        one, other = orders
        assert stories(one) == stories(other)

    return same


test_references = holds(REFERENCES)
test_addresses = holds(ADDRESSES)
test_copies = holds(COPIES)
test_references_and_addresses = holds(BOTH)


def test_an_address_in_an_answer_leads_but_proves_nothing() -> None:
    """Mostly it is help: so who says it later finds the answer's story, and who said it before is not joined to that."""
    page = ("https://daily.example/refunds",)
    asked, answer = said("0", text=own_words(0)), said("1", text=own_words(1), parent="x:0", links=page)
    link = said("2", text=own_words(2), links=page)
    assert stories([asked, answer, link]) == {frozenset({"x:0", "x:1", "x:2"})}
    assert stories([link, asked, answer]) == {frozenset({"x:0", "x:1"}), frozenset({"x:2"})}
