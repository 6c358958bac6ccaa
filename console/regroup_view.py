"""Joining and splitting by hand: from a form and from what is stored to what will happen, in words. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from console import regroup_words, views
from console.reading_regroup import Going, Pair, Told
from console.rows import MentionRow, StoryRow, When
from console.tongue import Tongue
from console.website import number
from earshot.clock import from_us
from earshot.store.regrouped import Regrouped

_NAMED = re.compile(r"(?:\S*/stories/)?([0-9]+)(?:[/?#]\S*)?", re.ASCII)
_LONGEST = 2_000  # characters of what is typed
_TITLED = 140
_LISTED = 10

ALONE, WITH = "alone", "with"


class Fault(NamedTuple):
    """Why it cannot be done."""

    said: str
    reason: str = ""
    """What the one that does it says, in English."""


class Way(NamedTuple):
    """One thing that can be done, and all that will happen then."""

    key: str
    name: str
    note: str
    others_go: bool
    """The mention is the story's first, which stays."""
    happens: list[str]


class SplitPage(NamedTuple):
    story: StoryRow
    mention: MentionRow
    ways: list[Way]
    fault: Fault | None


class JoinPage(NamedTuple):
    story: StoryRow
    other: StoryRow | None
    """None: it is still to be chosen."""
    kept: int
    """Which of the two stays."""
    happens: list[str]
    typed: str
    recent: list[StoryRow]
    fault: Fault | None


class Done(NamedTuple):
    """What a person did with a story."""

    said: str
    other: int | None
    """A story with a page of its own."""
    at: When


def named(typed: str) -> int | None:
    """The story's number in what somebody typed: a number, or the address of a page."""
    found = _NAMED.fullmatch(typed[:_LONGEST].strip())
    return number(found[1]) if found else None


def chosen(found: Going, way: str) -> set[int]:
    """The mentions that the regrouper is asked to part."""
    return {found.kept.n, *(found.hanging if way == WITH else ())}


def split_page(
    say: Tongue,
    found: Going,
    story: int,
    now: datetime,
    accounts: Sequence[str] = (),
    fault: Fault | None = None,
) -> SplitPage:
    """`story` is the one that the page is about, as its address says."""
    fault = fault or why_no_split(say, found, story)
    return SplitPage(
        _row(say, found.home, now),
        views.mention_row(say, found.kept, now, accounts),
        [] if fault else _ways(say, found),
        fault,
    )


def why_no_split(say: Tongue, found: Going, story: int) -> Fault | None:
    home = found.home.story.id
    if home != story:
        return Fault(regroup_words.elsewhere(say, story, home))
    if found.known == {found.kept.n}:
        return Fault(regroup_words.the_only_one(say, home))
    return None


def _ways(say: Tongue, found: Going) -> list[Way]:
    """With what hangs on it first: it is what is mostly meant. Not all of a story can go."""
    keys = [*([WITH] if found.hanging and chosen(found, WITH) != found.known else []), ALONE]
    return [_way(say, found, key) for key in keys]


def _way(say: Tongue, found: Going, key: str) -> Way:
    story, taken = found.home.story.id, chosen(found, key)
    is_first = story in taken
    going = found.known - taken if is_first else taken
    begun, staying = min(going), len(found.known) - len(going)
    tell = regroup_words.stays if is_first else regroup_words.leaves
    happens = tell(say, len(going), staying, story, begun)
    if begun in found.parts:
        happens.append(regroup_words.revived(say, begun))
    name = (regroup_words.stays_with if is_first else regroup_words.goes_with)(say, len(taken) - 1)
    note = regroup_words.hanging(say, len(taken) - 1)
    return Way(key, name, note, is_first, [*happens, *regroup_words.after_split(say)])


def join_page(say: Tongue, found: Pair, typed: str, now: datetime, fault: Fault | None = None) -> JoinPage:
    """`typed` is how the other story was named; empty: not yet."""
    fault = fault or (why_no_join(say, found, typed) if typed else None)
    one, other = found.one, None if fault else found.other
    kept, joined = sorted((one, other or one), key=lambda told: told.story.id)
    return JoinPage(
        _row(say, one, now),
        _row(say, other, now) if other else None,
        kept.story.id,
        _happens(say, kept, joined) if other else [],
        views.brief(typed),
        [_row(say, told, now) for told in found.recent],
        fault,
    )


def why_no_join(say: Tongue, found: Pair, typed: str) -> Fault | None:
    one, other, asked = found.one.story, found.other, named(typed)
    if asked is None:
        return Fault(regroup_words.no_number(say))
    if other is None:
        return Fault(regroup_words.unknown(say, asked))
    if other.story.id == one.id:
        return Fault(regroup_words.one_already(say, asked, one.id))
    if other.story.brand != one.brand:
        return Fault(
            regroup_words.other_brand(say, asked, views.brief(other.story.brand), views.brief(one.brand))
        )
    return None


def _happens(say: Tongue, kept: Told, joined: Told) -> list[str]:
    one, other = kept.story, joined.story
    happens = regroup_words.becomes(say, one.id, other.id)
    happens.append(regroup_words.counted(say, one.mentions, other.mentions))
    if other.episode:
        happens.append(regroup_words.goes_on(say, one.id, other.id))
    return [*happens, *regroup_words.after_join(say)]


def by_hand(say: Tongue, done: Sequence[Regrouped], story: int, now: datetime) -> list[Done]:
    """For the page of a story, the newest first."""
    return [
        Done(
            regroup_words.done(say, made, story),
            (made.other if made.story == story else made.story) if made.kind == "split" else None,
            views.when(say, from_us(made.at), now),
        )
        for made in done[:_LISTED]
    ]


def _row(say: Tongue, told: Told, now: datetime) -> StoryRow:
    return views.story_row(say, told.story, told.first, now)._replace(
        headline=views.headline(say, told.first, _TITLED)
    )
