"""One reader's language and time zone: words, numbers and times as they are said there."""

from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from console.languages import translations
from earshot.explain import Language

_LOCALES: Final[dict[Language, str]] = {"en": "en_GB", "it": "it"}  # the day before the month, as in Europe
_UNITS = (
    (timedelta(days=1), "duration-day"),
    (timedelta(hours=1), "duration-hour"),
    (timedelta(minutes=1), "duration-minute"),
    (timedelta(seconds=1), "duration-second"),
)
_SECOND = timedelta(seconds=1)


def N_(message: str) -> str:  # noqa: N802 - its usual name: marks what is translated where it is used
    return message


class Tongue:
    """How the pages speak to one reader. Made once for each language; immutable, so any thread may use it."""

    def __init__(self, language: Language, zone: str = "UTC") -> None:
        self.language: Final = language
        self.zone: Final = ZoneInfo(zone)
        self.translations: Final = translations(language)
        self._locale = Locale.parse(_LOCALES[language])

    def gettext(self, message: str, **values: object) -> str:
        """`message` in this language, with what `%(name)s` stands for."""
        return self.translations.gettext(message) % values if values else self.translations.gettext(message)

    def pgettext(self, context: str, message: str, **values: object) -> str:
        """The same where one English word has several translations: `context` tells them apart."""
        found = self.translations.pgettext(context, message)
        return found % values if values else found

    def ngettext(self, one: str, many: str, count: int, **values: object) -> str:
        """The form for so many; `%(count)s` stands for the number as it is written here."""
        return self.translations.ngettext(one, many, count) % {"count": self.number(count), **values}

    def number(self, value: float) -> str:
        """A count with its thousands apart: 210,000 or 210.000."""
        return format_decimal(value, locale=self._locale)

    def decimal(self, value: float) -> str:
        """With two places: 0.86 or 0,86."""
        return format_decimal(value, "0.00", locale=self._locale)

    def percent(self, share: float) -> str:
        """In whole hundredths: 41%; a little is never nothing."""
        if 0 < share < 0.005:
            return "<" + format_percent(0.01, locale=self._locale)
        return format_percent(share, locale=self._locale)

    def language_name(self, code: str) -> str:
        """English, inglese; what has no name is called by its code."""
        return str(self._locale.languages.get(code, code))

    def day(self, at: datetime) -> str:
        return self._shown(at, "MMMd")

    def month(self, at: datetime) -> str:
        return self._shown(at, "yMMM")

    def hour(self, at: datetime) -> str:
        return self._shown(at, "Hm")

    def short(self, at: datetime) -> str:
        """Without the year: 25 Nov, 12:51."""
        return f"{self.day(at)}, {self.hour(at)}"

    def moment(self, at: datetime) -> str:
        """In full, with the zone: 25 Nov 2026, 12:51 UTC."""
        return f"{self._shown(at, 'yMMMd')}, {self.hour(at)} {at.astimezone(self.zone).tzname()}"

    def near(self, at: datetime, now: datetime) -> str:
        """As short as can be mistaken for no other: 12:51, or 25 Nov, 12:51, or with the year."""
        there, here = at.astimezone(self.zone), now.astimezone(self.zone)
        if there.date() == here.date():
            return self.hour(at)
        return self.short(at) if there.year == here.year else f"{self._shown(at, 'yMMMd')}, {self.hour(at)}"

    def clock(self, at: datetime) -> str:
        """With the day of the week: Thu 19 Nov, 09:51."""
        return f"{self._shown(at, 'MMMEd')}, {self.hour(at)}"

    def weekday(self, at: datetime) -> str:
        """Fri 10:22."""
        return f"{self._shown(at, 'EEE')} {self.hour(at)}"

    def hour_of_day(self, at: datetime) -> str:
        """10:22 on Fri: what follows "at"."""
        return self.gettext("%(hour)s on %(day)s", hour=self.hour(at), day=self._shown(at, "EEE"))

    def span(self, length: timedelta) -> str:
        """How long, in the largest unit that fits, rounded down: 7 hrs, 24 min."""
        for unit, name in _UNITS[:-1]:
            if length >= unit:
                return format_unit(length // unit, name, "short", locale=self._locale)
        return format_unit(max(0, length // _SECOND), _UNITS[-1][1], "short", locale=self._locale)

    def length(self, length: timedelta) -> str:
        """The same with the next smaller unit, down to minutes: 3 hrs 12 mins."""
        units = [unit for unit, _ in _UNITS[:-1]]
        for unit, next_one in pairwise(units):
            if length >= unit:
                rest = length % unit
                return f"{self.span(length)} {self.span(rest)}" if rest >= next_one else self.span(length)
        return self.span(length)

    def ago(self, at: datetime, now: datetime) -> str:
        if abs(now - at) < _SECOND:
            return self.gettext("just now")
        if at > now:
            return self.gettext("in %(span)s", span=self.span(at - now))
        return self.gettext("%(span)s ago", span=self.span(now - at))

    def offset(self, at: datetime) -> int:
        """How far clocks here are ahead of UTC, µs."""
        return (at.astimezone(self.zone).utcoffset() or timedelta()) // timedelta(microseconds=1)

    def is_midnight(self, at: datetime) -> bool:
        here = at.astimezone(self.zone)
        return (here.hour, here.minute) == (0, 0)

    def _shown(self, at: datetime, skeleton: str) -> str:
        return format_skeleton(skeleton, at, tzinfo=self.zone, locale=self._locale)


@cache
def spoken(language: Language, zone: str) -> Tongue:
    """The one of this language and zone."""
    return Tongue(language, zone)
