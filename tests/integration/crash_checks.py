"""What must hold after any fault: all of it stored once, decided as if nothing had happened, told once."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from math import isclose

from crash_world import Receivers
from msgspec import structs

from alerts.rules import identity
from earshot.model import Level, Story
from earshot.store import Store, brands, mentions, stories
from processors.rebuild import rebuild


def check_stored_once(store: Store, expected: Counter[tuple[str, str]]) -> None:
    """Every (id, brand) once, and every story the sum of its mentions."""
    stored: Counter[tuple[str, str]] = Counter()
    for story in all_stories(store):
        with store.read() as connection:
            rows = mentions.of_story(connection, story.id)
        stored.update((m.id, m.brand) for m in (mentions.read(row).mention for row in rows))
        found = differences(rebuild(story, rows)[0], story)
        assert not found, f"story {story.id} is not the sum of its mentions: {found}"
    assert stored <= expected, f"stored more than once: {sorted((stored - expected).items())[:5]}"
    assert expected <= stored, f"lost: {sorted((expected - stored).items())[:5]}"


def differences(one: Story, other: Story) -> dict[str, tuple[object, object]]:
    """Field -> both values, where they are not the same. Sums of the spread may be made in another order."""
    pairs = {name: (getattr(one, name), getattr(other, name)) for name in Story.__struct_fields__}
    spread = pairs["spread"]
    if len(spread[0]) == len(spread[1]) and all(map(partial(isclose, rel_tol=1e-9, abs_tol=1e-9), *spread)):
        del pairs["spread"]
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def decided(store: Store) -> list[Story]:
    """Every story by brand and age. Versions and the brand's number tell how it came about, not what."""
    return [
        structs.replace(story, version=0, id=story.id - brands.number(brands.brand_no(story.id), 0))
        for story in sorted(all_stories(store), key=lambda story: (story.brand, story.id))
    ]


def check_decided(store: Store, whole: Sequence[Story]) -> None:
    """The same stories as `whole`, with the same numbers and episodes."""
    found = decided(store)
    here, there = ({(each.brand, each.first) for each in some} for some in (found, whole))
    assert here == there, f"begun otherwise: {sorted(here ^ there)[:9]}"
    others = [each for each in map(differences, found, whole) if each]
    assert not others, f"decided otherwise: {others[:5]}"


def check_notices(store: Store, receivers: Receivers) -> None:
    """Each decision of each episode was told once; again only where the row says that it might have been."""
    decided = [(s, e, steps) for s in all_stories(store) for e in s.episodes for steps in e.decisions]
    loud = [each for each in decided if max(step.level for step in each[2]) >= Level.warning]
    web = {identity(s, e, steps[0], "web") for s, e, steps in decided}
    post = {identity(s, e, steps[0], "post") for s, e, steps in loud}
    with store.read() as connection:
        rows = connection.exec_driver_sql("select identity, state, possible_repeat from notices").all()
    assert {row[0] for row in rows} == web | post
    assert {row[1] for row in rows} == {"sent"}
    assert (set(receivers.webhook), set(receivers.mail)) == (web, post)
    repeated = {name for name, times in (receivers.webhook + receivers.mail).items() if times > 1}
    assert repeated <= {row[0] for row in rows if row[2]}


def all_stories(store: Store) -> Sequence[Story]:
    with store.read() as connection:
        return [
            story
            for row in brands.every(connection)
            for story in stories.newest(connection, brands.numbers(row.no), 1_000_000)[::-1]
        ]
