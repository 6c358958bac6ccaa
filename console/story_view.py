"""The page of a story: from what is stored to what it says. Pure, with no markup but of our own pictures."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from console import bars, story_words, views, words
from console.count_rule import count_rule
from console.curves import WORTH
from console.fan import Fan, fan
from console.marks import Mark
from console.pace import pace
from console.reading import Called, Detail
from console.reading_carriers import Carrier
from console.reading_mentions import is_split_off
from console.rows import CarriedRow, CarrierRow, ChanceRow, OutlookRow, SaidRow, StepRow, StoryPage, TermRow
from console.shares import Shared, folded
from console.tongue import Tongue
from console.weighed import calm_since, stopped_at
from earshot.causes import Cause
from earshot.clock import from_us, to_us
from earshot.explain import Line, People, outlet, people, points
from earshot.model import Story
from earshot.quoting import is_by_words

_TITLED = 180
_QUOTED = 240


def story_page(
    say: Tongue, found: Detail, names: Sequence[str], now: datetime, accounts: Sequence[str] = ()
) -> StoryPage:
    story = found.story
    row = views.story_row(say, story, found.first, now)._replace(
        headline=views.headline(say, found.first, _TITLED)
    )
    shown = {kept.n for kept in found.newest}
    return StoryPage(
        row,
        views.when(say, story.opened_at, now),
        say.number(story.mentions),
        say.number(story.authors),
        people(story.reach, say.language),
        say.number(story.negative_authors),
        [_step_row(say, called, shown, now) for called in reversed(found.called)],
        [_said_row(say, each, story, now, accounts) for each in folded(found.newest)],
        len(found.newest) > 1,
        words.shown(say, len(found.newest), story.mentions),
        words.labels(say) if story.voters else "",
        words.withdrawn(say, story.withdrawn) if story.withdrawn else "",
        words.unread(say, story.unread) if story.unread else "",
        words.voters(say, story.voters),
        words.outlets(say, len(story.outlets)) if story.outlets else "",
        views.handle(say, found.first) if found.first else "",
        story.brand in names,
        _is_by_rule(story),
        story_words.unheard(say, story.unheard) if story.unheard else "",
        outlook(say, found, now),
        carried(say, found, now, accounts),
    )


def weighed(say: Tongue, found: Detail, half_life: timedelta, now: datetime) -> str:
    """Of when the risk and its terms are, where that is not about now."""
    if calm := calm_since(found.story, half_life):
        at = from_us(min(to_us(calm), found.weighed))
        return story_words.calm(say, say.near(at, now)) if stopped_at(to_us(at), now) else ""
    stopped = stopped_at(found.weighed, now)
    return story_words.weighed(say, say.near(stopped, now)) if stopped else ""


def _said_row(say: Tongue, shared: Shared, story: Story, now: datetime, accounts: Sequence[str]) -> SaidRow:
    times = [kept.mention.created_at for kept in shared.shares]
    row = views.mention_row(say, shared.kept, now, accounts)
    return SaidRow(
        row._replace(why=words.apart(say)) if is_split_off(shared.kept, story) else row,
        story_words.shared(say, len(times), min(times), max(times)) if times else "",
        [views.mention_row(say, kept, now, accounts) for kept in shared.shares],
    )


def _step_row(say: Tongue, called: Called, shown: set[int], now: datetime) -> StepRow:
    cause = called.mention
    return StepRow(
        called.step.level.name,
        words.level(say, called.step.level),
        words.again(say, called.step),
        views.when(say, called.step.at, now),
        words.mentions(say, called.known),
        views.handle(say, cause) if cause else "",
        cause.n if cause and cause.n in shown else None,
        called.episode,
        views.cause_row(say, Cause(called.step, cause), now, _QUOTED)
        if cause and is_by_words(called.step)
        else None,
    )


def _is_by_rule(story: Story) -> bool:
    episode = story.episode
    loudest = [step for step in episode.steps if step.level == episode.level] if episode else []
    return bool(loudest) and loudest[0].reason != "risk"


def terms(say: Tongue, lines: Sequence[Line]) -> list[TermRow]:
    """The terms of a risk as they are added, the strongest first; those that add nothing come last."""
    ordered = sorted(lines, key=lambda line: -abs(line.points))
    return [
        TermRow(line.term, points(line.points, say.language), line.sentence, line.points) for line in ordered
    ]


# --- the curve, and what is said beside it ------------------------------------------------------------------


def times(found: Detail) -> list[int]:
    """When each mention was said, in order, µs."""
    return sorted(heard.said_at for heard in found.heard)


def marks(say: Tongue, found: Detail) -> list[Mark]:
    """The moments of the alerts, of the first outlet and of the count rule, for the curve; in order.

    What calls for several reasons at once is one mark.
    """
    moments = _moments(say, found)
    same_day = len({say.day(from_us(at)) for at, *_ in moments} | {say.day(found.story.opened_at)}) == 1
    when = say.hour if same_day else say.short
    told = (Mark(at, kind, label(when(from_us(at)))) for at, kind, label in moments)
    return list({(mark.kind, mark.label): mark for mark in reversed(list(told))}.values())[::-1]


class _Moment(NamedTuple):
    at: int
    kind: str
    label: Callable[[str], str]
    """From how the moment is told."""


def _moments(say: Tongue, found: Detail) -> list[_Moment]:
    made = [_alert_moment(say, called) for called in found.called]
    for each in found.carriers.trusted[:1]:
        at = to_us(each.kept.mention.created_at)
        made.append(_Moment(at, "press", partial(story_words.press_mark, say)))
    rule = count_rule(found.story, found.heard, found.calls)
    if rule and rule.at is not None:
        made.append(_Moment(rule.at, "count", partial(story_words.count_mark, say, rule.size)))
    return sorted(made, key=lambda moment: moment.at)


def _alert_moment(say: Tongue, called: Called) -> _Moment:
    level = called.step.level
    label = partial(words.alert_mark, say, words.level(say, level), called.known)
    return _Moment(to_us(called.step.at), level.name, label)


def fan_of(found: Detail, drawn: Sequence[Mark], now: datetime) -> Fan | None:
    at = to_us(stopped_at(found.weighed, now) or now)
    return fan(found.story, times(found), [mark.at for mark in drawn], to_us(now), at)


def outlook(say: Tongue, found: Detail, now: datetime) -> list[OutlookRow]:
    """What the curve shows, in sentences: for those who do not see it, and for those who want the numbers."""
    return [
        *_as_of(say, found, now),
        *_expected(say, found, now),
        *_pace(say, found, now),
        *_counted(say, found, now),
    ]


def _as_of(say: Tongue, found: Detail, now: datetime) -> list[OutlookRow]:
    stopped = stopped_at(found.weighed, now)
    if stopped is None:
        return []
    said = story_words.stopped(say, say.near(stopped, now), now - stopped)
    return [OutlookRow(say.gettext("As of"), said)]


def _expected(say: Tongue, found: Detail, now: datetime) -> list[OutlookRow]:
    ahead = fan_of(found, (), now)
    if ahead is None:
        return []
    said = story_words.forecast(say, ahead)
    size = OutlookRow(say.gettext("Forecast"), said, story_words.rests_on(say, ahead))
    return [size, *_chances(say, found.story, ahead), *_expected_reach(say, found, ahead)]


def _chances(say: Tongue, story: Story, ahead: Fan) -> list[OutlookRow]:
    """Of a few sizes that it has not come to."""
    rows = tuple(
        ChanceRow(say.number(size), say.percent(max(0.01, min(0.99, chance))), size == story.large)
        for size, chance in ahead.expected.chances
        if size > ahead.so_far + ahead.unheard
    )
    if not rows:
        return []
    return [OutlookRow(say.gettext("Chances"), *story_words.chances(say, story, ahead), rows)]


def _expected_reach(say: Tongue, found: Detail, ahead: Fan) -> list[OutlookRow]:
    """By how many more mentions are expected to be heard; nothing where they would bring nobody."""
    each = _people_a_mention(found)
    further = [(heard - ahead.so_far) * each for heard in (ahead.so_far, ahead.low, ahead.size, ahead.high)]
    if further[-1] < 1:
        return []
    figures = [people(found.story.reach + more, say.language) for more in further]
    said = story_words.expected_reach(say, ahead, *figures)
    few = People(say.number(round(each, 1)), people(0, say.language).unit)
    made = say.gettext(
        "The estimated reach so far, and %(each)s for each further mention that is heard (about %(more)s; what"
        " platforms only count shows nobody's followers): as many as one has added so far on average, without the"
        " account with most followers. Where a range is told it is that of the mentions alone: the reach may well end"
        " outside it. Outlets that have not taken it up yet are not in it.",
        more=say.number(round(ahead.size - ahead.so_far)),
        each=" ".join(people(each, say.language) if each >= 1 else few),
    )
    return [OutlookRow(say.gettext("Expected reach"), said, made)]


def _people_a_mention(found: Detail) -> float:
    """What a further mention adds: the loudest account comes but once, and would stand for all that are to come."""
    story = found.story
    accounts = (each.people for each in found.carriers.strongest if not each.outlet)
    others = max(story.followers - max(accounts, default=0), 0)
    return others / max(story.authors - 1, 1) * story.authors / story.mentions


def _pace(say: Tongue, found: Detail, now: datetime) -> list[OutlookRow]:
    said, stopped = times(found), stopped_at(found.weighed, now)
    at = stopped or now
    lately = pace(said, to_us(at))
    if lately is None:
        return []
    silence = timedelta(microseconds=to_us(at) - said[-1])
    sentence = story_words.pace(say, lately, say.near(at, now), silence, stopped=stopped is not None)
    return [OutlookRow(say.gettext("Pace"), sentence, _cut_short(say, found, now, to_us(at)))]


def _cut_short(say: Tongue, found: Detail, now: datetime, at: int) -> str:
    """Where the curve ends before the moment that it is of."""
    ahead = fan_of(found, marks(say, found), now)
    is_cut = ahead is not None and ahead.begin < at and len(found.heard) >= WORTH
    return story_words.cut_short(say) if is_cut else ""


def _counted(say: Tongue, found: Detail, now: datetime) -> list[OutlookRow]:
    rule = count_rule(found.story, found.heard, found.calls)
    if rule is None:
        return []
    said = story_words.count_rule(say, rule, lambda at: say.near(from_us(at), now))
    return [OutlookRow(say.gettext("Count rule"), said)]


# --- who carried it -----------------------------------------------------------------------------------------


def carried(say: Tongue, found: Detail, now: datetime, accounts: Sequence[str] = ()) -> CarriedRow | None:
    """None where nobody is known to have carried it anywhere."""
    story, strongest = found.story, found.carriers.strongest
    if not strongest or not story.reach:
        return None
    rest = story.reach - sum(each.people for each in strongest)
    return CarriedRow(
        [_carrier_row(say, each, story, now, accounts) for each in strongest],
        story_words.others(say, rest, rest / story.reach) if rest > 0 else "",
        [_carrier_row(say, each, story, now, accounts) for each in found.carriers.trusted],
        _first_outlet(say, found),
    )


def _carrier_row(
    say: Tongue, carrier: Carrier, story: Story, now: datetime, accounts: Sequence[str]
) -> CarrierRow:
    said, kind = carrier.kept.mention, carrier.outlet_class
    share = min(1.0, carrier.people / story.reach)
    return CarrierRow(
        carrier.kept.n,
        views.brief(carrier.outlet) if kind else views.handle(say, carrier.kept),
        outlet(kind, say.language) if kind else views.brief(words.source(say, said.source)),
        " ".join(people(carrier.people, say.language)),
        say.percent(share),
        bars.share("media" if kind else "reach", share),
        views.when(say, said.created_at, now),
        views.is_ours(said, accounts),
    )


def _first_outlet(say: Tongue, found: Detail) -> str:
    press = found.carriers.trusted
    if not press or not found.calls:
        return ""
    call = found.calls[0]
    later = press[0].kept.mention.created_at - call.at
    level = words.level(say, call.level)
    return story_words.first_outlet(say, views.brief(press[0].outlet), later, level)
