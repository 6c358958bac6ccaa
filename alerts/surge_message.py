"""What a notice of a surge says. Pure; plain text. Mentions are hostile input: none of it can break a line."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo

from alerts.message import headline, one_line, when, who
from alerts.surge_rules import EPISODE, REASON, SurgeTelling
from alerts.surge_words import WORDS, SurgeWords
from alerts.words import WORDS as COMMON
from earshot.explain import Language, number, rate
from earshot.store.mentions import Kept
from earshot.store.notices import Kept as KeptNotice
from earshot.surge import LEVEL, Fresh, Growth, Surge

_NAME = 80
_ADDRESS = 500
_HOUR = timedelta(hours=1)


def compose(
    telling: SurgeTelling,
    fresh: Sequence[Fresh],
    said: Sequence[Kept],
    decided: datetime,
    base_url: str,
    zone: tzinfo,
) -> KeptNotice:
    """The notice of one step. `said` are the mentions that made it, the most telling first."""
    surge, step, language = telling.surge, telling.step, telling.receiver.language
    words = WORDS[language]
    link = f"{base_url}/surges/{surge.id}"
    lines = [
        _head(surge, language),
        *_how_many(telling, words, zone),
        *_newer(telling, words, zone),
        *_why_now(surge, fresh, words),
        *_said(said, words, language, zone),
        "",
        words.inhibits,
        COMMON[language].times.format(
            heard=when(step.at, language, zone), decided=when(decided, language, zone)
        ),
        words.open.format(link=link),
    ]
    return KeptNotice(
        identity=telling.identity,
        receiver=telling.receiver.name,
        brand=surge.brand,
        story=surge.id,
        episode=EPISODE,
        level=LEVEL,
        reason=REASON,
        decided_at=decided,
        heard_at=step.at,
        subject=f"[Earshot] {_head(surge, language)}, {_in_short(telling, words)}",
        text="\n".join(lines),
        link=link,
    )


def _head(surge: Surge, language: Language) -> str:
    name = one_line(surge.brand, _NAME)
    if surge.topic:
        name += WORDS[language].topic.format(topic=one_line(surge.topic, _NAME))
    return f"{COMMON[language].levels[LEVEL]}: {name}"


def _in_short(telling: SurgeTelling, words: SurgeWords) -> str:
    grown = telling.number > 0
    return (words.grown_short if grown else words.short).format(**_figures(telling.step, words))


def _how_many(telling: SurgeTelling, words: SurgeWords, zone: tzinfo) -> list[str]:
    """A step counts the hour before it was decided, the first one the hour that the surge was seen in."""
    surge, step, language = telling.surge, telling.step, words.language
    seen = {"since": when(surge.since, language, zone), "until": when(surge.since + _HOUR, language, zone)}
    if telling.number == 0:
        return [words.many.format(within=words.first.format(**seen), **_figures(step, words)), ""]
    before = surge.steps[telling.number - 1]
    within = words.later.format(at=when(step.at, language, zone))
    return [
        words.many.format(within=within, **_figures(step, words)),
        words.grown.format(before=_count(before.hour, words)),
        words.since.format(**seen),
        "",
    ]


def _newer(telling: SurgeTelling, words: SurgeWords, zone: tzinfo) -> list[str]:
    """What is new is kept as of its last step."""
    last = telling.surge.steps[-1]
    if last == telling.step:
        return []
    return [words.newer.format(when=when(last.at, words.language, zone), hour=_count(last.hour, words))]


def _figures(step: Growth, words: SurgeWords) -> dict[str, str]:
    return {"hour": _count(step.hour, words), "usual": _usual(step.usual, words)}


def _count(hour: float, words: SurgeWords) -> str:
    return number(round(hour), words.language)


def _usual(usual: float, words: SurgeWords) -> str:
    return words.usual.format(count=_decimal(rate(usual), words)) if round(usual, 1) else words.hardly_any


def _decimal(usual: float, words: SurgeWords) -> str:
    if usual == round(usual):
        return number(round(usual), words.language)
    text = f"{usual:g}"
    return text.replace(".", ",") if words.language == "it" else text


def _why_now(surge: Surge, fresh: Iterable[Fresh], words: SurgeWords) -> list[str]:
    """What was expected of the day, and what is new."""
    lines = [words.expected.format(name=one_line(surge.expected, _NAME))] if surge.expected else []
    terms = ", ".join(f"{one_line(each.term, _NAME)} ({each.said})" for each in fresh)
    return [*lines, words.fresh.format(terms=terms) if terms else words.nothing_new, ""]


def _said(said: Sequence[Kept], words: SurgeWords, language: Language, zone: tzinfo) -> list[str]:
    lines = [words.made] if said else []
    for kept in said:
        mention = kept.mention
        lines.append(f"  {who(mention, language)}, {when(mention.created_at, language, zone)}:")
        lines.append(f"  “{headline(kept, COMMON[language])}”")
        address = one_line(mention.url, _ADDRESS)
        if not kept.withdrawn and address.startswith(("https://", "http://")):
            lines.append(f"  {address}")
    return lines
